"""What kustomize and the chart render, applied to a real API server: accepted, and enough but not more for the operator."""

import json
import time
import unittest

from api_server import ApiServer, assets_folder
from renders import CRD_FILE, documents, find_helm, helm_template, kustomize, load, skip

ACCOUNT = "system:serviceaccount:schema-operator-system:schema-operator"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
OBJECTS = "/apis/schemaversion.io/v1alpha1/namespaces/default/schemaversions"

# "resource.group/subresource", as kubectl spells it.
SCHEMAVERSIONS = "schemaversions.schemaversion.io"

# What the operator asks for, in any namespace it serves ...
GRANTED = [("get", SCHEMAVERSIONS), ("list", SCHEMAVERSIONS), ("watch", SCHEMAVERSIONS),
           ("patch", SCHEMAVERSIONS + "/status"), ("get", "secrets"), ("get", "configmaps"),
           ("create", "events.events.k8s.io"), ("patch", "events.events.k8s.io")]
# ... and what it must not be able to do anywhere.
REFUSED = [("list", "secrets"), ("watch", "secrets"), ("create", "secrets"), ("update", "secrets"),
           ("delete", "secrets"), ("list", "configmaps"), ("create", "configmaps"), ("patch", "configmaps"),
           ("update", SCHEMAVERSIONS), ("patch", SCHEMAVERSIONS), ("delete", SCHEMAVERSIONS),
           ("update", SCHEMAVERSIONS + "/status"), ("create", "pods"), ("get", "pods"),
           ("create", "leases.coordination.k8s.io"), ("get", "customresourcedefinitions.apiextensions.k8s.io"),
           ("create", "rolebindings.rbac.authorization.k8s.io"), ("impersonate", "users")]


def _schema_version(spec):
    base = {"targetRevision": "head", "database": {"secretRef": {"name": "projects-db"}},
            "migrations": {"path": "projects"}}
    return {"apiVersion": "schemaversion.io/v1alpha1", "kind": "SchemaVersion", "metadata": {"generateName": "test-"},
            "spec": {**base, **spec}}


