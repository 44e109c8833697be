// A large schema, dumped and restored, is the same schema: by pg_dump, and by the statements that
// Diff() gives from an empty database; those of the way back leave nothing.
//
//   restore
//
// $SCHEMAOP_SCHEMA names a file of SQL (a dump of `pg_dump --schema-only`, such as that of
// PostgreSQL's regression database) to be used instead of the generated one.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/text.h"
#include "catalog/diff.h"
#include "catalog/snapshot.h"
#include "postgres/session.h"
#include "postgres/test_postgres.h"
#include "schema_database.h"

namespace schemaop::testing {
namespace {

constexpr int kTables = 120;

// The pieces that every `nth` table has besides.
struct Piece {
  int nth;
  std::string_view sql;  // # is the table's number
};

constexpr Piece kPieces[] = {
    {3,
     "CREATE TYPE app.mood_# AS ENUM ('sad', 'ok', 'very happy');"
     "CREATE DOMAIN app.positive_# AS integer DEFAULT 1 CHECK (VALUE > 0);"},
    {1,
     "CREATE TABLE app.t_# (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number serial, "
     "name text NOT NULL DEFAULT 'x', amount numeric(10,2) CHECK (amount > 0), doubled numeric "
     "GENERATED ALWAYS AS (amount * 2) STORED, tags text[], made timestamptz DEFAULT now());"
     "CREATE INDEX ON app.t_# (made DESC) INCLUDE (name) WHERE amount > 1;"
     "CREATE UNIQUE INDEX t_#_lower ON app.t_# (lower(name));"
     "COMMENT ON TABLE app.t_# IS 'it''s number #'; COMMENT ON COLUMN app.t_#.name IS 'a name';"},
    {1, "ALTER TABLE app.t_# ADD COLUMN parent bigint REFERENCES app.t_# ON DELETE SET NULL;"},
    {2,
     "CREATE STATISTICS app.s_# (dependencies) ON name, amount FROM app.t_#;"
     "GRANT SELECT, INSERT (name) ON app.t_# TO PUBLIC;"},
    {3,
     "ALTER TABLE app.t_# ADD COLUMN mood app.mood_# DEFAULT 'ok', ADD COLUMN n app.positive_#;"},
    {4,
     "CREATE VIEW app.v_# AS SELECT id, name, count(*) OVER (PARTITION BY name) AS same FROM "
     "app.t_# WHERE amount > 0; CREATE VIEW app.w_# WITH (security_barrier) AS SELECT * FROM "
     "app.v_# WHERE same > 1;"},
    {5,
     "CREATE FUNCTION app.touch_#() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.made = "
     "now(); PERFORM app.later_#(NEW.id); RETURN NEW; END$$;"
     "CREATE FUNCTION app.later_#(of bigint) RETURNS SETOF app.t_# LANGUAGE sql STABLE BEGIN "
     "ATOMIC SELECT * FROM app.t_# WHERE id > of; END;"
     "CREATE TRIGGER touch BEFORE UPDATE OF name ON app.t_# FOR EACH ROW EXECUTE FUNCTION "
     "app.touch_#();"},
    {6,
     "CREATE TABLE app.p_# (day date NOT NULL, kind text, PRIMARY KEY (day, kind)) PARTITION BY "
     "RANGE (day); CREATE TABLE app.p_#_a PARTITION OF app.p_# FOR VALUES FROM ('2026-01-01') TO "
     "('2026-07-01'); CREATE TABLE app.p_#_b PARTITION OF app.p_# DEFAULT PARTITION BY LIST "
     "(kind); CREATE TABLE app.p_#_b_x PARTITION OF app.p_#_b FOR VALUES IN ('x', 'y');"
     "CREATE INDEX ON app.p_# (kind);"},
    {7,
     "ALTER TABLE app.t_# ENABLE ROW LEVEL SECURITY; CREATE POLICY own_# ON app.t_# FOR UPDATE "
     "USING (name = current_user) WITH CHECK (amount < 10);"},
    // Policies and defaults that use what uses their table.
    {28, "CREATE POLICY see_# ON app.t_# FOR SELECT USING (id IN (SELECT id FROM app.v_#));"},
    {30,
     "CREATE FUNCTION app.most_#() RETURNS integer LANGUAGE sql STABLE BEGIN ATOMIC SELECT "
     "max(number) FROM app.t_#; END; ALTER TABLE app.t_# ADD COLUMN most integer DEFAULT "
     "app.most_#();"},
    {8,
     "CREATE MATERIALIZED VIEW app.m_# AS SELECT name, sum(amount) AS total FROM app.t_# GROUP "
     "BY name; CREATE UNIQUE INDEX ON app.m_# (name);"},
    {9,
     "CREATE SEQUENCE app.q_# START WITH 10 INCREMENT BY 5 CACHE 3 CYCLE MAXVALUE 1000;"
     "CREATE TABLE app.x_# (during tsrange, note text, EXCLUDE USING gist (during WITH &&));"
     "ALTER TABLE app.x_# ADD CONSTRAINT n CHECK (note <> '') NOT VALID;"},
    {10,
     "CREATE TYPE app.pair_# AS (a integer, b app.t_#[]); CREATE RULE r AS ON DELETE TO app.t_# "
     "DO ALSO NOTIFY gone_#; CREATE TABLE app.child_# (extra jsonb) INHERITS (app.t_#);"},
    {20,
     "CREATE AGGREGATE app.most_#(integer) (SFUNC = int4larger, STYPE = integer, INITCOND = "
     "'0'); CREATE PROCEDURE app.run_#(INOUT n integer DEFAULT 3) LANGUAGE sql AS 'SELECT $1';"
     "CREATE TYPE app.span_# AS RANGE (subtype = float8, subtype_diff = float8mi);"},
};

std::string Replaced(std::string_view sql, char mark, const std::string& text) {
  std::string replaced;
  for (const char letter : sql) {
    if (letter == mark) {
      replaced += text;
    } else {
      replaced += letter;
    }
  }
  return replaced;
}

std::string GeneratedSchema() {
  std::string sql = "CREATE SCHEMA app;";
  for (int number = 0; number < kTables; ++number)
    for (const Piece& piece : kPieces)
      if (number % piece.nth == 0) sql += Replaced(piece.sql, '#', std::to_string(number)) + "\n";
  return sql;
}

// Without psql's own commands.
std::string ReadScript(const std::string& path) {
  std::istringstream lines(ReadFile(path));
  std::string sql;
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with('\\')) sql += line + "\n";
  return sql;
}

class Restore {
 public:
  int Run() {
    const char* file = std::getenv("SCHEMAOP_SCHEMA");
    const std::string original = server_.CreateDatabase();
    server_.Query(original, file ? ReadScript(file) : GeneratedSchema());
    const Catalog whole = Read(original);
    const std::string dump = server_.DumpSchema(original);

    const std::string by_pg_dump = server_.CreateDatabase();
    server_.Query(by_pg_dump, dump);
    Compare("restored by pg_dump", by_pg_dump, whole);

    const std::string by_us = server_.CreateDatabase();
    const Catalog nothing = Read(by_us);
    Turn(by_us, whole);
    Compare("made anew", by_us, whole);
    Turn(by_us, nothing);
    Compare("taken back", by_us, nothing);

    std::size_t objects = 0;
    for (const CatalogObject& object : whole.objects())
      if (object.id.kind != ObjectKind::kColumn) ++objects;
    std::cout << "restore: " << objects
              << " objects besides columns, restored by pg_dump, made anew "
              << "and taken back, " << differences_ << " differences" << std::endl;
    return differences_ == 0 ? 0 : 1;
  }

