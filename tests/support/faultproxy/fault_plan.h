// What a fault proxy shall do, and at which message.
#pragma once

#include <chrono>
#include <string>

#include "faultproxy/message_reader.h"

namespace schemaop::testing {

// Which message: its sender, its type and, where it has one, its text.
struct MessageMatch {
  Side side = Side::kFrontend;
  char type = 'Q';   // as PgMessage::type
  std::string text;  // a regular expression (ECMAScript) for all of PgMessage::text; empty: any

  bool Matches(Side sender, const PgMessage& message) const;
};

// The frontend's Query (simple protocol) of this SQL; a statement of libpq's PQsendQuery.
MessageMatch Query(std::string sql);
// The frontend's Parse (extended protocol) of this SQL; a statement with parameters.
MessageMatch Parse(std::string sql);
// The backend's CommandComplete with this tag: the statement is done, and as a COMMIT durable.
MessageMatch CommandComplete(std::string tag);
// The backend's ReadyForQuery.
MessageMatch ReadyForQuery();
// The frontend's start of a session.
MessageMatch Startup();

// One fault. It strikes once, at the `turn`-th message that matches, counted over all connections
// from the moment the plan is given to the proxy.
struct FaultPlan {
  enum class Action {
    kCut,        // FIN to both sides
    kReset,      // RST to both sides
    kBlackhole,  // from here on nothing arrives at either side; the connections stay open
    kDelay,      // everything of this connection waits for `delay`, then goes on
  };
  enum class Moment {
    kBefore,  // the message does not arrive (kDelay: arrives late)
    kAfter,   // it arrives, then the fault strikes
  };

  MessageMatch at;
  Moment moment = Moment::kBefore;
  Action action = Action::kCut;
  int turn = 1;
  std::chrono::milliseconds delay{0};  // kDelay only
};

}  // namespace schemaop::testing
