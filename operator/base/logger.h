// Structured logging: one JSON object a line on standard error.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace schemaop {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// One key-value pair of a log line. Keys are snake_case and mean the same everywhere:
// schemaversion, revision, database, error, took, attempt.
struct LogField {
  std::string key;
  std::variant<std::string, std::int64_t, double, bool> value;

  template <typename T>
  LogField(std::string_view name, T&& v) : key(name), value(Convert(std::forward<T>(v))) {}

 private:
  static bool Convert(bool v) { return v; }
  static double Convert(double v) { return v; }
  static std::string Convert(std::string v) { return v; }
  static std::string Convert(std::string_view v) { return std::string(v); }
  static std::string Convert(const char* v) { return v; }
  template <typename Int>
  requires std::is_integral_v<Int>
  static std::int64_t Convert(Int v) { return static_cast<std::int64_t>(v); }
};

// A handle on the process's log; cheap to copy, safe from any thread. Messages are constant
// lower-case text; what varies goes into fields. SQL text is logged at debug only, connection
// strings never.
class Logger {
 public:
  // Lines at `level` and above, to standard error.
  explicit Logger(LogLevel level);

  void Debug(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Info(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Warning(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Error(std::string_view message, std::initializer_list<LogField> fields = {}) const;

  // The same log with `fields` in front of every line's own.
  Logger With(std::initializer_list<LogField> fields) const;

 private:
  struct Sink;
  void Write(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) const;

  std::shared_ptr<Sink> sink_;
  std::vector<LogField> fields_;
};

// "debug", "info", "warning" or "error"; nullopt for anything else.
std::optional<LogLevel> ParseLogLevel(std::string_view text);

}  // namespace schemaop
