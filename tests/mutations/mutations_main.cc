// Applies single changes to a schema that has objects of every kind, and random compositions of
// them, lets Diff() say how to get from one side to the other, does that, and compares.
//
//   mutations [--only TEXT] [--every N] [--compositions N] [--seed N] [--show]
//
// A line of a file of changes is "statements ;; preparation": the preparation runs on both sides,
// the statements on one. $SCHEMAOP_MUTATIONS names another file. After the rendered statements the
// fingerprints are equal, the difference is empty and pg_dump says the same of both. A refusal
// counts only where PostgreSQL has no statement for the change.
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/text.h"
#include "catalog/diff.h"
#include "catalog/scope.h"
#include "catalog/snapshot.h"
#include "postgres/session.h"
#include "postgres/test_postgres.h"
#include "schema_database.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

struct Mutation {
  std::string name;  // the line
  std::vector<std::string> preparation;
  std::vector<std::string> statements;
};

struct Options {
  std::string only;
  int every = 1;  // a sample: the first, and each N-th from there
  int compositions = 10;
  unsigned seed = 1;
  bool show = false;
};

struct Side {
  std::string database;
  Catalog catalog;
  std::string dump;
};

std::vector<Mutation> ReadMutations(const std::string& path) {
  std::vector<Mutation> mutations;
  std::istringstream lines(ReadFile(path));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with("--")) continue;
    const std::size_t mark = line.find(" ;; ");
    Mutation mutation{line, {}, {line.substr(0, mark)}};
    if (mark != std::string::npos) mutation.preparation.push_back(line.substr(mark + 4));
    mutations.push_back(std::move(mutation));
  }
  return mutations;
}

// The order in which storage parameters were set is kept, and means nothing.
std::string SortedOptions(const std::string& line) {
  if (!line.starts_with("WITH (") || !line.ends_with(");")) return line;
  std::vector<std::string> options = SplitList(line.substr(6, line.size() - 8));
  std::sort(options.begin(), options.end());
  return "WITH (" + Join(options, ", ") + ");";
}

// What pg_dump says, without what it says about itself.
std::string PlainDump(const TestPostgres& server, const std::string& database) {
  std::istringstream lines(server.DumpSchema(database));
  std::string text;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && !line.starts_with("--")) text += SortedOptions(line) + "\n";
  return text;
}

std::string FirstDifference(const std::string& left, const std::string& right) {
  std::istringstream a(left);
  std::istringstream b(right);
  std::string x;
  std::string y;
  while (true) {
    const bool more_a = static_cast<bool>(std::getline(a, x));
    const bool more_b = static_cast<bool>(std::getline(b, y));
    if (!more_a) x = "(end)";
    if (!more_b) y = "(end)";
    if (x != y) return "\"" + x + "\" instead of \"" + y + "\"";
    if (!more_a && !more_b) return "";
  }
}

class Suite {
 public:
  explicit Suite(const Options& options) : options_(options) {
    server_.Query("postgres", "CREATE DATABASE zoo");
    server_.Query("zoo", ReadFile(SCHEMAOP_TESTDATA "/catalog/zoo.sql"));
    zoo_ = Look("zoo");
  }

  int RunAll(const std::vector<Mutation>& mutations) {
    int number = 0;
    for (const Mutation& mutation : mutations) {
      if (mutation.name.find(options_.only) == std::string::npos) continue;
      if (number++ % options_.every == 0) Try(mutation);
    }
    if (options_.only.empty()) Compose(mutations);
    std::cout << tried_ << " mutations, " << converged_ << " converge";
    if (!refusals_.empty()) std::cout << ", " << refusals_.size() << " directions refused by name";
    if (skipped_ > 0) std::cout << ", " << skipped_ << " that the server itself refuses";
    std::cout << std::endl;
    if (tried_ == 0) std::cout << "nothing was tried" << std::endl;
    return failures_.empty() && tried_ > 0 ? 0 : 1;
  }

 private:
  Catalog Read(const std::string& database) {
    CatalogScope scope;
    scope.column_order = true;
    return ReadSchema(server_, database, scope);
  }

  Side Look(const std::string& database) {
    return {database, Read(database), PlainDump(server_, database)};
  }

  std::string Copy() {
    const std::string name = "m_" + std::to_string(++databases_);
    server_.Query("postgres", "CREATE DATABASE " + name + " TEMPLATE zoo STRATEGY file_copy");
    return name;
  }

  void Drop(const std::string& database) {
    server_.Query("postgres", "DROP DATABASE " + database + " WITH (FORCE)");
  }

  void Try(const Mutation& mutation) {
    const std::string left = Copy();
    const std::string right = Copy();
    SqlResult<void> made = Make(left, mutation.preparation);
    if (made) made = Make(right, mutation.preparation);
    if (made) made = Make(right, mutation.statements);
    if (made) {
      Compare(mutation.name, left, right);
    } else if (IsUnknown(made.error())) {
      ++skipped_;
      std::cout << "skipped " << mutation.name << ": " << made.error().message << "\n";
    } else {
      Fail(mutation.name + ": " + made.error().message);
    }
    Drop(left);
    Drop(right);
  }

  SqlResult<void> Make(const std::string& database, const std::vector<std::string>& statements) {
    Session session = ConnectTo(server_, database);
    for (const std::string& sql : statements) {
      if (auto done = session.Execute(sql, {}); !done) return tl::unexpected(done.error());
    }
    return {};
  }

