"""What kustomize and the chart render, applied to a real API server: accepted, and enough but not more for the operator."""

import json
import time
import unittest

from api_server import ApiServer, assets_folder
from renders import CRD_FILE, ROOT, documents, find_helm, helm_template, kustomize, kustomize_with, load, skip

ACCOUNT = "system:serviceaccount:schema-operator-system:schema-operator"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
OBJECTS = "/apis/schemaversion.io/v1alpha1/namespaces/default/schemaversions"

# "resource.group/subresource", as kubectl spells it.
SCHEMAVERSIONS = "schemaversions.schemaversion.io"

# What the operator asks for, in any namespace it serves ...
GRANTED = [("get", SCHEMAVERSIONS), ("list", SCHEMAVERSIONS), ("watch", SCHEMAVERSIONS),
           ("patch", SCHEMAVERSIONS + "/status"), ("get", "secrets"), ("get", "configmaps"),
           ("create", "events.events.k8s.io"), ("patch", "events.events.k8s.io")]
# ... in its own namespace ...
GRANTED_AT_HOME = [("get", "leases.coordination.k8s.io"), ("create", "leases.coordination.k8s.io"),
                   ("patch", "leases.coordination.k8s.io"), ("create", "events.events.k8s.io")]
# ... with manifests/watch-references or the chart's watchReferences ...
WATCHING = [("list", "secrets"), ("watch", "secrets"), ("list", "configmaps"), ("watch", "configmaps")]
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


def _rules(node):
    """Every CEL rule of a schema, wherever it stands."""
    if isinstance(node, dict):
        yield from node.get("x-kubernetes-validations", [])
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _rules(each)


def _durations(field, *values):
    return [{"execution": {field: value}} for value in values]


# Each CEL rule of the resource by its sentence: specs it accepts, specs it refuses.
CEL_RULES = {
    "targetRevision must be absolute: a relative target (+1, -1, id-2, label@-1) moves each time it is read, so the database "
    "would be walked up or down for ever; name a revision id, head, heads, base or label@head": (
        [{"targetRevision": target} for target in (
            "head", "heads", "base", "004", "ae1027a", "20260102_add-index", "payments@head", "payments@base", "payments@003")],
        [{"targetRevision": target} for target in (
            "-1", "+1", "-12", "003-1", "003+2", "head-1", "label@+1", "label@-1", "label@003-1")]),
    "baseline must be absolute: a relative one (+1, -1, id-2, label@-1) says nothing of a database that has no version row to "
    "count from; name a revision id, head, heads, base or label@head": (
        [{"baseline": baseline} for baseline in ("base", "004", "20260102_add-index", "payments@003")],
        [{"baseline": baseline} for baseline in ("-1", "+1", "003-1", "head-1", "label@-1")]),
    "migrations must have exactly one of configMaps, inline and path": (
        [{"migrations": {"path": "a"}}, {"migrations": {"inline": {"001_a.sql": ""}}}, {"migrations": {"configMaps": [{"name": "a"}]}}],
        [{"migrations": {}}, {"migrations": {"path": "a", "inline": {"a.sql": ""}}},
         {"migrations": {"path": "a", "configMaps": [{"name": "a"}]}},
         {"migrations": {"configMaps": [{"name": "a"}], "inline": {"a.sql": ""}}},
         {"migrations": {"path": "a", "configMaps": [{"name": "a"}], "inline": {"a.sql": ""}}}]),
    "inline must have file names of 1 to 253 letters, digits, '-', '_' and '.', as the keys of a ConfigMap are": (
        [{"migrations": {"inline": {name: ""}}} for name in ("001_a.sql", "checks.yaml", "README", "...", "a" * 253)],
        [{"migrations": {"inline": {"001.sql": "", name: ""}}}
         for name in ("a b.sql", "a/b.sql", "é.sql", ".", "..", "", "a" * 254)]),
    'path must be relative to the operator\'s --migrations-root and must not contain ".."': (
        [{"migrations": {"path": path}} for path in (".", "projects", "teams/projects.v2", "a..b")],
        [{"migrations": {"path": path}} for path in ("/etc", "..", "a/../b", "a/..", "../a")]),
    "lockTimeout must be from 1ms to 24h: without a limit, a statement that waits for a lock makes every later user of the table "
    "wait behind it": (
        _durations("lockTimeout", "1ms", "1.5s", "24h"), _durations("lockTimeout", "0s", "0.5ms", "24h1s")),
    "statementTimeout must be at most 24h; 0s is no limit": (
        _durations("statementTimeout", "0s", "24h"), _durations("statementTimeout", "24h1ms", "25h")),
    "nonTransactionalTimeout must be at most 24h; 0s is no limit": (
        _durations("nonTransactionalTimeout", "0s", "24h"), _durations("nonTransactionalTimeout", "24h1ms", "25h")),
    "retryBudget must be at most 24h; 0s is one attempt": (
        _durations("retryBudget", "0s", "24h"), _durations("retryBudget", "24h1ms", "25h")),
    "interval must be from 1s to 24h": (
        [{"interval": interval} for interval in ("1s", "23h59m60s", "1000ms")],
        [{"interval": interval} for interval in ("0s", "0.5s", "999ms", "25h")]),
}


