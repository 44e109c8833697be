#!/usr/bin/env python3
"""Looks for fault points in programs: a build without SCHEMAOP_FAULT_POINTS may hold none of them.

Usage: fault_points_test.py absent|present SOURCES PROGRAM...
SOURCES is the folder operator/; its sources name the points. `present` is the control: it shows that the search
finds what a test build has.
"""

import re
import sys
from pathlib import Path

POINT = re.compile(r'SCHEMAOP_(?:CRASH|FAULT)_(?:POINT|POINT_OR|STRIKES)\("([^"]+)"')
SWITCHES = ["SCHEMAOP_FAULT", "SCHEMAOP_FAULT_TRACE", "schemaop: fault point"]


def main() -> int:
    expected, sources, *programs = sys.argv[1:]
    points = {name for path in Path(sources).rglob("*.cc") for name in POINT.findall(path.read_text())}
    if len(points) < 40:
        print(f"only {len(points)} points in {sources}", file=sys.stderr)
        return 1
    found = set()
    for program in programs:
        binary = Path(program).read_bytes()
        found |= {word for word in [*points, *SWITCHES] if word.encode() in binary}
    wrong = found if expected == "absent" else {*points, *SWITCHES} - found
    for word in sorted(wrong):
        print(f"{'in' if expected == 'absent' else 'not in'} {' and '.join(programs)}: {word}", file=sys.stderr)
    print(f"{len(points)} points, {len(found)} words of {len(points) + len(SWITCHES)} found, {expected} expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
