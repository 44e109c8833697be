"""The chart through the real helm: lint, golden renders, notes, refusals, and the same objects as kustomize makes.

UPDATE_GOLDEN=1 writes the golden files anew.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from chart_values import ACCEPTED, REFUSED
from pod_security import restricted_findings
from renders import CHART, CRD_FILE, KUBE_VERSION, documents, find_helm, find_kustomize, helm_template, kustomize
from renders import load, only, skip, yaml

CASES = pathlib.Path(__file__).parent / "chart"
HELM = None


def _template(*arguments):
    finished = helm_template(HELM, *arguments)
    if finished.returncode != 0:
        raise AssertionError(finished.stderr)
    return finished.stdout


def _notes(*settings):
    """NOTES.txt as `helm install` would print it; only a helm with a cluster renders it, so here it is made a template."""
    arguments = [each for setting in settings for each in ("--set", setting)]
    with tempfile.TemporaryDirectory() as folder:
        chart = pathlib.Path(folder) / "schema-operator"
        shutil.copytree(CHART, chart)
        text = (chart / "templates" / "NOTES.txt").read_text(encoding="utf-8")
        (chart / "templates" / "NOTES.txt").unlink()
        (chart / "templates" / "notes.yaml").write_text(
            '{{ define "notes" }}' + text + '{{ end }}notes: {{ include "notes" . | quote }}\n', encoding="utf-8")
        finished = subprocess.run(
            [HELM, "template", "schema-operator", str(chart), "--namespace", "schema-operator-system", "--kube-version",
             KUBE_VERSION, "--show-only", "templates/notes.yaml", *arguments],
            capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        raise AssertionError(finished.stderr)
    return yaml.safe_load(finished.stdout)["notes"]


class ChartTest(unittest.TestCase):

    maxDiff = None

    def test_passes_strict_lint(self):
        finished = subprocess.run([HELM, "lint", "--strict", "--quiet", str(CHART)], capture_output=True, text=True,
                                  check=False)
        self.assertEqual(finished.returncode, 0, finished.stdout + finished.stderr)

    def test_renders_each_case_as_its_golden_file(self):
        for case in sorted(CASES.glob("*.values.yaml")):
            golden = case.with_name(case.name.replace(".values.", ".golden."))
            rendered = _template("--values", str(case))
            if os.environ.get("UPDATE_GOLDEN"):
                golden.write_text(rendered, encoding="utf-8")
            with self.subTest(case.name):
                self.assertEqual(rendered, golden.read_text(encoding="utf-8"))

    def test_every_case_keeps_the_restricted_standard(self):
        for case in sorted(CASES.glob("*.values.yaml")):
            pod = only(documents(_template("--values", str(case))), "Deployment")["spec"]["template"]["spec"]
            self.assertEqual(restricted_findings(pod), [], case.name)

    def test_keeps_the_resource_on_uninstall_and_changes_nothing_else_of_it(self):
        crd = only(documents(_template()), "CustomResourceDefinition")
        self.assertEqual(crd["metadata"]["annotations"], {"helm.sh/resource-policy": "keep"})
        self.assertEqual(crd["spec"], load(CRD_FILE)["spec"])
        self.assertNotIn("CustomResourceDefinition", _template("--set", "crds.enabled=false"))

    def test_serving_namespaces_needs_no_cluster_role(self):
        objects = documents(_template("--set", "watchNamespaces={a,b}"))
        kinds = [each["kind"] for each in objects]
        self.assertNotIn("ClusterRole", kinds)
        self.assertNotIn("ClusterRoleBinding", kinds)
        for kind in ("Role", "RoleBinding"):
            # The first is where the operator's own Lease is.
            self.assertEqual([each["metadata"]["namespace"] for each in objects if each["kind"] == kind],
                             ["schema-operator-system", "a", "b"])
        arguments = only(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["args"]
        self.assertEqual([each for each in arguments if each.startswith("--namespace")],
                         ["--namespace=a", "--namespace=b"])

    def test_watching_references_adds_the_rights_it_needs_wherever_the_operator_serves(self):
        for settings, kind in ((["watchReferences.configMaps=true"], "ClusterRole"),
                               (["watchReferences.configMaps=true", "watchReferences.secrets=true",
                                 "watchNamespaces={a,b}"], "Role")):
            objects = documents(_template(*(each for setting in settings for each in ("--set", setting))))
            kinds = ["secrets", "configmaps"] if kind == "Role" else ["configmaps"]
            added = {"apiGroups": [""], "resources": kinds, "verbs": ["list", "watch"]}
            roles = [each for each in objects if each["kind"] == kind
                     and not each["metadata"]["name"].endswith("leader-election")]
            self.assertEqual([each["rules"].count(added) for each in roles], [1] * len(roles))
            arguments = only(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["args"]
            self.assertIn("--watch-references=" + ",".join(kinds), arguments)
        self.assertNotIn("--watch-references", _template())

    def test_renders_with_each_value_it_accepts(self):
        for what, values in ACCEPTED.items():
            with self.subTest(what), tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                yaml.safe_dump(values, file)
                file.flush()
                rendered = _template("--values", file.name)
                self.assertEqual(rendered.count("kubectl.kubernetes.io/default-container:"), 1)
                annotations = only(documents(rendered), "Deployment")["spec"]["template"]["metadata"]["annotations"]
                self.assertEqual(annotations, {"kubectl.kubernetes.io/default-container": "operator",
                                               **values.get("podAnnotations", {})})

    def test_a_parent_chart_switches_it_on_and_off(self):
        with tempfile.TemporaryDirectory() as folder:
            parent = pathlib.Path(folder) / "parent"
            shutil.copytree(CHART, parent / "charts" / "schema-operator")
            (parent / "Chart.yaml").write_text(yaml.safe_dump({
                "apiVersion": "v2", "name": "parent", "version": "1.0.0", "dependencies": [
                    {"name": "schema-operator", "version": "*", "condition": "schema-operator.enabled"}]}))
            for switch, kinds in (("true", 1), ("false", 0)):
                finished = subprocess.run(
                    [HELM, "template", "release", str(parent), "--kube-version", KUBE_VERSION, "--set",
                     "schema-operator.enabled=" + switch], capture_output=True, text=True, check=False)
                self.assertEqual(finished.returncode, 0, finished.stderr)
                self.assertEqual(finished.stdout.count("kind: Deployment\n"), kinds)

    def test_refuses_each_typo_by_name(self):
        for what, (values, word) in REFUSED.items():
            with self.subTest(what), tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                yaml.safe_dump(values, file)
                file.flush()
                finished = helm_template(HELM, "--values", file.name)
                self.assertNotEqual(finished.returncode, 0)
                self.assertIn("values don't meet the specifications of the schema", finished.stderr)
                self.assertIn(word, finished.stderr)

    def test_notes_name_the_next_command_and_warn_of_wide_rights(self):
        notes = _notes()
        self.assertIn("kubectl --namespace schema-operator-system rollout status deployment/schema-operator\n", notes)
        self.assertIn("WARNING: the operator may get any Secret and ConfigMap of the cluster by name. "
                      "Set watchNamespaces to confine it.\n", notes)
        self.assertIn("NOTE: no migrations volume is set", notes)
        self.assertNotIn("replicas is 0", notes)
        self.assertNotIn("crds.enabled is false", notes)

    def test_notes_have_a_command_to_paste(self):
        (pasted,) = re.findall(r"^ *kubectl apply -f - <<END\n.*?^END$", _notes(), re.DOTALL | re.MULTILINE)
        finished = subprocess.run(["bash", "-c", "kubectl() { cat; }\n" + pasted + "\n"], capture_output=True, text=True,
                                  check=True)
        self.assertEqual(finished.stderr, "")
        self.assertEqual(yaml.safe_load(finished.stdout)["spec"]["database"], {"secretRef": {"name": "projects-db"}})

    def test_an_unset_list_of_namespaces_is_an_empty_one(self):
        self.assertEqual(_notes("watchNamespaces=null"), _notes())

    def test_notes_warn_only_of_what_is_so(self):
        notes = _notes("watchNamespaces={engineering}", "migrations.existingClaim=x")
        self.assertIn("serves the namespaces engineering.\n", notes)
        self.assertIn("namespace: engineering\n", notes)
        self.assertNotIn("WARNING", notes)
        self.assertNotIn("NOTE:", notes)
        notes = _notes("replicas=0", "crds.enabled=false", "resources.limits=null")
        self.assertIn("WARNING: replicas is 0: nothing is migrated until it is at least 1.\n", notes)
        self.assertIn("NOTE: crds.enabled is false: apply crds/ of this version yourself, before the operator.\n", notes)
        self.assertIn("WARNING: no resource limits are set.\n", notes)
        self.assertIn("WARNING: no resource limits are set.\n", _notes("resources=null"))
        self.assertIn("WARNING: watchReferences.secrets lets the operator read all Secrets of the cluster.\n",
                      _notes("watchReferences.secrets=true"))

    def test_packages_what_it_renders_from(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([HELM, "package", str(CHART), "--destination", folder], check=True, capture_output=True)
            (package,) = pathlib.Path(folder).glob("*.tgz")
            finished = subprocess.run(
                [HELM, "template", "schema-operator", str(package), "--namespace", "schema-operator-system",
                 "--kube-version", KUBE_VERSION], capture_output=True, text=True, check=True)
            self.assertEqual(finished.stdout, _template())


class SameAsKustomizeTest(unittest.TestCase):
    """Two ways to install, one thing installed."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if find_kustomize() is None:
            raise unittest.SkipTest("no kubectl of 1.24 or later")
        cls.charted = documents(_template())
        cls.kustomized = documents(kustomize("manifests"))

    def test_grants_the_same_rights(self):
        for kind, member in (("ClusterRole", "rules"), ("ClusterRoleBinding", "subjects"),
                             ("ClusterRoleBinding", "roleRef"), ("Role", "rules"), ("RoleBinding", "subjects"),
                             ("RoleBinding", "roleRef")):
            self.assertEqual(only(self.charted, kind)[member], only(self.kustomized, kind)[member])

    def test_runs_the_same_pod(self):
        self.assertEqual(only(self.charted, "Deployment")["spec"], only(self.kustomized, "Deployment")["spec"])

    def test_makes_the_same_account(self):
        charted, kustomized = (only(each, "ServiceAccount") for each in (self.charted, self.kustomized))
        for each in (charted, kustomized):
            each["metadata"].pop("labels")
        self.assertEqual(charted, kustomized)

    def test_installs_the_same_resource(self):
        self.assertEqual(only(self.charted, "CustomResourceDefinition")["spec"],
                         only(self.kustomized, "CustomResourceDefinition")["spec"])


if __name__ == "__main__":
    HELM = find_helm()
    if HELM is None:
        skip("no helm: neither on PATH nor to be had with go")
    unittest.main()