  // Servers differ in what they have and take: a feature that is not supported, a name or syntax
  // that is not known, an object that others depend on. What else goes wrong is no reason to skip.
  static bool IsUnknown(const SqlError& error) {
    const std::string state_class = error.sqlstate.substr(0, 2);
    return state_class == "0A" || state_class == "42" || state_class == "2B";
  }

  void Compare(const std::string& name, const std::string& left, const std::string& right) {
    ++tried_;
    try {
      const Side before = Look(left);
      const Side after = Look(right);
      if (Fingerprint(before.catalog) == Fingerprint(after.catalog)) {
        Fail(name + ": the change is not seen");
        return;
      }
      const bool there = Go(name + " [forth]", before, after);
      const bool back = Go(name + " [back]", after, before);
      if (there && back) ++converged_;
    } catch (const std::exception& error) {
      Fail(name + ": " + error.what());
    }
  }

  void Fail(const std::string& failure) {
    std::cout << "FAILED " << failure << std::endl;
    failures_.push_back(failure);
  }
  void Refuse(const std::string& refusal) {
    std::cout << "refused " << refusal << std::endl;
    refusals_.push_back(refusal);
  }

  // Turns the database of `from` into what `to` is.
  bool Go(const std::string& name, const Side& from, const Side& to) {
    DiffOptions diff_options;
    diff_options.rewrite_column_order = true;
    const SchemaDiff diff = Diff(from.catalog, to.catalog, diff_options);
    if (options_.show) std::cout << "-- " << name << "\n" << RenderScript(diff.statements) << "\n";
    Session session = ConnectTo(server_, from.database);
    for (const DdlStatement& statement : diff.statements) {
      const auto done = session.Execute(statement.sql, {});
      if (done) continue;
      Fail(name + ": " + done.error().message + " in: " + statement.sql.substr(0, 300));
      return false;
    }
    for (const Refusal& refusal : diff.refusals)
      Refuse(name + ": " + Text(refusal.object) + ": " + refusal.reason);
    if (!diff.refusals.empty()) return true;
    return Same(name, from.database, to);
  }

  bool Same(const std::string& name, const std::string& database, const Side& to) {
    const Side now = Look(database);
    std::string wrong;
    const SchemaDiff rest = Diff(now.catalog, to.catalog);
    for (const ObjectChange& change : rest.changes)
      wrong += (wrong.empty() ? "" : "; ") + Text(change);
    if (wrong.empty() && Fingerprint(now.catalog) != Fingerprint(to.catalog))
      wrong = "the fingerprints differ";
    if (wrong.empty() && now.dump != to.dump)
      wrong = "pg_dump says " + FirstDifference(now.dump, to.dump);
    if (!wrong.empty()) Fail(name + ": " + wrong.substr(0, 600));
    return wrong.empty();
  }

  // Two to ten changes at once, from those that go together.
  void Compose(const std::vector<Mutation>& mutations) {
    std::mt19937 random(options_.seed);
    for (int i = 0; i < options_.compositions; ++i) {
      const std::string left = Copy();
      const std::string right = Copy();
      const std::size_t size = 2 + random() % 9;
      std::string name = "composition " + std::to_string(i) + ":";
      for (std::size_t n = 0; n < size; ++n) {
        const Mutation& mutation = mutations[random() % mutations.size()];
        if (Add(mutation, left, right)) name += "\n    " + mutation.name;
      }
      Compare(name, left, right);
      Drop(left);
      Drop(right);
    }
  }

  bool Add(const Mutation& mutation, const std::string& left, const std::string& right) {
    if (!mutation.preparation.empty()) return false;
    std::string sql = "BEGIN; ";
    for (const std::string& statement : mutation.statements) sql += statement + "; ";
    try {
      server_.Query(right, sql + "COMMIT");
      return !left.empty();
    } catch (const std::exception&) {
      return false;
    }
  }

  const Options& options_;
  TestPostgres server_{{"max_locks_per_transaction = 256"}};
  Side zoo_;
  int databases_ = 0;
  int tried_ = 0;
  int converged_ = 0;
  int skipped_ = 0;
  std::vector<std::string> failures_;
  std::vector<std::string> refusals_;
};

Options ReadOptions(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string word = arguments[i];
    if (word == "--show") options.show = true;
    if (i + 1 == count) continue;
    if (word == "--only") options.only = arguments[++i];
    if (word == "--every") options.every = std::max(1, std::atoi(arguments[++i]));
    if (word == "--compositions") options.compositions = std::atoi(arguments[++i]);
    if (word == "--seed") options.seed = static_cast<unsigned>(std::atoi(arguments[++i]));
  }
  return options;
}

}  // namespace
}  // namespace schemaop::testing

int main(int count, char** arguments) {
  using namespace schemaop::testing;  // NOLINT
  try {
    const Options options = ReadOptions(count, arguments);
    std::vector<Mutation> mutations;
    const char* file = std::getenv("SCHEMAOP_MUTATIONS");
    for (const std::string& path :
         file ? std::vector<std::string>{file}
              : std::vector<std::string>{SCHEMAOP_TESTDATA "/catalog/zoo-mutations.txt",
                                         SCHEMAOP_TESTDATA "/catalog/more-mutations.txt"})
      for (Mutation& mutation : ReadMutations(path)) mutations.push_back(std::move(mutation));
    return Suite(options).RunAll(mutations);
  } catch (const std::exception& error) {
    std::cerr << "mutations: " << error.what() << std::endl;
    return 2;
  }
}
