// Reading, fingerprinting and diffing a schema, beside `pg_dump --schema-only` of it.
//
//   catalog_bench [tables...]     (100 1000 10000)
//
// Each table has 8 columns, an identity key, two more indexes, a foreign key to the table before
// it, a check and two comments; every tenth a view and a function. Printed are seconds and, in one
// run, the ratio to pg_dump.
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include "catalog/diff.h"
#include "catalog/scope.h"
#include "catalog/snapshot.h"
#include "postgres/catalog_reader.h"
#include "postgres/session.h"
#include "postgres/test_postgres.h"

namespace schemaop::testing {
namespace {

double Seconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string TableSql(int number) {
  const std::string name = "app.t" + std::to_string(number);
  const std::string before =
      number == 0 ? "" : " REFERENCES app.t" + std::to_string(number - 1) + " (id)";
  std::string sql = "CREATE TABLE " + name +
                    " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent bigint" + before +
                    ", name text NOT NULL DEFAULT 'x', amount numeric(10,2) CHECK (amount > 0), "
                    "a int, b jsonb, c timestamptz DEFAULT now(), d boolean); CREATE INDEX ON " +
                    name + " (parent); CREATE INDEX ON " + name +
                    " (lower(name)) WHERE d; COMMENT ON TABLE " + name +
                    " IS 'table'; COMMENT ON COLUMN " + name + ".name IS 'column';";
  if (number % 10 != 0) return sql;
  return sql + "CREATE VIEW " + name + "_v AS SELECT id, name FROM " + name +
         " WHERE d; CREATE FUNCTION " + name +
         "_f(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select x + 1';";
}

void Fill(const TestPostgres& server, const std::string& database, int tables) {
  server.Query(database, "CREATE SCHEMA app");
  std::string batch;
  for (int i = 0; i < tables; ++i) {
    batch += TableSql(i);
    if (i % 100 != 99 && i + 1 != tables) continue;
    server.Query(database, batch);
    batch.clear();
  }
}

void Measure(TestPostgres& server, int tables) {
  const std::string database = server.CreateDatabase();
  Fill(server, database, tables);
  Session session =
      Session::Connect({.dsn = ParseDatabaseUrl(server.Url(database)).value()}, {}).value();
  Catalog from;
  Catalog to;
  std::string print;
  SchemaDiff none;
  SchemaDiff some;
  const double dump = Seconds([&] { server.DumpSchema(database); });
  const double hash = Seconds([&] { ReadChangeHash(session, {}).value(); });
  const double read = Seconds([&] { from = ReadCatalog(session, {}, {}).value(); });
  const double fingerprint = Seconds([&] { print = Fingerprint(from); });
  const double same = Seconds([&] { none = Diff(from, from); });
  server.Query(
      database,
      "ALTER TABLE app.t1 ADD COLUMN e int; DROP VIEW app.t0_v; CREATE INDEX ON app.t2 (a)");
  to = ReadCatalog(session, {}, {}).value();
  const double changed = Seconds([&] { some = Diff(from, to); });
  std::cout << std::fixed << std::setprecision(3) << std::setw(6) << tables << " tables, "
            << from.objects().size() << " objects: pg_dump " << dump << " s";
  const auto show = [&](const char* what, double seconds) {
    std::cout << ", " << what << " " << seconds << " s (x" << seconds / dump << ")";
  };
  show("change hash", hash);
  show("read", read);
  show("fingerprint", fingerprint);
  show("diff of equal", same);
  show("diff of three changes", changed);
  std::cout << " -> " << none.changes.size() << " and " << some.statements.size() << " statements"
            << std::endl;
}

}  // namespace
}  // namespace schemaop::testing

int main(int count, char** arguments) {
  std::vector<int> sizes;
  for (int i = 1; i < count; ++i) sizes.push_back(std::atoi(arguments[i]));
  if (sizes.empty()) sizes = {100, 1000, 10000};
  schemaop::testing::TestPostgres server({"max_locks_per_transaction = 30000"});
  for (const int size : sizes) schemaop::testing::Measure(server, size);
}
