// What may go wrong in a run: each fault is armed for the run or not, and strikes by chance while
// it is (FoundationDB's BUGGIFY).
#pragma once

#include "random.h"

namespace schemaop::simulation {

// Probabilities, for each request, event or second as the name says. Zero: not armed.
struct Faults {
  // Requests to the API server.
  double refused = 0;       // 429, 500 or 503, without effect
  double request_lost = 0;  // without effect, without answer
  double reply_lost = 0;    // took effect, the answer is lost or says 504
  double slow = 0;          // takes seconds to a minute, past the client's deadline too
  // Lists and watches.
  double stale_list = 0;  // resourceVersion=0 answered by a server that is behind
  double expired = 0;     // 410 on opening, within the stream or on a continue page
  double version_too_large = 0;
  double watch_cut = 0;       // after an event
  double event_dropped = 0;   // and the stream goes on
  double event_repeated = 0;  // delivered again later, newer ones in between
  double events_swapped = 0;  // out of order
  double half_open = 0;       // the stream goes silent
  // Requests to a database.
  double database_lost = 0;     // the connection, before the request took effect
  double answer_lost = 0;       // the connection, after
  double database_refused = 0;  // to connect
  double lock_trouble = 0;      // a statement that cannot get its lock for as long as the budget is
  // Either: the process is killed when its request has taken effect.
  double killed = 0;
  // Somebody else migrates when the operator is about to.
  double rival = 0;
  // Replicas, for each second.
  double crash = 0;
  double pause = 0;
  double clock_jump = 0;
  double lease_edit = 0;
  double database_restart = 0;

  // Which are armed, and how much.
  static Faults Chosen(Random& random);
};

inline Faults Faults::Chosen(Random& random) {
  const auto arm = [&](double rare, double often) {
    switch (random.Below(5)) {
      case 0:
        return rare;
      case 1:
        return often;
      default:
        return 0.0;
    }
  };
  Faults faults;
  for (double* each : {&faults.refused, &faults.request_lost, &faults.reply_lost, &faults.slow,
                       &faults.watch_cut, &faults.event_dropped, &faults.event_repeated,
                       &faults.events_swapped, &faults.database_lost, &faults.answer_lost,
                       &faults.database_refused, &faults.lock_trouble}) {
    *each = arm(0.03, 0.2);
  }
  for (double* each : {&faults.stale_list, &faults.expired, &faults.version_too_large}) {
    *each = arm(0.1, 0.5);
  }
  faults.half_open = arm(0.01, 0.05);
  faults.rival = arm(0.1, 0.5);
  faults.killed = arm(0.003, 0.02);
  for (double* each : {&faults.crash, &faults.pause, &faults.clock_jump, &faults.lease_edit,
                       &faults.database_restart}) {
    *each = arm(0.005, 0.04);
  }
  return faults;
}

}  // namespace schemaop::simulation
