// Options every command takes, before or after its name.
#pragma once

#include <optional>
#include <string>

namespace schemaop {

enum class ColorChoice { kAuto, kAlways, kNever };

struct GlobalOptions {
  std::string program = "schemactl";     // as a person types it, "kubectl schema" for the plugin
  std::optional<std::string> url;        // --url; holds a password, never print it
  std::optional<std::string> config;     // --config: the settings file
  std::optional<std::string> directory;  // --directory: the project folder
  std::optional<std::string> version_table;
  std::optional<std::string> version_table_schema;
  std::optional<std::string> ledger_schema;
  ColorChoice color = ColorChoice::kAuto;
  bool quiet = false;
};

}  // namespace schemaop
