#include "base/fault_point.h"

#ifdef SCHEMAOP_FAULT_POINTS

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/text.h"

namespace schemaop {
namespace {

using Row = FaultPointRow;
constexpr auto kNothing = Row::OnError::kNothing;

constexpr std::array kPoints = {
    Row{"controller.inputs.observed", kNothing},
    Row{"controller.object.reading", kNothing},
    Row{"controller.object.read", kNothing},
    Row{"controller.status.writing"},
    Row{"controller.status.written"},
    Row{"controller.status.reread"},
    Row{"controller.event.posting", kNothing},
    Row{"controller.event.posted", kNothing},
    Row{"controller.run.starting", kNothing},
    Row{"postgres.session.opening"},
    Row{"postgres.session.opened"},
    Row{"postgres.session.ready"},
    Row{"postgres.statement.sent"},
    Row{"engine.session.resetting"},
    Row{"engine.session.reset"},
    Row{"engine.database.opened"},
    Row{"postgres.lock.asking"},
    Row{"postgres.lock.answered"},
    Row{"postgres.lock.refused"},
    Row{"engine.lock.taken"},
    Row{"engine.state.read"},
    Row{"engine.plan.made"},
    Row{"engine.transaction.beginning"},
    Row{"engine.transaction.begun"},
    Row{"engine.transaction.known"},
    Row{"engine.versions.created"},
    Row{"engine.ledger.created"},
    Row{"engine.statement.sending"},
    Row{"engine.statement.answered"},
    Row{"engine.statements.done"},
    Row{"engine.lock.verified"},
    Row{"postgres.version.writing"},
    Row{"postgres.version.written"},
    Row{"engine.versions.changed"},
    Row{"postgres.ledger.writing"},
    Row{"postgres.ledger.written"},
    Row{"engine.commit.sending"},
    Row{"postgres.commit.sent"},
    Row{"engine.commit.answered", kNothing},
    Row{"engine.section.committed", kNothing},
    Row{"engine.rollback.sending", kNothing},
    Row{"engine.rollback.answered", kNothing},
    Row{"engine.commit.lost", kNothing},
    Row{"engine.witness.connected"},
    Row{"engine.witness.locked"},
    Row{"engine.witness.asked"},
    Row{"engine.witness.compared"},
    Row{"engine.commit.resolved", kNothing},
    Row{"engine.journal.read"},
    Row{"engine.journal.judged"},
    Row{"engine.index.dropping"},
    Row{"engine.index.dropped"},
    Row{"engine.journal.writing"},
    Row{"engine.intent.committed"},
    Row{"engine.lone.sending"},
    Row{"engine.lone.answered"},
    Row{"engine.lone.known"},
    Row{"engine.lone.removed"},
    Row{"engine.failure.committed"},
    Row{"engine.journal.finishing"},
    Row{"engine.stamp.begun"},
    Row{"postgres.version.purged"},
    Row{"engine.stamp.changed"},
    Row{"engine.stamp.written"},
    Row{"engine.stamp.committed", kNothing},
    Row{"engine.step.taken", kNothing},
    Row{"engine.run.ended", kNothing},
    Row{"postgres.session.closing", kNothing},
    Row{"controller.progress.writing", kNothing},
    Row{"controller.run.ended", kNothing},
    Row{"controller.run.reported", kNothing},
};

struct Order {
  std::string point;
  int turn = 1;  // act the n-th time
  std::string action;
};

void Say(const std::string& line) {
  // Nothing can be done about a standard error that is gone.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

[[noreturn]] void Refuse(const std::string& value, const std::string& why) {
  Say("schemaop: SCHEMAOP_FAULT=" + value + ": " + why +
      "; write <point>[:<n>]:kill, :stop or :error\n");
  _exit(2);
}

int ReadTurn(const std::string& value, const std::string& text) {
  int turn = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), turn);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || turn < 1) {
    Refuse(value, "\"" + text + "\" is no number from 1");
  }
  return turn;
}

std::optional<Order> ReadOrder() {
  const char* set = std::getenv("SCHEMAOP_FAULT");
  if (set == nullptr || *set == '\0') return std::nullopt;
  const std::string value = set;
  const std::vector<std::string> parts = Split(value, ':');
  if (parts.size() != 2 && parts.size() != 3) Refuse(value, "two or three parts are expected");
  const Order order{.point = parts.front(),
                    .turn = parts.size() == 3 ? ReadTurn(value, parts[1]) : 1,
                    .action = parts.back()};
  const auto is_it = [&](const Row& row) { return row.name == order.point; };
  if (std::none_of(kPoints.begin(), kPoints.end(), is_it)) {
    Refuse(value, "there is no point \"" + order.point + "\"");
  }
  if (order.action != "kill" && order.action != "stop" && order.action != "error") {
    Refuse(value, "there is no action \"" + order.action + "\"");
  }
  return order;
}

void Trace(std::string_view name) {
  static const char* const path = std::getenv("SCHEMAOP_FAULT_TRACE");
  if (path == nullptr) return;
  const int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return;
  const std::string line = std::string(name) + "\n";
  // One write a line: several processes may share the file. What is missing shows in the count.
  [[maybe_unused]] const ssize_t written = write(file, line.data(), line.size());
  close(file);
}

}  // namespace

std::span<const FaultPointRow> FaultPoints() { return kPoints; }

Result<void> ReachFaultPoint(std::string_view name) {
  static const std::optional<Order> order = ReadOrder();
  static std::atomic<int> reached = 0;
  Trace(name);
  if (!order || order->point != name || ++reached != order->turn) return {};
  Say("schemaop: fault point " + order->point + ": " + order->action + "\n");
  // raise, not kill: it returns only after the signal has been delivered.
  if (order->action == "kill") std::raise(SIGKILL);
  if (order->action == "stop") std::raise(SIGSTOP);
  if (order->action != "error") return {};
  return Fail(ErrorCode::kUnavailable, "fault point " + order->point);
}

}  // namespace schemaop

#endif
