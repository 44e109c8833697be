"""manifests/: what kustomize installs, how little that may do, the samples, and the database for a desk."""

import copy
import unittest

from pod_security import restricted_findings
from renders import CRD_FILE, ROOT, documents, find_kustomize, kustomize, kustomize_with, load, only, skip


class ManifestsTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.objects = documents(kustomize("manifests"))
        cls.deployment = only(cls.objects, "Deployment")
        cls.pod = cls.deployment["spec"]["template"]["spec"]

    def test_installs_exactly_these_objects(self):
        found = [(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in self.objects]
        self.assertEqual(sorted(found, key=lambda each: each[0]), [
            ("ClusterRole", None, "schema-operator"),
            ("ClusterRoleBinding", None, "schema-operator"),
            ("CustomResourceDefinition", None, "schemaversions.schemaversion.io"),
            ("Deployment", "schema-operator-system", "schema-operator"),
            ("Namespace", None, "schema-operator-system"),
            ("Role", "schema-operator-system", "schema-operator-leader-election"),
            ("RoleBinding", "schema-operator-system", "schema-operator-leader-election"),
            ("ServiceAccount", "schema-operator-system", "schema-operator")])

    def test_the_resource_is_the_one_of_crds(self):
        self.assertEqual(only(self.objects, "CustomResourceDefinition"), load(CRD_FILE))

    def _rules(self, kind):
        return {(group, resource): rule["verbs"] for rule in only(self.objects, kind)["rules"]
                for group in rule["apiGroups"] for resource in rule["resources"]}

    def test_may_do_only_what_the_operator_does(self):
        self.assertEqual(self._rules("Role"), {
            ("coordination.k8s.io", "leases"): ["get", "create", "patch"],
            ("events.k8s.io", "events"): ["create"]})
        self.assertEqual(self._rules("ClusterRole"), {
            ("schemaversion.io", "schemaversions"): ["get", "list", "watch"],
            ("schemaversion.io", "schemaversions/status"): ["patch"],
            ("", "secrets"): ["get"],
            ("", "configmaps"): ["get"],
            ("events.k8s.io", "events"): ["create", "patch"]})

    def test_the_role_is_bound_to_the_account_the_pod_runs_as(self):
        account = only(self.objects, "ServiceAccount")["metadata"]
        for kind in ("ClusterRole", "Role"):
            binding = only(self.objects, kind + "Binding")
            self.assertEqual(binding["roleRef"]["name"], only(self.objects, kind)["metadata"]["name"])
            self.assertEqual(binding["subjects"], [
                {"kind": "ServiceAccount", "name": account["name"], "namespace": account["namespace"]}])
        self.assertEqual(self.pod["serviceAccountName"], account["name"])

    def test_the_namespace_enforces_restricted_pods_and_the_pod_is_one(self):
        labels = only(self.objects, "Namespace")["metadata"]["labels"]
        for mode in ("enforce", "audit", "warn"):
            self.assertEqual(labels[f"pod-security.kubernetes.io/{mode}"], "restricted")
        self.assertEqual(restricted_findings(self.pod), [])
        self.assertIs(self.pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"], True)

    def test_the_selector_matches_the_pod(self):
        labels = self.deployment["spec"]["template"]["metadata"]["labels"]
        selector = self.deployment["spec"]["selector"]["matchLabels"]
        self.assertEqual({name: labels.get(name) for name in selector}, selector)

    def test_is_probed_bounded_and_given_time_to_stop(self):
        container = self.pod["containers"][0]
        paths = {probe: container[probe]["httpGet"]["path"]
                 for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
        self.assertEqual(paths, {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"})
        self.assertEqual(container["resources"]["requests"]["memory"], "16Mi")
        self.assertEqual(container["resources"]["limits"]["memory"], "512Mi")
        self.assertEqual(self.pod["terminationGracePeriodSeconds"], 60)


class NamespacedTest(unittest.TestCase):
    """manifests/namespaced: the same operator with rights in one namespace."""

    @classmethod
    def setUpClass(cls):
        cls.wide = documents(kustomize("manifests"))
        cls.narrow = documents(kustomize("manifests/namespaced"))

    def _named(self, kind, name):
        return next(each for each in self.narrow if each["kind"] == kind and each["metadata"]["name"] == name)

    def test_differs_only_in_where_the_rights_are_and_which_namespace_is_served(self):
        wide = {(each["kind"], each["metadata"]["name"]): each for each in self.wide}
        narrow = {(each["kind"], each["metadata"]["name"]): each for each in self.narrow}
        self.assertEqual(set(wide) - set(narrow), {("ClusterRole", "schema-operator"),
                                                   ("ClusterRoleBinding", "schema-operator")})
        self.assertEqual(set(narrow) - set(wide), {("Role", "schema-operator"), ("RoleBinding", "schema-operator")})
        deployment = copy.deepcopy(wide["Deployment", "schema-operator"])
        deployment["spec"]["template"]["spec"]["containers"][0]["args"].append("--namespace=engineering")
        for key in set(wide) & set(narrow):
            self.assertEqual(narrow[key], deployment if key[0] == "Deployment" else wide[key], key)

    def test_grants_there_what_the_cluster_role_grants_everywhere(self):
        role, binding = self._named("Role", "schema-operator"), self._named("RoleBinding", "schema-operator")
        self.assertEqual(role["rules"], only(self.wide, "ClusterRole")["rules"])
        self.assertEqual(binding["subjects"], only(self.wide, "ClusterRoleBinding")["subjects"])
        self.assertEqual(binding["roleRef"], {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role",
                                              "name": "schema-operator"})
        self.assertEqual({role["metadata"]["namespace"], binding["metadata"]["namespace"]}, {"engineering"})


class WatchReferencesTest(unittest.TestCase):
    """manifests/watch-references: a right more and a flag more, on either installation."""

    def test_adds_the_right_and_the_flag_that_needs_it(self):
        for base, kind in (("manifests", "ClusterRole"), ("manifests/namespaced", "Role")):
            with self.subTest(base):
                before = documents(kustomize(base))
                after = documents(kustomize_with(base, "manifests/watch-references"))
                expected = copy.deepcopy(before)
                for each in expected:
                    if (each["kind"], each["metadata"]["name"]) == (kind, "schema-operator"):
                        each["rules"].append({"apiGroups": [""], "resources": ["secrets", "configmaps"],
                                              "verbs": ["list", "watch"]})
                    if each["kind"] == "Deployment":
                        each["spec"]["template"]["spec"]["containers"][0]["args"].append(
                            "--watch-references=secrets,configmaps")
                self.assertEqual(after, expected)


class RestrictedCheckerTest(unittest.TestCase):
    """The checker sees each way of breaking the standard, so that its silence means something."""

    BREAKS = [
        ("hostNetwork must not be set", lambda pod: pod.update(hostNetwork=True)),
        ("hostPID must not be set", lambda pod: pod.update(hostPID=True)),
        ("volume tmp: type hostPath is not allowed",
         lambda pod: pod.update(volumes=[{"name": "tmp", "hostPath": {"path": "/"}}])),
        ("operator: runAsNonRoot must be true", lambda pod: pod["securityContext"].pop("runAsNonRoot")),
        ("operator: runAsUser must not be 0", lambda pod: pod["securityContext"].update(runAsUser=0)),
        ("operator: seccompProfile must be RuntimeDefault or Localhost",
         lambda pod: pod["securityContext"].pop("seccompProfile")),
        ("operator: capabilities must drop ALL",
         lambda pod: pod["containers"][0]["securityContext"].pop("capabilities")),
        ("operator: capabilities may add NET_BIND_SERVICE only",
         lambda pod: pod["containers"][0]["securityContext"]["capabilities"].update(add=["SYS_ADMIN"])),
        ("operator: allowPrivilegeEscalation must be false",
         lambda pod: pod["containers"][0]["securityContext"].pop("allowPrivilegeEscalation")),
        ("operator: privileged must not be set",
         lambda pod: pod["containers"][0]["securityContext"].update(privileged=True)),
        ("operator: hostPort must not be set",
         lambda pod: pod["containers"][0]["ports"][0].update(hostPort=8081)),
    ]

    def test_finds_every_break(self):
        pod = only(documents(kustomize("manifests")), "Deployment")["spec"]["template"]["spec"]
        for finding, break_it in self.BREAKS:
            with self.subTest(finding):
                broken = copy.deepcopy(pod)
                break_it(broken)
                self.assertEqual(restricted_findings(broken), [finding])


class SamplesTest(unittest.TestCase):

    def test_hold_one_project_with_all_its_revision_files(self):
        if not (ROOT / "migrations" / "kustomization.yaml").exists():
            self.fail("migrations/kustomization.yaml is missing: the samples take their ConfigMap from it")
        objects = documents(kustomize("manifests/samples"))
        self.assertEqual(sorted(each["kind"] for each in objects),
                         ["ConfigMap", "Namespace", "SchemaVersion", "Secret"])
        config_map = only(objects, "ConfigMap")
        schema_version = only(objects, "SchemaVersion")
        migrations = ROOT / "migrations"
        files = {path.name: path.read_text(encoding="utf-8")
                 for path in [*(migrations / "versions").glob("*.sql"), migrations / "checks.yaml"]}
        self.assertEqual(config_map["data"], files)
        self.assertEqual(schema_version["spec"]["migrations"], {"configMaps": [{"name": config_map["metadata"]["name"]}]})
        self.assertEqual(schema_version["spec"]["database"]["secretRef"]["name"],
                         only(objects, "Secret")["metadata"]["name"])
        self.assertEqual({each["metadata"].get("namespace") for each in objects if each["kind"] != "Namespace"},
                         {"engineering"})


class ComposeTest(unittest.TestCase):

    def setUp(self):
        self.compose = load(ROOT / "manifests" / "compose.yaml")
        self.database = self.compose["services"]["db"]

    def test_listens_on_loopback_alone(self):
        self.assertEqual(self.database["ports"], ["127.0.0.1:${POSTGRES_PORT:-5432}:5432"])

    def test_keeps_its_data_and_says_when_it_is_up(self):
        (volume, folder) = self.database["volumes"][0].split(":")
        self.assertIn(volume, self.compose["volumes"])
        self.assertEqual(folder, "/var/lib/postgresql/data")
        self.assertEqual(self.database["healthcheck"]["test"][:2], ["CMD", "pg_isready"])
        self.assertEqual(self.database["image"], "postgres:15")


if __name__ == "__main__":
    if find_kustomize() is None:
        skip("no kubectl of 1.24 or later, whose kustomize knows `labels`")
    unittest.main()
