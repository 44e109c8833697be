#include "cli/document.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using Json = nlohmann::ordered_json;

std::string Render(OutputFormat format, const Json& document) {
  return RenderDocument(format, document, document, {});
}

TEST(DocumentTest, YamlHasTheValuesOfJson) {
  const Json document{{"none", nullptr}, {"yes", true}, {"number", 4.5}, {"text", "null"}};
  EXPECT_EQ(
      Render(OutputFormat::kJson, document),
      "{\n  \"none\": null,\n  \"yes\": true,\n  \"number\": 4.5,\n  \"text\": \"null\"\n}\n");
  EXPECT_EQ(Render(OutputFormat::kYaml, document),
            "none: ~\nyes: true\nnumber: 4.5\ntext: \"null\"\n");
}

TEST(DocumentTest, MarksBytesThatAreNoCharacters) {
  const Json document{{"file", "a\xE9.sql"}};
  EXPECT_EQ(Render(OutputFormat::kJson, document), "{\n  \"file\": \"a\xEF\xBF\xBD.sql\"\n}\n");
  EXPECT_EQ(Render(OutputFormat::kYaml, document), "file: \"a\xEF\xBF\xBD.sql\"\n");
}

}  // namespace
}  // namespace schemaop
