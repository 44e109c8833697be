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
  using enum ErrorCode;
  for (const Case& c : {
           // Class 08: the connection.
           Case{"08000", kUnavailable, true},  // connection_exception
           Case{"08001", kUnavailable, true},  // sqlclient_unable_to_establish_sqlconnection
           Case{"08003", kUnavailable, true},  // connection_does_not_exist
           Case{"08004", kUnavailable, true},  // sqlserver_rejected_establishment
           Case{"08006", kUnavailable, true},  // connection_failure
           Case{"08007", kRejected, false},    // transaction_resolution_unknown
           Case{"08P01", kRejected, false},    // protocol_violation
           // Class 25: the transaction's state.
           Case{"25001", kRejected, false},    // active_sql_transaction
           Case{"25006", kUnavailable, true},  // read_only_sql_transaction
           Case{"25P02", kRejected, false},    // in_failed_sql_transaction
           Case{"25P03", kUnavailable, true},  // idle_in_transaction_session_timeout
           Case{"25P04", kUnavailable, true},  // transaction_timeout
           // Who may.
           Case{"28000", kDenied, false},    // invalid_authorization_specification: pg_hba.conf
           Case{"28P01", kDenied, false},    // invalid_password
           Case{"42501", kDenied, false},    // insufficient_privilege
           Case{"3D000", kNotFound, false},  // invalid_catalog_name: no such database
           // Class 40: try again.
           Case{"40001", kBusy, true},       // serialization_failure
           Case{"40002", kBusy, true},       // transaction_integrity_constraint_violation
           Case{"40003", kRejected, false},  // statement_completion_unknown
           Case{"40P01", kBusy, true},       // deadlock_detected
           // Class 53: what the server has run out of.
           Case{"53000", kUnavailable, true},  // insufficient_resources
           Case{"53100", kUnavailable, true},  // disk_full
           Case{"53200", kUnavailable, true},  // out_of_memory
           Case{"53300", kUnavailable, true},  // too_many_connections
           Case{"53400", kRejected, false},    // configuration_limit_exceeded
           // Class 54, 55: limits and states of objects.
           Case{"54000", kRejected, false},  // program_limit_exceeded
           Case{"55000", kRejected, false},  // object_not_in_prerequisite_state
           Case{"55006", kBusy, true},       // object_in_use
           Case{"55P03", kBusy, true},       // lock_not_available: lock_timeout, NOWAIT
           Case{"55P04", kRejected, false},  // unsafe_new_enum_value_usage
           // Class 57: somebody stepped in.
           Case{"57000", kRejected, false},    // operator_intervention
           Case{"57014", kRejected, false},    // query_canceled: statement_timeout
           Case{"57P01", kUnavailable, true},  // admin_shutdown
           Case{"57P02", kUnavailable, true},  // crash_shutdown
           Case{"57P03", kUnavailable, true},  // cannot_connect_now: starting up
           Case{"57P04", kNotFound, false},    // database_dropped
           Case{"57P05", kUnavailable, true},  // idle_session_timeout
           // Class 58: the machine under the server; its files named by a statement are not.
           Case{"58000", kUnavailable, true},  // system_error
           Case{"58030", kUnavailable, true},  // io_error
           Case{"58P01", kRejected, false},    // undefined_file
           Case{"58P02", kRejected, false},    // duplicate_file
           // What is wrong stays wrong.
           Case{"0A000", kRejected, false},  // feature_not_supported
           Case{"22001", kRejected, false},  // string_data_right_truncation
           Case{"23502", kRejected, false},  // not_null_violation
           Case{"23503", kRejected, false},  // foreign_key_violation
           Case{"23505", kRejected, false},  // unique_violation
           Case{"23514", kRejected, false},  // check_violation
           Case{"2BP01", kRejected, false},  // dependent_objects_still_exist
           Case{"2D000", kRejected, false},  // invalid_transaction_termination
           Case{"38000", kRejected, false},  // external_routine_exception
           Case{"42601", kRejected, false},  // syntax_error
           Case{"42703", kRejected, false},  // undefined_column
           Case{"42P01", kRejected, false},  // undefined_table
           Case{"42P07", kRejected, false},  // duplicate_table
           Case{"P0001", kRejected, false},  // raise_exception
           Case{"F0000", kRejected, false},  // config_file_error
           Case{"XX000", kRejected, false},  // internal_error
           Case{"XX001", kRejected, false},  // data_corrupted
           // No SQLSTATE at all.
           Case{"", kInternal, false},
           Case{"4000", kInternal, false},
           Case{"400010", kInternal, false},
       }) {
    EXPECT_EQ(CodeForSqlState(c.sqlstate), c.code) << c.sqlstate;
    EXPECT_EQ(IsTransient(c.sqlstate), c.transient) << c.sqlstate;
  }
}

}  // namespace
}  // namespace schemaop
