// A connection to the throw-away server that shows what the server makes of one message.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "sql/statement.h"

namespace schemaop::testing {

class TestConnection {
 public:
  explicit TestConnection(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    EXPECT_EQ(PQstatus(connection_.get()), CONNECTION_OK) << PQerrorMessage(connection_.get());
  }

  struct Answer {
    int results = 0;       // one for each statement the server found in the message and ran
    std::string sqlstate;  // of the error that ended it; empty without one
    std::string message;
  };

  // Sends the statement's text as one message, its rows when the server asks for them, and reads
  // every answer.
  Answer Send(const Statement& statement) {
    Answer answer;
    EXPECT_EQ(PQsendQuery(connection_.get(), statement.text.c_str()), 1);
    for (Result result(PQgetResult(connection_.get())); result;
         result.reset(PQgetResult(connection_.get()))) {
      Take(result.get(), statement, answer);
    }
    return answer;
  }
  Answer Send(const std::string& sql) { return Send(Statement{sql, {}, std::nullopt}); }

 private:
  struct Free {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Result = std::unique_ptr<PGresult, Free>;

  void Take(const PGresult* result, const Statement& statement, Answer& answer) {
    switch (PQresultStatus(result)) {
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
        ++answer.results;
        return;
      case PGRES_COPY_IN:
        EXPECT_TRUE(statement.copy_data) << statement.text;
        SendRows(statement.copy_data.value_or(""));
        return;
      case PGRES_COPY_OUT:
        ReceiveRows();
        return;
      default: {
        const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        answer.sqlstate = sqlstate == nullptr ? "none" : sqlstate;
        answer.message = PQresultErrorMessage(result);
      }
    }
  }

  void SendRows(const std::string& rows) {
    EXPECT_EQ(PQputCopyData(connection_.get(), rows.data(), static_cast<int>(rows.size())), 1);
    EXPECT_EQ(PQputCopyEnd(connection_.get(), nullptr), 1);
  }

  void ReceiveRows() {
    char* row = nullptr;
    while (PQgetCopyData(connection_.get(), &row, 0) > 0) PQfreemem(row);
  }

  std::unique_ptr<PGconn, Free> connection_;
};

}  // namespace schemaop::testing
