#include "cli/settings.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "catalog/object_kind.h"

namespace schemaop {
namespace {

TEST(SettingsTest, ReadsEveryKey) {
  const auto settings = ParseSettings("s.yaml",
                                      "# ours\nversionTable: versions\nversionTableSchema: app\n"
                                      "ledgerSchema: ledger\ndatabaseUrlEnv: BILLING_URL\n"
                                      "scratchUrlEnv: SCRATCH_URL\n"
                                      "exclude:\n  - table:public.tmp_*\n  - schema:cron\n"
                                      "ignore: [owners, grants]\n");
  ASSERT_TRUE(settings);
  EXPECT_EQ(*settings, (ProjectSettings{"versions",
                                        "app",
                                        "ledger",
                                        "BILLING_URL",
                                        "SCRATCH_URL",
                                        {"table:public.tmp_*", "schema:cron"},
                                        {"owners", "grants"}}));
}

TEST(SettingsTest, TakesAnEmptyFileForNoSettings) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n"}) {
    const auto settings = ParseSettings("s.yaml", text);
    ASSERT_TRUE(settings) << text;
    EXPECT_EQ(*settings, ProjectSettings{});
  }
}

TEST(SettingsTest, RefusesWithPositionAndReason) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"ledgerShema: x\n",
       "s.yaml:1:1: unknown key 'ledgerShema' (did you mean 'ledgerSchema'?); known keys: "
       "versionTable, "
       "versionTableSchema, ledgerSchema, databaseUrlEnv, scratchUrlEnv, allowSuperuser, exclude, "
       "ignore"},
      {"allowSuperuser: maybe\n", "s.yaml:1:17: allowSuperuser takes true or false"},
      {"# a\nversionTable: a\nversionTable: b\n", "s.yaml:3:1: versionTable is set twice"},
      {"versionTable: [a, b]\n",
       "s.yaml:1:15: versionTable takes one text; leave the line out for the default"},
      {"versionTable:\n",
       "s.yaml:1:1: versionTable takes one text; leave the line out for the default"},
      {"databaseUrlEnv: postgresql://u:s3cret@h/d\n",
       "s.yaml:1:17: databaseUrlEnv takes the name of an environment variable (letters, digits, "
       "'_'), "
       "never the URL itself"},
      {"scratchUrlEnv: postgresql://u:s3cret@h/d\n",
       "s.yaml:1:16: scratchUrlEnv takes the name of an environment variable (letters, digits, "
       "'_'), never the URL itself"},
      {"exclude:\n", "s.yaml:1:1: exclude takes a list of texts; leave the line out for none"},
      {"exclude: [a, {b: c}]\n", "s.yaml:1:14: exclude takes a list of texts"},
      {"exclude: a\nexclude: b\n", "s.yaml:2:1: exclude is set twice"},
      {"ignore:\n  - grants\n  - owner\n",
       "s.yaml:3:5: ignore does not know 'owner' (did you mean 'owners'?); it takes: owners, "
       "grants, "
       "comments, storage"},
      {"- a\n", "s.yaml:1:1: expected 'key: value' lines"},
      {"ledgerSchema: " + std::string(64, 'x') + "\n",
       "s.yaml:1:15: ledgerSchema is 64 bytes long; PostgreSQL's names have at most 63"},
      {"exclude:\n  - table:public.a\n  - shema:billing\n",
       "s.yaml:3:5: exclude does not know the kind 'shema' (did you mean 'schema'?); write "
       "kind:name, as in table:public.tmp_* or schema:billing, or a name alone; kinds: " +
           Join(KindNames(), ", ") + ", partitions"},
  };
  for (const auto& [text, message] : cases) {
    const auto settings = ParseSettings("s.yaml", text);
    ASSERT_FALSE(settings) << text;
    EXPECT_EQ(settings.error(), (Error{ErrorCode::kInvalid, message}));
  }
}

TEST(SettingsTest, GivesThePlaceOfBadYaml) {
  const auto settings = ParseSettings("s.yaml", "versionTable: a\nledgerSchema: b: c\n");
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().message, "s.yaml:2:16: illegal map value");
}

}  // namespace
}  // namespace schemaop
