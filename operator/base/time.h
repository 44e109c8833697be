// Times and durations as Kubernetes writes them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"

namespace schemaop {

// A moment people read. Waiting uses std::chrono::steady_clock instead.
using Time = std::chrono::system_clock::time_point;

// "2026-11-22T10:00:00Z": metav1.Time, whole seconds, UTC.
std::string FormatRfc3339(Time time);

// "2026-11-22T10:00:00.123456Z": metav1.MicroTime, always six digits, UTC.
std::string FormatRfc3339Micro(Time time);

// Either of the two, with any number of fraction digits and "Z" or a numeric offset. kInvalid
// otherwise. What lies before 1800 or after 2261 becomes the first or last moment of these years: a
// Time holds no more, and "9999-12-31T23:59:59Z" stands for never.
Result<Time> ParseRfc3339(std::string_view text);

// A Go duration as Kubernetes objects spell it: "1h30m", "10m", "1.5s", "100ms", "0". Not negative,
// at most 100 years. kInvalid otherwise.
Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

// The shortest such text people like: "1h30m", "10m", "1.2s", "35ms", "0s".
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace schemaop