 private:
  Catalog Read(const std::string& database) { return ReadSchema(server_, database, {}); }

  void Turn(const std::string& database, const Catalog& wanted) {
    const SchemaDiff diff = Diff(Read(database), wanted);
    for (const Refusal& refusal : diff.refusals)
      std::cout << "refused: " << Text(refusal.object) << ": " << refusal.reason << std::endl;
    Session session = ConnectTo(server_, database);
    (void)session.Execute("SET check_function_bodies = off", {});
    for (const DdlStatement& statement : diff.statements) {
      const auto done = session.Execute(statement.sql, {});
      if (done) continue;
      ++differences_;
      std::cout << "FAILED " << done.error().message << " in: " << statement.sql << std::endl;
    }
  }

  void Compare(const char* how, const std::string& database, const Catalog& wanted) {
    const Catalog found = Read(database);
    const SchemaDiff diff = Diff(found, wanted);
    for (const ObjectChange& change : diff.changes) {
      ++differences_;
      std::cout << "DIFFERS " << how << ": " << Text(change) << std::endl;
    }
    if (diff.changes.empty() && Fingerprint(found) != Fingerprint(wanted)) {
      ++differences_;
      std::cout << "DIFFERS " << how << ": the fingerprints" << std::endl;
    }
  }

  TestPostgres server_{{"max_locks_per_transaction = 4096"}};
  int differences_ = 0;
};

}  // namespace
}  // namespace schemaop::testing

int main() {
  try {
    return schemaop::testing::Restore().Run();
  } catch (const std::exception& error) {
    std::cerr << "restore: " << error.what() << std::endl;
    return 2;
  }
}
