"""values.schema.json: closed, described, in step with values.yaml, and deaf to no typo."""

import json
import pathlib
import sys
import unittest

from chart_values import ACCEPTED, REFUSED
from renders import CHART, load

try:
    import jsonschema
except ImportError:
    sys.exit("python3-jsonschema is missing: scripts/setup test")

CASES = pathlib.Path(__file__).parent / "chart"


def _merged(base, over):
    """`over` on top of `base` as Helm merges values: maps by key, everything else replaced."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return {**base, **{key: _merged(base.get(key), value) for key, value in over.items()}}


def _objects(schema, path):
    """(path, schema) of everything below that can describe a value."""
    yield path, schema
    for name, inner in schema.get("properties", {}).items():
        yield from _objects(inner, f"{path}.{name}")
    if "items" in schema:
        yield from _objects(schema["items"], path + "[]")


class ChartValuesTest(unittest.TestCase):

    def setUp(self):
        self.schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
        self.values = load(CHART / "values.yaml")
        self.validator = jsonschema.Draft7Validator(self.schema)

    def _errors(self, values):
        return [f"{'.'.join(map(str, error.path))}: {error.message}"
                for error in self.validator.iter_errors(_merged(self.values, values))]

    def test_is_a_schema(self):
        jsonschema.Draft7Validator.check_schema(self.schema)

    def test_accepts_the_defaults_and_every_case_that_is_rendered(self):
        self.assertEqual(self._errors({}), [])
        cases = sorted(CASES.glob("*.values.yaml"))
        self.assertGreaterEqual(len(cases), 4)
        for case in cases:
            self.assertEqual(self._errors(load(case) or {}), [], case.name)

    def test_accepts_what_kubernetes_and_parent_charts_write(self):
        for what, values in ACCEPTED.items():
            self.assertEqual(self._errors(values), [], what)

    def test_refuses_typos_and_wrong_types_by_name(self):
        for what, (values, word) in REFUSED.items():
            with self.subTest(what):
                errors = self._errors(values)
                self.assertTrue(errors)
                self.assertIn(word, " ".join(errors))

    def test_is_closed_and_described_everywhere(self):
        opaque = {".global", ".affinity.nodeAffinity", ".affinity.podAffinity", ".affinity.podAntiAffinity"}
        for path, schema in _objects(self.schema, ""):
            if path:
                self.assertTrue(schema.get("description", "").endswith("."), path)
            if schema.get("type") == "object" and path not in opaque and "additionalProperties" not in schema:
                self.fail(f"{path} accepts any key")

    def test_every_value_has_a_default_and_every_default_a_schema(self):
        def keys(values, path=""):
            for key, value in values.items():
                yield f"{path}.{key}"
                if isinstance(value, dict):
                    yield from keys(value, f"{path}.{key}")
        described = {path for path, _ in _objects(self.schema, "") if path and "[]" not in path} - {".global", ".enabled"}
        free_form = {".affinity.nodeAffinity", ".affinity.podAffinity", ".affinity.podAntiAffinity"}
        quantities = {path for path in keys(self.values) if path.startswith((".resources.requests.", ".resources.limits."))}
        self.assertEqual(set(keys(self.values)) - quantities, described - free_form)


if __name__ == "__main__":
    unittest.main()
