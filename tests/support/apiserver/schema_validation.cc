// Validation against a structural schema. Texts are those of go-openapi/validate as the API server
// shows them.
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <regex>
#include <set>

#include <fmt/format.h>

#include "tests/support/apiserver/structural_schema.h"

namespace schemaop::devcluster {
namespace {

class Validator {
 public:
  std::vector<Cause> causes;

  void Check(const Json& value, const Json& schema, const std::string& path) {
    if (!CheckType(value, schema, path)) return;
    if (value.is_string()) CheckString(value.get_ref<const std::string&>(), schema, path);
    if (value.is_number()) CheckNumber(value, schema, path);
    if (value.is_array()) CheckArray(value, schema, path);
    if (value.is_object()) CheckObject(value, schema, path);
    CheckEnum(value, schema, path);
    CheckCombinators(value, schema, path);
  }

 private:
  static std::string TypeName(const Json& value) {
    if (value.is_null()) return "null";
    if (value.is_boolean()) return "boolean";
    if (value.is_string()) return "string";
    if (value.is_array()) return "array";
    if (value.is_object()) return "object";
    if (value.is_number_integer()) return "integer";
    return std::trunc(value.get<double>()) == value.get<double>() ? "integer" : "number";
  }

  void Add(const std::string& path, const std::string& value, const std::string& detail) {
    causes.push_back(
        InvalidValue(path.empty() ? "<nil>" : path, value, path + " in body " + detail));
  }

  bool CheckType(const Json& value, const Json& schema, const std::string& path) {
    const std::string actual = TypeName(value);
    if (value.is_null() && schema.value("nullable", false)) return false;
    if (schema.value("x-kubernetes-int-or-string", false)) {
      if (actual == "integer" || actual == "string") return true;
      Add(path, Json(actual).dump(), fmt::format("must be of type integer,string: \"{}\"", actual));
      return false;
    }
    const std::string wanted = schema.value("type", "");
    if (wanted.empty() || wanted == actual || (wanted == "number" && actual == "integer")) {
      return true;
    }
    Add(path, Json(actual).dump(), fmt::format("must be of type {}: \"{}\"", wanted, actual));
    return false;
  }

  // Like the real one, stops at the first rule a string breaks.
  void CheckString(const std::string& text, const Json& schema, const std::string& path) {
    const std::string quoted = Json(text).dump();
    std::int64_t length = 0;
    for (const char c : text) length += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (const auto most = schema.find("maxLength"); most != schema.end() && length > *most) {
      return Add(path, quoted,
                 fmt::format("should be at most {} chars long", most->get<std::int64_t>()));
    }
    if (const auto least = schema.find("minLength"); least != schema.end() && length < *least) {
      return Add(path, quoted,
                 fmt::format("should be at least {} chars long", least->get<std::int64_t>()));
    }
    if (const auto pattern = schema.find("pattern"); pattern != schema.end()) {
      const std::string& text_of = pattern->get_ref<const std::string&>();
      if (!std::regex_search(text, Compiled(text_of))) {
        return Add(path, quoted, fmt::format("should match '{}'", text_of));
      }
    }
    CheckFormat(text, schema.value("format", ""), path);
  }

  void CheckFormat(const std::string& text, const std::string& format, const std::string& path) {
    static const std::regex date_time(
        R"(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]\d\d:\d\d))");
    static const std::regex date(R"(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))");
    static const std::regex uuid("[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}");
    const bool wrong = (format == "date-time" && !std::regex_match(text, date_time)) ||
                       (format == "date" && !std::regex_match(text, date)) ||
                       (format == "uuid" && !std::regex_match(text, uuid));
    if (wrong) {
      Add(path, Json(text).dump(),
          fmt::format("must be of type {}: {}", format, Json(text).dump()));
    }
  }

  void CheckNumber(const Json& value, const Json& schema, const std::string& path) {
    if (const auto most = schema.find("maximum"); most != schema.end()) {
      const bool strict = schema.value("exclusiveMaximum", false);
      if (strict ? value >= *most : value > *most) {
        Add(path, value.dump(),
            fmt::format("should be less than {}{}", strict ? "" : "or equal to ", most->dump()));
      }
    }
    if (const auto least = schema.find("minimum"); least != schema.end()) {
      const bool strict = schema.value("exclusiveMinimum", false);
      if (strict ? value <= *least : value < *least) {
        Add(path, value.dump(),
            fmt::format("should be greater than {}{}", strict ? "" : "or equal to ",
                        least->dump()));
      }
    }
    if (const auto unit = schema.find("multipleOf"); unit != schema.end()) {
      if (std::fmod(value.get<double>(), unit->get<double>()) != 0) {
        Add(path, value.dump(), fmt::format("should be a multiple of {}", unit->dump()));
      }
    }
  }

