#include "base/time.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace schemaop {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// What a Time holds, which counts nanoseconds, and what a present Time can be subtracted from.
constexpr std::chrono::sys_time<microseconds> kFirst =
    std::chrono::sys_days(std::chrono::year(1800) / 1 / 1);
constexpr std::chrono::sys_time<microseconds> kLast =
    std::chrono::sys_days(std::chrono::year(2262) / 1 / 1) - microseconds(1);

// A clock can be added to it.
constexpr std::chrono::years kLongest(100);

std::string Format(Time time, std::string_view fraction) {
  const auto whole = std::chrono::floor<seconds>(time);
  const std::tm utc = fmt::gmtime(std::chrono::system_clock::to_time_t(whole));
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}{}Z", utc, fraction);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Reads exactly `count` digits at `at` and moves past them; -1 when they are not there.
int Digits(std::string_view text, std::size_t& at, std::size_t count) {
  int value = 0;
  for (std::size_t i = 0; i < count; ++i, ++at) {
    if (at >= text.size() || !IsDigit(text[at])) return -1;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

bool Skip(std::string_view text, std::size_t& at, char expected) {
  if (at >= text.size() || text[at] != expected) return false;
  ++at;
  return true;
}

}  // namespace

std::string FormatRfc3339(Time time) { return Format(time, ""); }

std::string FormatRfc3339Micro(Time time) {
  const auto micros =
      std::chrono::floor<microseconds>(time).time_since_epoch() % seconds(1) + seconds(1);
  return Format(time, fmt::format(".{:06}", (micros % seconds(1)).count()));
}

Result<Time> ParseRfc3339(std::string_view text) {
  const auto invalid = [&] {
    return Fail(ErrorCode::kInvalid, fmt::format("\"{}\" is not an RFC 3339 time", text));
  };
  std::size_t at = 0;
  const int year = Digits(text, at, 4);
  if (!Skip(text, at, '-')) return invalid();
  const int month = Digits(text, at, 2);
  if (!Skip(text, at, '-')) return invalid();
  const int day = Digits(text, at, 2);
  if (!Skip(text, at, 'T')) return invalid();
  const int hour = Digits(text, at, 2);
  if (!Skip(text, at, ':')) return invalid();
  const int minute = Digits(text, at, 2);
  if (!Skip(text, at, ':')) return invalid();
  const int second = Digits(text, at, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return invalid();
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return invalid();
  microseconds fraction(0);
  if (Skip(text, at, '.')) {
    microseconds unit = std::chrono::milliseconds(100);
    const std::size_t first = at;
    for (; at < text.size() && IsDigit(text[at]); ++at, unit /= 10) {
      fraction += unit * (text[at] - '0');
    }
    if (at == first) return invalid();
  }
  seconds offset(0);
  if (!Skip(text, at, 'Z')) {
    if (at >= text.size() || (text[at] != '+' && text[at] != '-')) return invalid();
    const int sign = text[at++] == '-' ? -1 : 1;
    const int hours = Digits(text, at, 2);
    if (!Skip(text, at, ':')) return invalid();
    const int minutes = Digits(text, at, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return invalid();
    offset = sign * (std::chrono::hours(hours) + std::chrono::minutes(minutes));
  }
  if (at != text.size()) return invalid();
  return std::clamp(std::chrono::sys_days{date} + std::chrono::hours(hour) +
                        std::chrono::minutes(minute) + seconds(second) + fraction - offset,
                    kFirst, kLast);
}

Result<milliseconds> ParseDuration(std::string_view text) {
  struct Unit {
    std::string_view name;
    double milliseconds;
  };
  static constexpr std::array<Unit, 6> kUnits{{{"ms", 1.0},
                                               {"us", 0.001},
                                               {"ns", 0.000001},
                                               {"h", 3600000.0},
                                               {"m", 60000.0},
                                               {"s", 1000.0}}};
  const auto invalid = [&] {
    return Fail(ErrorCode::kInvalid,
                fmt::format("\"{}\" is not a duration; write it like 90s, 10m or 1h30m", text));
  };
  if (text == "0") return milliseconds(0);
  if (text.empty()) return invalid();
  double total = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    double number = 0;
    double scale = 0;
    bool digits = false;
    for (; at < text.size() && (IsDigit(text[at]) || (text[at] == '.' && scale == 0)); ++at) {
      if (text[at] == '.') {
        scale = 1;
        continue;
      }
      digits = true;
      number = number * 10 + (text[at] - '0');
      scale *= 10;
    }
    if (!digits) return invalid();
    if (scale > 0) number /= scale;
    const Unit* found = nullptr;
    for (const Unit& unit : kUnits) {
      if (text.substr(at).starts_with(unit.name)) {
        found = &unit;
        break;
      }
    }
    if (found == nullptr) return invalid();
    total += number * found->milliseconds;
    at += found->name.size();
  }
  // Of too many digits infinity comes, or no number at all.
  if (!(total <= static_cast<double>(milliseconds(kLongest).count()))) {
    return Fail(ErrorCode::kInvalid, fmt::format("\"{}\" is longer than 100 years", text));
  }
  return milliseconds(std::llround(total));
}

std::string FormatDuration(milliseconds duration) {
  const auto total = duration.count();
  if (total == 0) return "0s";
  if (total < 1000) return fmt::format("{}ms", total);
  if (total < 60000) {
    const auto tenths = total % 1000 / 100;
    return tenths == 0 ? fmt::format("{}s", total / 1000)
                       : fmt::format("{}.{}s", total / 1000, tenths);
  }
  const auto hours = total / 3600000;
  const auto minutes = total / 60000 % 60;
  const auto secs = total / 1000 % 60;
  std::string text;
  if (hours > 0) text += fmt::format("{}h", hours);
  if (minutes > 0) text += fmt::format("{}m", minutes);
  if (secs > 0) text += fmt::format("{}s", secs);
  return text;
}

}  // namespace schemaop
