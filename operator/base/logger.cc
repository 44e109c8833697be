#include "base/logger.h"

#include <chrono>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/text.h"
#include "base/time.h"

namespace schemaop {
namespace {

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "info";
}

void Append(std::string& line, const LogField& field) {
  line += fmt::format(",{}:", JsonQuote(field.key));
  if (const auto* text = std::get_if<std::string>(&field.value)) {
    line += JsonQuote(*text);
  } else if (const auto* integer = std::get_if<std::int64_t>(&field.value)) {
    line += fmt::format("{}", *integer);
  } else if (const auto* number = std::get_if<double>(&field.value)) {
    line += fmt::format("{:.6g}", *number);
  } else {
    line += std::get<bool>(field.value) ? "true" : "false";
  }
}

}  // namespace

struct Logger::Sink {
  explicit Sink(LogLevel level)
      : logger("schemaop", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger.set_pattern("%v");
    logger.set_level(SpdlogLevel(level));
    logger.flush_on(spdlog::level::debug);
  }
  spdlog::logger logger;
};

Logger::Logger(LogLevel level) : sink_(std::make_shared<Sink>(level)) {}

void Logger::Debug(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kDebug, message, fields);
}
void Logger::Info(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kInfo, message, fields);
}
void Logger::Warning(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kWarning, message, fields);
}
void Logger::Error(std::string_view message, std::initializer_list<LogField> fields) const {
  Write(LogLevel::kError, message, fields);
}

Logger Logger::With(std::initializer_list<LogField> fields) const {
  Logger child = *this;
  child.fields_.insert(child.fields_.end(), fields.begin(), fields.end());
  return child;
}

void Logger::Write(LogLevel level, std::string_view message,
                   std::initializer_list<LogField> fields) const {
  if (!sink_->logger.should_log(SpdlogLevel(level))) return;
  std::string line = fmt::format(R"({{"time":"{}","level":"{}","message":{})",
                                 FormatRfc3339Micro(std::chrono::system_clock::now()),
                                 LevelName(level), JsonQuote(message));
  for (const LogField& field : fields_) Append(line, field);
  for (const LogField& field : fields) Append(line, field);
  line += '}';
  sink_->logger.log(SpdlogLevel(level), line);
}

std::optional<LogLevel> ParseLogLevel(std::string_view text) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    if (text == LevelName(level)) return level;
  }
  return std::nullopt;
}

}  // namespace schemaop