  void CheckArray(const Json& value, const Json& schema, const std::string& path) {
    const auto size = static_cast<std::int64_t>(value.size());
    if (const auto most = schema.find("maxItems"); most != schema.end() && size > *most) {
      Add(path, std::to_string(size),
          fmt::format("should have at most {} items", most->get<std::int64_t>()));
    }
    if (const auto least = schema.find("minItems"); least != schema.end() && size < *least) {
      Add(path, std::to_string(size),
          fmt::format("should have at least {} items", least->get<std::int64_t>()));
    }
    if (const auto items = schema.find("items"); items != schema.end()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        Check(value[i], *items, fmt::format("{}[{}]", path, i));
      }
    }
    CheckListType(value, schema, path);
  }

  void CheckListType(const Json& value, const Json& schema, const std::string& path) {
    const std::string type = schema.value("x-kubernetes-list-type", "atomic");
    if (type == "atomic") return;
    const auto keys = schema.value("x-kubernetes-list-map-keys", std::vector<std::string>());
    std::set<Json> seen;
    for (std::size_t i = 0; i < value.size(); ++i) {
      Json identity = type == "set" ? value[i] : Json::object();
      for (const std::string& key : keys) {
        if (value[i].is_object() && value[i].contains(key)) identity[key] = value[i][key];
      }
      if (!seen.insert(identity).second) {
        causes.push_back(DuplicateValue(fmt::format("{}[{}]", path, i), GoMap(identity)));
      }
    }
  }

  // How Go prints map[string]interface{}{"type":"Ready"}.
  static std::string GoMap(const Json& identity) {
    if (!identity.is_object()) return identity.dump();
    std::string inside = identity.dump();
    return "map[string]interface {}" + inside;
  }

  void CheckObject(const Json& value, const Json& schema, const std::string& path) {
    const auto size = static_cast<std::int64_t>(value.size());
    if (const auto most = schema.find("maxProperties"); most != schema.end() && size > *most) {
      Add(path, std::to_string(size),
          fmt::format("should have at most {} properties", most->get<std::int64_t>()));
    }
    if (const auto least = schema.find("minProperties"); least != schema.end() && size < *least) {
      Add(path, std::to_string(size),
          fmt::format("should have at least {} properties", least->get<std::int64_t>()));
    }
    for (const Json& name : schema.value("required", Json::array())) {
      const auto& key = name.get_ref<const std::string&>();
      if (!value.contains(key)) {
        causes.push_back(RequiredValue(path.empty() ? key : path + "." + key));
      }
    }
    const Json properties = schema.value("properties", Json::object());
    const auto additional = schema.find("additionalProperties");
    for (const auto& [key, member] : value.items()) {
      const std::string below = path.empty() ? key : path + "." + key;
      if (const auto found = properties.find(key); found != properties.end()) {
        Check(member, *found, below);
      } else if (additional != schema.end() && additional->is_object()) {
        Check(member, *additional, below);
      }
    }
  }

  void CheckEnum(const Json& value, const Json& schema, const std::string& path) {
    const auto choices = schema.find("enum");
    if (choices == schema.end()) return;
    std::vector<std::string> names;
    for (const Json& choice : *choices) {
      if (choice == value) return;
      names.push_back(choice.is_string() ? choice.get<std::string>() : choice.dump());
    }
    causes.push_back(UnsupportedValue(path, value.dump(), names));
  }

  static bool Fits(const Json& value, const Json& schema, const std::string& path) {
    Validator inner;
    inner.Check(value, schema, path);
    return inner.causes.empty();
  }

  void CheckCombinators(const Json& value, const Json& schema, const std::string& path) {
    const auto count = [&](const char* keyword) {
      int fits = 0;
      for (const Json& choice : schema[keyword]) fits += Fits(value, choice, path);
      return fits;
    };
    const std::string shown = value.is_structured() ? "\"\"" : value.dump();
    if (schema.contains("allOf")) {
      for (const Json& part : schema["allOf"]) Check(value, part, path);
    }
    if (schema.contains("anyOf") && count("anyOf") == 0) {
      causes.push_back(
          InvalidValue(path, shown, path + " in body must validate at least one schema (anyOf)"));
    }
    if (schema.contains("oneOf") && count("oneOf") != 1) {
      causes.push_back(InvalidValue(
          path, shown, path + " in body must validate one and only one schema (oneOf)"));
    }
    if (schema.contains("not") && Fits(value, schema["not"], path)) {
      causes.push_back(
          InvalidValue(path, shown, path + " in body must not validate the schema (not)"));
    }
  }

  // Patterns are compiled once for the life of the program: std::regex is slow to build.
  static const std::regex& Compiled(const std::string& pattern) {
    static std::mutex mutex;
    static std::map<std::string, std::unique_ptr<std::regex>> cache;
    const std::lock_guard lock(mutex);
    std::unique_ptr<std::regex>& slot = cache[pattern];
    if (!slot) slot = std::make_unique<std::regex>(pattern, std::regex::ECMAScript);
    return *slot;
  }
};

}  // namespace

std::vector<Cause> Validate(const Json& object, const Json& schema) {
  Validator validator;
  if (schema.is_object()) validator.Check(object, schema, "");
  return std::move(validator.causes);
}

}  // namespace schemaop::devcluster
