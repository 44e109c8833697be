// Named places at which a test build can be told to die, to stop or to fail.
//
// With the CMake option SCHEMAOP_FAULT_POINTS, the environment variable
//   SCHEMAOP_FAULT=<point>[:<n>]:<action>
// makes the process act when it comes to that point for the n-th time (default: the first):
//   kill   dies as by SIGKILL
//   stop   stops as by SIGSTOP, and goes on when it gets SIGCONT
//   error  the function at the point answers with an error, where it can
// It says so on standard error first: "schemaop: fault point <point>: <action>". A value it does
// not understand ends the process with exit code 2. SCHEMAOP_FAULT_TRACE=<file> appends the name of
// every point to the file when it is reached. Without the option none of this is in the program,
// the names neither.
#pragma once

#include <tl/expected.hpp>

#include "base/error.h"

#ifdef SCHEMAOP_FAULT_POINTS

#include <span>
#include <string_view>

namespace schemaop {

// A point's row in the register.
struct FaultPointRow {
  // What the action `error` does at it.
  enum class OnError {
    kReturns,  // the function there fails
    kNothing,  // nothing can fail there: `error` passes it
  };
  std::string_view name;  // layer.noun.moment
  OnError on_error = OnError::kReturns;
};

// Every point there is, in the order in which a run comes to them.
std::span<const FaultPointRow> FaultPoints();

// Reaches the point `name`. The error of the action `error`, when it is to act here and now. Thread
// safe.
Result<void> ReachFaultPoint(std::string_view name);

}  // namespace schemaop

// A point where nothing can fail.
#define SCHEMAOP_CRASH_POINT(name) static_cast<void>(::schemaop::ReachFaultPoint(name))
// A point in a function that answers with a Result.
#define SCHEMAOP_FAULT_POINT(name)                                  \
  do {                                                              \
    if (auto reached = ::schemaop::ReachFaultPoint(name); !reached) \
      return tl::unexpected(reached.error());                       \
  } while (false)
// The same where the function answers with something else: an expression in terms of `fault`, the
// Error.
#define SCHEMAOP_FAULT_POINT_OR(name, answer)                         \
  do {                                                                \
    if (auto reached = ::schemaop::ReachFaultPoint(name); !reached) { \
      const ::schemaop::Error& fault = reached.error();               \
      return answer;                                                  \
    }                                                                 \
  } while (false)
// An expression: whether to fail here in a way of one's own.
#define SCHEMAOP_FAULT_STRIKES(name) (!::schemaop::ReachFaultPoint(name))

#else

#define SCHEMAOP_CRASH_POINT(name) static_cast<void>(0)
#define SCHEMAOP_FAULT_POINT(name) static_cast<void>(0)
#define SCHEMAOP_FAULT_POINT_OR(name, answer) static_cast<void>(0)
#define SCHEMAOP_FAULT_STRIKES(name) false

#endif
