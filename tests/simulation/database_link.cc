#include "database_link.h"

namespace schemaop::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Error LostLink() { return {ErrorCode::kUnavailable, "the connection to the server was lost"}; }

}  // namespace

DatabaseLink::~DatabaseLink() {
  if (!session_ || !session_->open) return;
  if (life_->dead) {
    Lose();
  } else if (!lost_) {
    database_.Close(session_);
  }
}

// The server hears of it within client_connection_check_interval, or when it wants to answer.
void DatabaseLink::Lose() {
  lost_ = true;
  const Moment when = scheduler_.now() + scheduler_.random().Between(milliseconds(0), seconds(2));
  scheduler_.At(when, [&database = database_, session = session_] {
    if (session->open) database.Close(session);
  });
}

Result<void> DatabaseLink::Open(const std::string& password, const std::string& application,
                                const std::stop_token& stop) {
  if (!scheduler_.Sleep(scheduler_.random().Between(milliseconds(1), milliseconds(20)), stop)) {
    return Fail(ErrorCode::kCancelled, "stopped");
  }
  if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "stopped while connecting");
  if (scheduler_.random().Chance(faults_.database_refused)) {
    return Fail(ErrorCode::kUnavailable, "the server refuses connections: too many clients");
  }
  auto session = database_.Connect(password, application);
  if (!session) return Fail(session.error());
  session_ = *std::move(session);
  return {};
}

std::optional<Error> DatabaseLink::RoundTrip(std::function<void()> execute,
                                             const std::stop_token& stop) {
  Random& random = scheduler_.random();
  if (life_->dead || !connected()) return LostLink();
  if (random.Chance(faults_.database_lost)) {
    Lose();
    scheduler_.Sleep(random.Between(milliseconds(0), milliseconds(500)));
    return LostLink();
  }
  const bool answer_lost = random.Chance(faults_.answer_lost);
  auto answer = std::make_shared<Arrival>();
  const Moment there = scheduler_.now() + random.Between(milliseconds(1), milliseconds(20));
  scheduler_.At(there, [this_scheduler = &scheduler_, answer, execute = std::move(execute),
                        life = life_, killed = random.Chance(faults_.killed),
                        back = random.Between(milliseconds(0), milliseconds(10))] {
    execute();
    if (killed) this_scheduler->Kill(life);
    this_scheduler->At(this_scheduler->now() + back, [this_scheduler, answer] {
      answer->arrived = true;
      answer->changed.Notify(*this_scheduler);
    });
  });
  if (answer_lost) {
    Lose();
    scheduler_.Sleep(random.Between(milliseconds(0), milliseconds(500)));
    return LostLink();
  }
  while (!answer->arrived) {
    if (!scheduler_.Wait(kFar, &answer->changed, stop)) return LostLink();
    if (!answer->arrived && stop.stop_requested()) {
      // The answer to a cancel request is still an answer; what it was for has had its time.
      scheduler_.Wait(kFar, &answer->changed);
      if (life_->dead) return LostLink();
      return Error{ErrorCode::kCancelled, "cancelled on request"};
    }
  }
  return std::nullopt;
}

}  // namespace schemaop::simulation