# Each rule about a change by its sentence: pairs of specs, before and after, it accepts and refuses.
CHANGE_RULES = {
    "spec.baseline cannot change once it is set: a database is taken over once; when it was wrong, delete this object, which leaves "
    "the database alone, and create it anew": (
        [({}, {}), ({}, {"baseline": "003"}), ({"baseline": "003"}, {"baseline": "003", "targetRevision": "004"})],
        [({"baseline": "003"}, {"baseline": "004"}), ({"baseline": "003"}, {})]),
}


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

    def _assert_rights(self, namespace, more=()):
        for verb, resource in [*GRANTED, *more]:
            self.assertTrue(self._may(verb, resource, namespace), f"{verb} {resource}")
        for verb, resource in GRANTED_AT_HOME:
            self.assertTrue(self._may(verb, resource, "schema-operator-system"), f"{verb} {resource}")
        self.assertFalse(self._may("delete", "leases.coordination.k8s.io", "schema-operator-system"))
        for verb, resource in REFUSED:
            if (verb, resource) not in more:
                self.assertFalse(self._may(verb, resource, namespace), f"{verb} {resource}")

    def _assert_no_rights(self, namespace):
        for verb, resource in [*GRANTED, *WATCHING]:
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
        self._assert_no_rights("default")

    def test_kustomize_confines_the_operator_to_one_namespace(self):
        self._create_namespaces("engineering")
        rendered = kustomize("manifests/namespaced")
        self.assertEqual(len(self._apply(rendered).splitlines()), len(documents(rendered)))
        self._await_established(self.server.url)
        self._assert_rights("engineering")
        self._assert_no_rights("default")
        self.assertFalse(self._may("get", "secrets", "schema-operator-system"))

    def test_confining_a_cluster_wide_installation_takes_the_command_of_the_readme(self):
        command = "kubectl delete clusterrole,clusterrolebinding schema-operator"
        for file in ("README.md", "manifests/namespaced/kustomization.yaml"):
            self.assertIn(command, (ROOT / file).read_text(encoding="utf-8"))
        self._create_namespaces("engineering")
        self._apply(kustomize("manifests"))
        self._apply(kustomize("manifests/namespaced"))
        self._assert_rights("default")
        self.assertEqual(self.server.kubectl(*command.split()[1:]).returncode, 0)
        deadline = time.monotonic() + 10  # the authorizer hears of it a moment later
        while self._may(*GRANTED[0], "default") and time.monotonic() < deadline:
            time.sleep(0.1)
        self._assert_rights("engineering")
        self._assert_no_rights("default")

    def test_watching_references_grants_list_and_watch_and_nothing_else(self):
        self._create_namespaces("engineering")
        self._apply(kustomize_with("manifests/namespaced", "manifests/watch-references"))
        self._assert_rights("engineering", WATCHING)
        self._assert_no_rights("default")
        self._apply(kustomize_with("manifests", "manifests/watch-references"))
        self._assert_rights("default", WATCHING)

    def test_a_server_without_cel_refuses_what_the_plain_schema_can_tell(self):
        self._apply(CRD_FILE.read_text(encoding="utf-8"))
        self._await_established(self.server.url)
        for spec in ({"targetRevision": "+1"}, {"targetRevision": "003-1"}, {"targetRevision": "label@-1"},
                     {"migrations": {}}, {"migrations": {"path": "a", "inline": {"a.sql": ""}}},
                     {"migrations": {"path": "/etc"}}, {"migrations": {"path": "a/../.."}},
                     {"execution": {"lockTimeout": "0s"}}, {"execution": {"lockTimeout": "soon"}},
                     {"baseline": "-1"}, {"interval": "0s"}, {"policy": {"downgrade": "Maybe"}}):
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
        for sentence, (accepted, refused) in CEL_RULES.items():
            with self.subTest(sentence):
                for spec in accepted:
                    status, answer = self.server.request("POST", url + OBJECTS, _schema_version(spec))
                    self.assertEqual(status, 201, f"{spec}: {answer}")
                for spec in refused:
                    status, answer = self.server.request("POST", url + OBJECTS, _schema_version(spec))
                    self.assertEqual(status, 422, f"{spec}: {answer}")
                    self.assertIn(sentence, answer["message"])

    def test_a_server_with_cel_says_what_cannot_be_changed(self):
        url = self.server.start_crd_server()
        if url is None:
            self.skipTest("no apiextensions-apiserver among the assets")
        self.assertEqual(self.server.request("POST", f"{url}{CRDS}?fieldValidation=Strict", load(CRD_FILE))[0], 201)
        self._await_established(url)
        for sentence, (accepted, refused) in CHANGE_RULES.items():
            for code, pairs in ((200, accepted), (422, refused)):
                for before, after in pairs:
                    with self.subTest(sentence, before=before, after=after):
                        status, stored = self.server.request("POST", url + OBJECTS, _schema_version(before))
                        self.assertEqual(status, 201, stored)
                        changed = {**stored, "spec": _schema_version(after)["spec"]}
                        status, answer = self.server.request("PUT", f"{url}{OBJECTS}/{stored['metadata']['name']}", changed)
                        self.assertEqual(status, code, answer)
                        if code == 422:
                            self.assertIn(sentence, answer["message"])

    def test_every_rule_of_the_resource_has_cases(self):
        rules = {**CEL_RULES, **CHANGE_RULES}
        self.assertEqual(sorted(" ".join(rule["message"].split()) for rule in _rules(load(CRD_FILE))), sorted(rules))
        for sentence, (accepted, refused) in rules.items():
            self.assertTrue(accepted and refused, sentence)

    def test_a_server_with_cel_warns_of_an_unknown_field_and_bounds_what_it_stores(self):
        url = self.server.start_crd_server()
        if url is None:
            self.skipTest("no apiextensions-apiserver among the assets")
        self.assertEqual(self.server.request("POST", f"{url}{CRDS}?fieldValidation=Strict", load(CRD_FILE))[0], 201)
        self._await_established(url)
        for spec, sentence in (({"targetRevison": "head"}, 'unknown field "spec.targetRevison"'),
                               ({"targetRevision": "x" * 257}, "may not be more than 256 bytes"),
                               ({"migrations": {"inline": {f"{i}.sql": "" for i in range(257)}}}, "must have at most 256 items"),
                               ({"migrations": {"configMaps": [{"name": "a"}, {"name": "a"}]}}, "Duplicate value"),
                               ({"migrations": {"configMaps": [{"name": f"a{i}"} for i in range(33)]}},
                                "must have at most 32 items"),
                               ({"database": {"secretRef": {"name": "other/db"}}}, "should match")):
            status, answer = self.server.request("POST", url + OBJECTS + "?fieldValidation=Strict", _schema_version(spec))
            self.assertIn(status, (400, 422), f"{spec}: {answer}")
            self.assertIn(sentence, answer["message"])


if __name__ == "__main__":
    if assets_folder() is None:
        skip("KUBEBUILDER_ASSETS names no folder with etcd, kube-apiserver and kubectl")
    unittest.main()
