#include "cli/printable.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

TEST(PrintableTest, HidesThePasswordsOfUrls) {
  for (const auto& [text, masked] : std::vector<std::pair<std::string, std::string>>{
           {"'postgres://u:s3cret@h:5432/d' is", "'postgres://u:***@h:5432/d' is"},
           {"POSTGRESQL://u:a@b/c@h/d; or postgresql+psycopg2://:x@h",
            "POSTGRESQL://u:***@h/d; or postgresql+psycopg2://:***@h"},
           {"by 'postgres://u:s3cret': no", "by 'postgres://u:***': no"},
           {"by 'postgres://u:1234': no", "by 'postgres://u:***': no"},
           {"'postgres://u:s3cretan...'", "'postgres://u:***'"},
           {"postgres:/u:s3cret@h/d/versions", "postgres:/u:***@h/d/versions"},
           {"postgres://u:s3cret@h/a.sql:3:22: \"postgres://u:s3cret@h\" is",
            "postgres://u:***@h/a.sql:3:22: \"postgres://u:***@h\" is"},
           {"postgres://u:", "postgres://u:"},
           {"postgres://", "postgres://"},
       }) {
    EXPECT_EQ(MaskPasswords(text), masked);
  }
}

TEST(PrintableTest, HidesThePasswordsOfConnectionStrings) {
  for (const auto& [text, masked] : std::vector<std::pair<std::string, std::string>>{
           {"by 'host=h password=s3cret': no", "by 'host=h password=***': no"},
           {"PASSWORD = 's3 \\' cret' host=h", "PASSWORD = *** host=h"},
           {"postgres://h/d?sslpassword=s3cret&x=1", "postgres://h/d?sslpassword=***"},
           {"password='never closed", "password=***"},
           {"password=", "password="},
       }) {
    EXPECT_EQ(MaskPasswords(text), masked);
  }
}

TEST(PrintableTest, LeavesEverythingElse) {
  for (const std::string text :
       {"", "a: b", "--url postgresql://user@host:5432/dbname", "postgres://h:5432/d",
        "001_a.sql:3:4: 'x@y' and a:b", "percent-encode '@' in the user name and password",
        "https://example.org/a:b", "cannot connect to d@127.0.0.1:1"}) {
    EXPECT_EQ(MaskPasswords(text), text);
  }
}

TEST(PrintableTest, ShowsControlCharacters) {
  EXPECT_EQ(EscapeControls("a\x1b[31mb\x07\r\x7f\n\tc \xC3\xA9 \xC2\x9B \xC2\xA9"),
            "a\\x1b[31mb\\x07\\x0d\\x7f\n\tc \xC3\xA9 \\x9b \xC2\xA9");
  EXPECT_EQ(EscapeControls("\xC2"), "\xC2");
}

}  // namespace
}  // namespace schemaop
