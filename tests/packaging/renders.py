"""What the packaging tests read: the files of the project, and what kustomize and Helm make of them."""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77  # tells ctest that a test could not run here; its SKIP_RETURN_CODE
ROOT = pathlib.Path(__file__).resolve().parents[2]
CRD_FILE = ROOT / "crds" / "schemaversion.io_schemaversions.yaml"
CHART = ROOT / "helm"
# The Kubernetes the chart is rendered for. Without one, helm takes the version it was built with.
KUBE_VERSION = "1.34.0"

try:
    import yaml
except ImportError:
    sys.exit("python3-yaml is missing: scripts/setup test")


def skip(why):
    """Ends this test as skipped."""
    print("SKIPPED: " + why)
    sys.exit(SKIPPED)


def load(path):
    """The one YAML document of a file."""
    with open(path, encoding="utf-8") as text:
        return yaml.safe_load(text)


def documents(text):
    """The YAML documents of a text, without empty ones."""
    return [each for each in yaml.safe_load_all(text) if each]


@functools.lru_cache(maxsize=None)
def find_kustomize():
    """A kubectl whose kustomize is new enough: the one of KUBEBUILDER_ASSETS, else the one on PATH, else None."""
    for program in (os.path.join(os.environ.get("KUBEBUILDER_ASSETS", ""), "kubectl"), shutil.which("kubectl")):
        if not program or not os.access(program, os.X_OK):
            continue
        finished = subprocess.run([program, "version", "--client", "--output", "json"], capture_output=True, text=True,
                                  check=False)
        # Debian's own reports no version; it is a 1.20.
        minor = re.search(r'"minor": "(\d+)', finished.stdout)
        if minor and int(minor.group(1)) >= 24:
            return program
    return None


def kustomize(folder):
    """What `kubectl kustomize` renders. REQUIRES: find_kustomize() is not None."""
    finished = subprocess.run([find_kustomize(), "kustomize", str(ROOT / folder)], capture_output=True, text=True,
                              check=False)
    if finished.returncode != 0:
        raise AssertionError(f"kubectl kustomize {folder}: {finished.stderr}")
    return finished.stdout


def kustomize_with(folder, component):
    """The same with a component of the project on top, as an overlay of a user's would have it."""
    with tempfile.TemporaryDirectory(dir=ROOT / "tests" / "packaging") as overlay:
        path = pathlib.Path(overlay)
        (path / "kustomization.yaml").write_text(
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
            f"resources: [{os.path.relpath(ROOT / folder, path)}]\n"
            f"components: [{os.path.relpath(ROOT / component, path)}]\n", encoding="utf-8")
        return kustomize(path.relative_to(ROOT))


def find_helm():
    """A helm to run, or None. SCHEMAOP_HELM names one and saves the search."""
    if os.environ.get("SCHEMAOP_HELM"):
        return os.environ["SCHEMAOP_HELM"]
    finished = subprocess.run([str(ROOT / "scripts" / "install_helm")], stdout=subprocess.PIPE, text=True,
                              check=False)
    return finished.stdout.strip() if finished.returncode == 0 else None


def helm_template(helm, *arguments):
    """`helm template` of the chart as release schema-operator in schema-operator-system: the finished process."""
    return subprocess.run(
        [helm, "template", "schema-operator", str(CHART), "--namespace", "schema-operator-system",
         "--kube-version", KUBE_VERSION, *arguments],
        capture_output=True, text=True, check=False)


def only(objects, kind):
    """The one object of `kind`."""
    found = [each for each in objects if each["kind"] == kind]
    assert len(found) == 1, f"{len(found)} objects of kind {kind}"
    return found[0]
