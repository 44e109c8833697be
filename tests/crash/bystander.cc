#include "bystander.h"

#include <algorithm>
#include <optional>

#include "postgres/dsn.h"
#include "postgres/session.h"

namespace schemaop::testing {
namespace {

constexpr std::chrono::milliseconds kPause{5};
constexpr std::chrono::milliseconds kSamplePause{10};

std::optional<Session> Enter(const std::string& url, const std::stop_token& stop) {
  auto session = Session::Connect(
      {.dsn = ParseDatabaseUrl(url).value(), .application_name = kBystander}, stop);
  if (!session) return std::nullopt;
  return std::move(*session);
}

}  // namespace

Bystander::Bystander(const TestPostgres& server, const std::string& database)
    : url_(server.Url(database)),
      sampler_([this](const std::stop_token& stop) { Sample(stop); }),
      user_([this](const std::stop_token& stop) { Use(stop); }) {}

// There may be no such table at this moment.
void Bystander::Use(const std::stop_token& stop) const {
  auto session = Enter(url_, stop);
  while (session && !stop.stop_requested()) {
    (void)session->Execute("SELECT count(*) FROM public.items", stop);
    (void)session->Execute("UPDATE public.items SET name = name WHERE id = 1", stop);
    std::this_thread::sleep_for(kPause);
  }
}

// pg_locks tells since when a lock is waited for (PostgreSQL 14); a moment before that is known
// it tells nothing.
void Bystander::Sample(const std::stop_token& stop) {
  auto session = Enter(url_, stop);
  while (session && !stop.stop_requested()) {
    const auto rows = session->Query(
        "SELECT COALESCE(max(1000 * EXTRACT(epoch FROM clock_timestamp() - l.waitstart)), "
        "0)::bigint FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE NOT l.granted "
        "AND a.application_name = $1 AND a.datname = current_database()",
        {kBystander}, stop);
    if (rows) longest_ = std::max<std::int64_t>(longest_, rows->front().Integer(0));
    std::this_thread::sleep_for(kSamplePause);
  }
}

}  // namespace schemaop::testing
