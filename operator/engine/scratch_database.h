// A database of our own for a while: to replay revisions in, to compare with, to try things out.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "postgres/dsn.h"
#include "postgres/session.h"

namespace schemaop {

// Every scratch database's name begins so; the rest says which session made it.
inline constexpr std::string_view kScratchPrefix = "schemaop_scratch_";

struct ScratchOptions {
  // Where: any database of a server. Encoding, locale and search_path are as in it.
  Dsn server;
  std::string application_name = "schemactl";
  // Who owns it; nullopt: the role that logs in. That one has to be a member of it.
  std::optional<std::string> owner;
  // The database to copy, to which nobody may be connected; nullopt: an empty one (template0).
  std::optional<std::string> copy_of;
};

// A scratch database and the session that made it, which stays open for as long: the name says
// which one (process id and start), so that others can tell a leftover of a run that is gone. Not
// thread safe.
class ScratchDatabase {
 public:
  // Drops the leftovers of runs that are gone, then makes a new database. kDenied, saying what to
  // grant, when the role may not create databases; kBusy when somebody is connected to
  // `options.copy_of`; else as Session::Connect.
  static Result<ScratchDatabase> Create(const ScratchOptions& options, const std::stop_token& stop);

  // Drops it; what cannot be dropped is a leftover for the next Create on that server.
  ~ScratchDatabase();
  ScratchDatabase(ScratchDatabase&& other) noexcept;
  ScratchDatabase& operator=(ScratchDatabase&&) = delete;

  const std::string& name() const { return name_; }
  // How to connect to it, as `options.server` says but for the database's name.
  const Dsn& dsn() const { return dsn_; }

  // Drops it, with the sessions that are still connected to it; nothing the second time. Not
  // stopped by a stop request: it is part of every ending. The error names the database.
  Result<void> Drop();

 private:
  ScratchDatabase(Session session, std::string name, Dsn dsn, std::string owner)
      : session_(std::move(session)),
        name_(std::move(name)),
        dsn_(std::move(dsn)),
        owner_(std::move(owner)) {}

  Session session_;
  std::string name_;
  Dsn dsn_;
  std::string owner_;
  bool dropped_ = false;
};

}  // namespace schemaop
