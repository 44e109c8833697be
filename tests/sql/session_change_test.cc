#include "sql/session_change.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using Kind = SessionChange::Kind;

SessionChange Of(const std::string& sql) { return SessionChangeOf({sql, {}, std::nullopt}); }

TEST(SessionChangeTest, SettingsOfTheServerCanBeSetAgain) {
  for (const char* sql : {"SET lock_timeout = '5s'", "set session maintenance_work_mem to '1GB'",
                          "SET TIME ZONE 'UTC'", "RESET lock_timeout", "SET \"DateStyle\" = German",
                          "SET app.tenant = '7'", "SET /* why */ statement_timeout TO DEFAULT"}) {
    EXPECT_EQ(Of(sql).kind, Kind::kSetting) << sql;
  }
}

TEST(SessionChangeTest, WhatIsLostIsNamed) {
  for (const auto& [sql, what] : std::vector<std::pair<std::string, std::string>>{
           {"SET search_path = a, b", "SET search_path"},
           {"SET SESSION search_path TO a", "SET search_path"},
           {"SET \"search_path\" = a", "SET search_path"},
           {"SET SCHEMA 'a'", "SET SCHEMA"},
           {"SET ROLE owner", "SET ROLE"},
           {"SET SESSION ROLE owner", "SET ROLE"},
           {"SET SESSION AUTHORIZATION owner", "SET SESSION AUTHORIZATION"},
           {"SET client_encoding = 'LATIN1'", "SET client_encoding"},
           {"SET NAMES 'LATIN1'", "SET NAMES"},
           {"RESET ALL", "RESET ALL"},
           {"CREATE TEMP TABLE a (id int)", "what is temporary"},
           {"CREATE OR REPLACE TEMPORARY VIEW a AS SELECT 1", "what is temporary"},
           {"CREATE LOCAL TEMP SEQUENCE a", "what is temporary"},
           {"SELECT set_config('work_mem', '1MB', false)", "set_config"},
           {"SELECT pg_catalog.set_config('work_mem', '1MB', false)", "set_config"}}) {
    EXPECT_EQ(Of(sql).kind, Kind::kLost) << sql;
    EXPECT_EQ(Of(sql).what, what) << sql;
    EXPECT_NE(Of(sql).instead, "") << sql;
  }
}

// Those for a transaction do nothing outside of one; role and path are always reset.
TEST(SessionChangeTest, EverythingElseChangesNothing) {
  for (const char* sql :
       {"SET LOCAL lock_timeout = '5s'", "SET SESSION LOCAL", "RESET ROLE", "RESET search_path",
        "RESET SESSION AUTHORIZATION", "SET CONSTRAINTS ALL IMMEDIATE", "SET TRANSACTION READ ONLY",
        "CREATE TABLE temp (id int)", "SELECT 1", "UPDATE a SET b = 1", ""}) {
    EXPECT_EQ(Of(sql).kind, Kind::kNone) << sql;
  }
}

}  // namespace
}  // namespace schemaop
