"""The CRD as text: described, bounded, small, and the same everywhere."""

import unittest

from renders import CHART, CRD_FILE, load

MAX_BYTES = 60 * 1024


def _fields(schema, path):
    """(path, schema) of every field below `schema`, lists and maps included."""
    for name, field in (schema.get("properties") or {}).items():
        yield f"{path}.{name}", field
        yield from _fields(field, f"{path}.{name}")
    for suffix, inner in (("[]", schema.get("items")), ("{}", schema.get("additionalProperties"))):
        if inner:
            yield path + suffix, inner
            yield from _fields(inner, path + suffix)


def _is_bounded(field):
    if "enum" in field or field["type"] == "boolean":
        return True
    if field["type"] == "string":
        return "maxLength" in field or field.get("format") == "date-time"
    if field["type"] == "integer":
        return "minimum" in field and ("maximum" in field or field.get("format") in ("int32", "int64"))
    if field["type"] == "array":
        return "maxItems" in field
    return "additionalProperties" not in field or "maxProperties" in field


class CrdTest(unittest.TestCase):

    def setUp(self):
        self.crd = load(CRD_FILE)
        self.version = self.crd["spec"]["versions"][0]
        self.schema = self.version["schema"]["openAPIV3Schema"]
        self.fields = dict(_fields(self.schema, ""))

    def test_is_small_enough_to_read_and_to_apply(self):
        self.assertLess(CRD_FILE.stat().st_size, MAX_BYTES)

    def test_is_named_as_the_code_calls_it(self):
        names = self.crd["spec"]["names"]
        self.assertEqual(self.crd["metadata"]["name"], "schemaversions.schemaversion.io")
        self.assertEqual((names["kind"], names["plural"], names["shortNames"], names["categories"]),
                         ("SchemaVersion", "schemaversions", ["sv"], ["db"]))
        self.assertEqual(self.crd["spec"]["scope"], "Namespaced")
        self.assertEqual([each["name"] for each in self.crd["spec"]["versions"]], ["v1alpha1"])
        self.assertEqual(self.version["subresources"], {"status": {}})

    def test_columns_come_in_the_documented_order(self):
        columns = [(each["name"].upper(), each.get("priority", 0)) for each in self.version["additionalPrinterColumns"]]
        self.assertEqual(columns, [
            ("DATABASE", 0), ("CURRENT", 0), ("TARGET", 0), ("PENDING", 0), ("READY", 0), ("REASON", 0), ("AGE", 0),
            ("MESSAGE", 1), ("LAST APPLIED", 1)])

    def test_columns_show_fields_that_exist(self):
        for column in self.version["additionalPrinterColumns"]:
            path = column["jsonPath"]
            if path.startswith(".metadata."):
                continue
            path = path.replace('[?(@.type=="Ready")]', "[]")
            self.assertIn(path, self.fields, column["name"])
            self.assertTrue(column["description"].endswith("."), column["name"])

    def test_every_field_is_described(self):
        for path, field in self.fields.items():
            if path != ".metadata":  # the API server allows no description there
                self.assertTrue(field.get("description", "").endswith("."), path)

    def test_every_field_has_a_type_and_a_bound(self):
        for path, field in self.fields.items():
            self.assertIn("type", field, path)
            self.assertTrue(_is_bounded(field), path)

    def test_every_list_says_how_it_is_merged(self):
        for path, field in self.fields.items():
            if field["type"] == "array":
                self.assertIn(field.get("x-kubernetes-list-type"), ("map", "atomic"), path)
        self.assertEqual(self.fields[".status.conditions"]["x-kubernetes-list-map-keys"], ["type"])

    def test_nothing_is_stored_unread(self):
        for path, field in self.fields.items():
            self.assertNotIn("x-kubernetes-preserve-unknown-fields", field, path)

    def test_every_rule_says_what_is_wrong_and_has_a_plain_schema_beside_it(self):
        ruled = {path: field for path, field in self.fields.items() if "x-kubernetes-validations" in field}
        self.assertEqual(sorted(ruled), [
            ".spec", ".spec.baseline", ".spec.execution.lockTimeout", ".spec.execution.nonTransactionalTimeout", ".spec.execution.retryBudget",
            ".spec.execution.statementTimeout", ".spec.interval", ".spec.migrations",
            ".spec.migrations.inline", ".spec.migrations.path", ".spec.targetRevision"])
        del ruled[".spec.migrations.inline"]  # a plain schema has no word about the names in a map
        for path, field in ruled.items():
            # It sees one state, so that it has none about changes either.
            plain = [rule for rule in field["x-kubernetes-validations"] if "oldSelf" not in rule["rule"]]
            self.assertTrue(not plain or {"pattern", "not"} & set(field), path)
            for rule in field["x-kubernetes-validations"]:
                self.assertIn(path.rsplit(".", 1)[1], rule["message"])

    def test_an_object_nobody_has_looked_at_does_not_look_finished(self):
        self.assertEqual(self.fields[".status"]["default"], {"observedGeneration": -1})

    def test_the_chart_carries_the_same_text(self):
        copy = CHART / "files" / CRD_FILE.name
        self.assertEqual(copy.read_bytes(), CRD_FILE.read_bytes(), f"run: cp {CRD_FILE} {copy}")


if __name__ == "__main__":
    unittest.main()
