"""manifests/: what kustomize installs, how little that may do, the samples, and the database for a desk."""

import copy
import unittest

from pod_security import restricted_findings
from renders import CRD_FILE, ROOT, documents, find_kustomize, kustomize, load, only, skip


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
            ("ServiceAccount", "schema-operator-system", "schema-operator")])

    def test_the_resource_is_the_one_of_crds(self):
        self.assertEqual(only(self.objects, "CustomResourceDefinition"), load(CRD_FILE))

    def test_may_do_only_what_the_operator_does(self):
        rules = {(group, resource): rule["verbs"] for rule in only(self.objects, "ClusterRole")["rules"]
                 for group in rule["apiGroups"] for resource in rule["resources"]}
        self.assertEqual(rules, {
            ("schemaversion.io", "schemaversions"): ["get", "list", "watch"],
            ("schemaversion.io", "schemaversions/status"): ["patch"],
            ("", "secrets"): ["get"],
            ("", "configmaps"): ["get"],
            ("events.k8s.io", "events"): ["create", "patch"]})

    def test_the_role_is_bound_to_the_account_the_pod_runs_as(self):
        account = only(self.objects, "ServiceAccount")["metadata"]
        binding = only(self.objects, "ClusterRoleBinding")
        self.assertEqual(binding["roleRef"]["name"], only(self.objects, "ClusterRole")["metadata"]["name"])
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
        self.assertEqual(container["resources"]["limits"]["memory"], "64Mi")
        self.assertEqual(self.pod["terminationGracePeriodSeconds"], 60)


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
        versions = {path.name: path.read_text(encoding="utf-8")
                    for path in (ROOT / "migrations" / "versions").glob("*.sql")}
        self.assertEqual(config_map["data"], versions)
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
