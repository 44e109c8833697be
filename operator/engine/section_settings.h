// What SET statements of a section outside a transaction give to those behind them.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "postgres/session.h"
#include "postgres/sql_error.h"

namespace schemaop {

// The settings so far, to be set again in the clean session that each statement finds.
class SectionSettings {
 public:
  bool empty() const { return statements_.empty(); }
  void Add(std::string sql) { statements_.push_back(std::move(sql)); }

  // Sets them in `session`, the session of submitted SQL. Errors as Session::Execute's.
  SqlResult<void> Set(Session& session, const std::stop_token& stop) const;

 private:
  std::vector<std::string> statements_;
};

}  // namespace schemaop
