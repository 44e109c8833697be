#include "cli/alembic_project.h"

#include <cstdlib>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/child_process.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/alembic_env.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// A folder of our own below the system's temporary one, removed with everything in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code error;
    std::string name = (fs::temp_directory_path(error) / "schemactl.XXXXXX").string();
    if (!error && mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  // Empty when it could not be made.
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// A value of an .ini file, where '%' begins a reference.
std::string IniValue(const std::string& text) {
  std::string value;
  for (const char c : text) value += c == '%' ? "%%" : std::string(1, c);
  return value;
}

bool WriteText(const fs::path& path, const std::string& text) {
  std::ofstream stream(path, std::ios::binary);
  stream << text;
  return stream.flush().good();
}

// The project whose env.py is ours.
bool WriteAskingProject(const fs::path& folder, const fs::path& ini, const std::string& section) {
  std::error_code error;
  fs::create_directory(folder / "versions", error);
  return !error && WriteText(folder / "env.py", kAlembicEnv) &&
         WriteText(folder / "alembic.ini",
                   fmt::format("[{}]\nscript_location = {}\nproject = {}\nresult = {}\n", section,
                               IniValue(folder.string()), IniValue(ini.string()),
                               IniValue((folder / "result.json").string())));
}

RenderedFunction ReadFunction(const Json& json) {
  using Kind = RenderedFunction::Kind;
  if (json.contains("sql")) return {Kind::kSql, json.at("sql")};
  if (json.contains("irreversible")) return {Kind::kIrreversible, json.at("irreversible")};
  return {Kind::kFailed, json.at("error")};
}

Outcome<AlembicProject> ReadResult(const fs::path& ini, const std::string& text) {
  try {
    const Json json = Json::parse(text);
    const auto refuse = [&](const std::string& why) {
      return Refuse(ExitCode::kFailed, fmt::format("cannot import {}: {}", ini.string(), why));
    };
    if (json.contains("error")) return refuse(json.at("error").get<std::string>());
    if (const std::string dialect = json.at("dialect"); dialect != "postgresql") {
      return refuse(fmt::format("its migrations are for {}, not for PostgreSQL", dialect));
    }
    AlembicProject project{{}, json.at("version_table"), json.at("version_table_schema")};
    for (const Json& revision : json.at("revisions")) {
      project.revisions.push_back({.id = revision.at("id"),
                                   .down_revisions = revision.at("down_revisions"),
                                   .depends_on = revision.at("depends_on"),
                                   .branch_labels = revision.at("branch_labels"),
                                   .message = revision.at("message"),
                                   .file = revision.at("file"),
                                   .upgrade = ReadFunction(revision.at("upgrade")),
                                   .downgrade = ReadFunction(revision.at("downgrade"))});
    }
    return project;
  } catch (const Json::exception& error) {
    return Refuse(ExitCode::kFailed, fmt::format("cannot understand what Alembic says about {}: {}",
                                                 ini.string(), error.what()));
  }
}

// What a person is told of a program that left no result: its last words.
std::string LastLine(std::string_view output) {
  output = Trim(output);
  if (output.empty()) return "it says nothing";
  const std::size_t line = output.rfind('\n');
  return std::string(Trim(line == std::string_view::npos ? output : output.substr(line + 1)));
}

// What to run, from the folder of the person's alembic.ini.
std::vector<std::string> CommandLine(const AlembicCall& call, const fs::path& asking) {
  std::error_code error;
  const bool is_path = call.program.find('/') != std::string::npos;
  std::vector<std::string> command{
      is_path ? fs::absolute(call.program, error).string() : call.program, "-c",
      (asking / "alembic.ini").string(), "-n", call.section};
  for (const std::string& argument : call.x_arguments) {
    command.insert(command.end(), {"-x", argument});
  }
  command.emplace_back("current");
  return command;
}

}  // namespace

Outcome<AlembicProject> ReadAlembicProject(const AlembicCall& call, const std::stop_token& stop) {
  const fs::path ini = call.settings;
  std::error_code error;
  const fs::path absolute = fs::canonical(ini, error);
  if (error || fs::is_directory(absolute, error)) {
    return Refuse(ExitCode::kUsage,
                  fmt::format("{}: there is no such file; name the project's alembic.ini, as in: "
                              "import alembic PATH/alembic.ini",
                              ini.string()));
  }
  // It becomes the head of a section of a file of ours.
  if (call.section.empty() || call.section.find_first_of("]\r\n") != std::string::npos) {
    return Refuse(ExitCode::kUsage, "--name: this cannot be the name of a section");
  }
  const ScratchFolder scratch;
  if (scratch.path().empty() || !WriteAskingProject(scratch.path(), absolute, call.section)) {
    return Refuse(ExitCode::kFailed, "cannot write to the system's temporary folder");
  }
  const auto run = RunChild(
      {.words = CommandLine(call, scratch.path()), .folder = absolute.parent_path()}, stop);
  if (!run && run.error().code == ErrorCode::kNotFound) {
    return Refuse(ExitCode::kFailed,
                  run.error().message +
                      "; activate the project's Python environment, or name its alembic with "
                      "--alembic PATH");
  }
  if (!run) return Refuse(run.error());
  if (const auto result = ReadTextFile(scratch.path() / "result.json")) {
    return ReadResult(ini, *result);
  }
  return Refuse(ExitCode::kFailed, fmt::format("{} ended with exit code {}: {}", call.program,
                                               run->exit_code, LastLine(run->output)));
}

}  // namespace schemaop
