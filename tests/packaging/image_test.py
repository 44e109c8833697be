"""The image against what was built: every library a program links is in it, and it knows every flag it is given."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

from renders import ROOT, documents, only, skip

DOCKERFILE = ROOT / "manifests" / "Dockerfile"
PROGRAMS = [pathlib.Path(os.environ.get("SCHEMAOP_BUILD_DIR", ROOT / "build" / "dev")) / "bin" / name
            for name in ("schema-operator", "schemactl")]
# In every Debian image, as nothing runs without them.
ESSENTIAL = {"libc6", "libgcc-s1"}
# Linked by the sanitizer builds only.
SANITIZERS = ("libasan.", "libubsan.", "libtsan.")


def _stages():
    """The Dockerfile's stages as texts, line continuations joined, comments gone."""
    text = re.sub(r"(?m)^#.*\n", "", DOCKERFILE.read_text(encoding="utf-8")).replace("\\\n", " ")
    return ["FROM " + stage for stage in re.split(r"(?m)^FROM ", text)[1:]]


def _packages(stage):
    (listed,) = re.findall(r"apt-get install -y --no-install-recommends ([^&]+)&&", stage)
    return set(listed.split())


def _needed(program):
    """The shared libraries that the program itself asks for."""
    text = subprocess.run(["readelf", "--dynamic", program], capture_output=True, text=True, check=True).stdout
    return [name for name in re.findall(r"\(NEEDED\).*\[(.+)\]", text) if not name.startswith(SANITIZERS)]


def _package_of(program, library):
    """The Debian package that `library`, as `program` finds it, comes from."""
    text = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    (path,) = re.findall(rf"{re.escape(library)} => (\S+)", text)
    # Debian's list of files may know it by either side of the /lib -> /usr/lib link.
    for candidate in (os.path.realpath(path), path, path.removeprefix("/usr")):
        found = subprocess.run(["dpkg-query", "--search", candidate], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.split(":", 1)[0]
    raise AssertionError(f"{library}: no package has {path}")


class ImageTest(unittest.TestCase):

    def test_ships_every_library_the_programs_link(self):
        installed = _packages(_stages()[1]) | ESSENTIAL
        for program in PROGRAMS:
            for library in _needed(program):
                if not library.startswith("ld-linux"):
                    self.assertIn(_package_of(program, library), installed, f"{program.name} links {library}")

    def test_knows_every_flag_the_deployments_pass(self):
        finished = subprocess.run([PROGRAMS[0], "--help"], capture_output=True, text=True, check=True)
        known = set(re.findall(r"--[a-z-]+", finished.stdout))
        deployments = [ROOT / "manifests" / "operator" / "deployment.yaml", *(ROOT / "tests" / "packaging" / "chart").glob("*.golden.yaml")]
        for path in deployments:
            deployment = only(documents(path.read_text(encoding="utf-8")), "Deployment")
            for argument in deployment["spec"]["template"]["spec"]["containers"][0]["args"]:
                self.assertIn(argument.partition("=")[0], known, path.name)

    def test_builds_with_packages_that_exist(self):
        for package in sorted(_packages(_stages()[0])):
            found = subprocess.run(["dpkg-query", "--show", package], capture_output=True, text=True, check=False)
            self.assertEqual(found.returncode, 0, f"{package}: {found.stderr}")

    def test_runs_as_a_numbered_user_on_a_named_release(self):
        build, run = _stages()
        self.assertTrue(build.startswith("FROM debian:bookworm AS build\n"))
        self.assertTrue(run.startswith("FROM debian:bookworm-slim\n"))
        self.assertIn("\nUSER 65532:65532\n", run)
        self.assertIn('\nENTRYPOINT ["/usr/local/bin/schema-operator"]\n', run)

    def test_copies_only_what_the_build_context_has(self):
        kept = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").split() if line[0] == "!"}
        copied = {path for line in re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", _stages()[0]) for path in line.split()}
        self.assertEqual(copied, kept)
        for path in copied:
            self.assertTrue((ROOT / path).exists(), path)


if __name__ == "__main__":
    if not shutil.which("dpkg-query") or not shutil.which("readelf"):
        skip("not a Debian with binutils: the packages cannot be compared")
    if not all(program.exists() for program in PROGRAMS):
        skip("the programs are not built")
    unittest.main()
