#include "postgres/sqlstate.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

TEST(SqlStateTest, SaysWhatACallerCanDo) {
  struct Case {
    const char* sqlstate;
    ErrorCode code;
    bool transient;
  };
  for (const Case& c : {
           Case{"55P03", ErrorCode::kBusy, true},         // lock_timeout
           Case{"40P01", ErrorCode::kBusy, true},         // deadlock
           Case{"40001", ErrorCode::kBusy, true},         // serialization
           Case{"40003", ErrorCode::kInDoubt, false},     // completion unknown
           Case{"57P01", ErrorCode::kUnavailable, true},  // shutdown
           Case{"57P03", ErrorCode::kUnavailable, true},  // starting up
           Case{"53300", ErrorCode::kUnavailable, true},  // too many connections
           Case{"53100", ErrorCode::kUnavailable, true},  // disk full
           Case{"25006", ErrorCode::kUnavailable, true},  // standby
           Case{"08006", ErrorCode::kUnavailable, true},  // connection failure
           Case{"28P01", ErrorCode::kDenied, false},      // password
           Case{"42501", ErrorCode::kDenied, false},      // rights
           Case{"3D000", ErrorCode::kNotFound, false},    // no database
           Case{"57014", ErrorCode::kRejected, false},    // statement_timeout
           Case{"42P07", ErrorCode::kRejected, false},    // already exists
           Case{"23505", ErrorCode::kRejected, false},    // unique violation
           Case{"XX000", ErrorCode::kRejected, false},    // server bug
           Case{"", ErrorCode::kInternal, false},
       }) {
    EXPECT_EQ(CodeForSqlState(c.sqlstate), c.code) << c.sqlstate;
    EXPECT_EQ(IsTransient(c.sqlstate), c.transient) << c.sqlstate;
  }
}

}  // namespace
}  // namespace schemaop