class ApplyTest(unittest.TestCase):

    def setUp(self):
        self.server = self.enterContext(ApiServer())

    def _apply(self, text):
        # Servers before 1.23 publish no CEL in their own schema, so that kubectl would refuse the CRD's rules.
        finished = self.server.kubectl("apply", "--validate=false", "-f", "-", stdin=text)
        self.assertEqual(finished.returncode, 0, finished.stderr)
        return finished.stdout

    def _create_namespaces(self, *names):
        for name in names:
            self.assertEqual(self.server.kubectl("create", "namespace", name).returncode, 0)

    def _await_established(self, url):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            _, crd = self.server.request("GET", f"{url}{CRDS}/schemaversions.schemaversion.io")
            conditions = {each["type"]: each["status"] for each in crd.get("status", {}).get("conditions") or []}
            if conditions.get("Established") == "True":
                self.assertNotIn("NonStructuralSchema", conditions)
                return
            time.sleep(0.1)
        self.fail(f"the resource was not established: {conditions}")

    def _await_explained(self, field, text):
        """The server publishes a new kind's documentation some time after it has established the kind."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            explained = self.server.kubectl("explain", field)
            if text in explained.stdout:
                return
            time.sleep(0.5)
        self.fail(f"{field} is not explained: {explained.stdout}{explained.stderr}")

    def _may(self, verb, resource, namespace):
        """Whether the server's authorizer lets the operator's account do it."""
        path, _, subresource = resource.partition("/")
        name, _, group = path.partition(".")
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": {
            "user": ACCOUNT, "groups": ["system:serviceaccounts", "system:authenticated"],
            "resourceAttributes": {"verb": verb, "group": group, "resource": name, "subresource": subresource,
                                   "namespace": namespace}}}
        status, answer = self.server.request(
            "POST", self.server.url + "/apis/authorization.k8s.io/v1/subjectaccessreviews", review)
        self.assertEqual(status, 201, answer)
        return answer["status"]["allowed"]

    def _assert_rights(self, namespace):
        for verb, resource in GRANTED:
            self.assertTrue(self._may(verb, resource, namespace), f"{verb} {resource}")
        for verb, resource in REFUSED:
            self.assertFalse(self._may(verb, resource, namespace), f"{verb} {resource}")

    def test_kustomize_installs_and_grants_what_the_operator_needs(self):
        rendered = kustomize("manifests")
        self.assertEqual(len(self._apply(rendered).splitlines()), len(documents(rendered)))
        again = self._apply(rendered).splitlines()
        # A server without CEL drops the rules, so that kubectl finds something to add each time.
        changed = [line for line in again if not line.endswith(" unchanged")]
        self.assertIn(changed, ([], ["customresourcedefinition.apiextensions.k8s.io/schemaversions.schemaversion.io configured"]))
        self._await_established(self.server.url)
        self._assert_rights("default")

        self._create_namespaces("engineering")
        self._apply(json.dumps(load(CRD_FILE.parents[1] / "manifests" / "samples" / "schemaversion.yaml")))
        shown = self.server.kubectl("get", "sv", "--namespace", "engineering")
        self.assertEqual(shown.stdout.splitlines()[0].split(),
                         ["NAME", "DATABASE", "CURRENT", "TARGET", "PENDING", "READY", "REASON", "AGE"])
        status = self.server.kubectl("get", "schemaversion", "projects", "--namespace", "engineering", "--output",
                                     "jsonpath={.status}")
        self.assertEqual(json.loads(status.stdout), {"observedGeneration": -1})
        self._await_explained("schemaversion.spec.targetRevision", "Relative forms")

    def test_chart_installs_and_confines_the_operator_to_its_namespaces(self):
        helm = find_helm()
        if helm is None:
            self.skipTest("no helm: neither on PATH nor to be had with go")
        rendered = helm_template(helm, "--set", "watchNamespaces={engineering}")
        self.assertEqual(rendered.returncode, 0, rendered.stderr)
        self._create_namespaces("schema-operator-system", "engineering")
        self.assertEqual(len(self._apply(rendered.stdout).splitlines()), len(documents(rendered.stdout)))
        self._await_established(self.server.url)
        self._assert_rights("engineering")
        for verb, resource in GRANTED:
            self.assertFalse(self._may(verb, resource, "default"), f"{verb} {resource}")

    def test_a_server_without_cel_refuses_what_the_plain_schema_can_tell(self):
        self._apply(CRD_FILE.read_text(encoding="utf-8"))
        self._await_established(self.server.url)
        for spec in ({"targetRevision": "+1"}, {"targetRevision": "003-1"}, {"targetRevision": "label@-1"},
                     {"migrations": {}}, {"migrations": {"path": "a", "inline": {"a.sql": ""}}},
                     {"migrations": {"path": "/etc"}}, {"migrations": {"path": "a/../.."}},
                     {"execution": {"lockTimeout": "0s"}}, {"execution": {"lockTimeout": "soon"}},
                     {"interval": "0s"}, {"policy": {"downgrade": "Maybe"}}):
            status, answer = self.server.request("POST", self.server.url + OBJECTS, _schema_version(spec))
            self.assertEqual(status, 422, f"{spec}: {answer}")
        status, answer = self.server.request("POST", self.server.url + OBJECTS, _schema_version({}))
        self.assertEqual(status, 201, answer)

    def test_a_server_with_cel_says_what_is_wrong_in_a_sentence(self):
        url = self.server.start_crd_server()
        if url is None:
            self.skipTest("no apiextensions-apiserver among the assets")
        status, answer = self.server.request("POST", f"{url}{CRDS}?fieldValidation=Strict", load(CRD_FILE))
        self.assertEqual(status, 201, answer)
        self._await_established(url)
        for spec, sentence in (
                ({"targetRevision": "-1"}, "targetRevision must be absolute: a relative target"),
                ({"migrations": {}}, "migrations must have exactly one of configMaps, inline and path"),
                ({"migrations": {"path": "a", "inline": {"a.sql": ""}}},
                 "migrations must have exactly one of configMaps, inline and path"),
                ({"migrations": {"path": "a/../b"}}, "path must be relative to the operator's --migrations-root"),
                ({"execution": {"lockTimeout": "0s"}}, "lockTimeout must be from 1ms to 24h"),
                ({"execution": {"statementTimeout": "25h"}}, "statementTimeout must be at most 24h"),
                ({"interval": "0.5s"}, "interval must be from 1s to 24h")):
            status, answer = self.server.request("POST", url + OBJECTS, _schema_version(spec))
            self.assertEqual(status, 422, f"{spec}: {answer}")
            self.assertIn(sentence, answer["message"])
        status, answer = self.server.request("POST", url + OBJECTS, _schema_version({}))
        self.assertEqual(status, 201, answer)


if __name__ == "__main__":
    if assets_folder() is None:
        skip("KUBEBUILDER_ASSETS names no folder with etcd, kube-apiserver and kubectl")
    unittest.main()
