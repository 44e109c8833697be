// Sets of fields as server-side apply keeps them (FieldsV1), and the operations on objects they
// need.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/support/apiserver/status_error.h"

namespace schemaop::devcluster {

// Elements as FieldsV1 spells them: "f:spec", "k:{\"type\":\"Ready\"}", "v:\"x\"".
using FieldPath = std::vector<std::string>;
using FieldSet = std::set<FieldPath>;

Json ToFieldsV1(const FieldSet& fields);
FieldSet FromFieldsV1(const Json& fields);

// ".spec.conditions[type=\"Ready\"].status", as conflicts name a field.
std::string PathText(const FieldPath& path);

// The fields an applied configuration speaks about: its leaves, list items and free map entries.
// `schema` (may be null) says which lists are maps or sets; others are atomic.
FieldSet AppliedFields(const Json& object, const Json& schema);

// Every node of the object, containers included: what an update is compared by.
FieldSet AllFields(const Json& object, const Json& schema);

// The value at `path`; nullptr when it is not there.
const Json* FindField(const Json& object, const FieldPath& path);
void EraseField(Json& object, const FieldPath& path);

// `live` with everything `applied` says.
Json MergeApplied(const Json& live, const Json& applied, const Json& schema);

}  // namespace schemaop::devcluster
