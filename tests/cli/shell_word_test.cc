#include "cli/shell_word.h"

#include <gtest/gtest.h>

#include "process/process.h"

namespace schemaop {
namespace {

TEST(ShellWordTest, LeavesAPlainWordAsItIs) {
  for (const char* word : {"head", "services/billing", "label@-1", "ae1027a6+2", "002:head"}) {
    EXPECT_EQ(ShellWord(word), word);
  }
}

TEST(ShellWordTest, IsReadBackByAShellAsOneWord) {
  for (const std::string word :
       {"", "my project", "it's", "'", "~", "a\\b", "$HOME", "`id`", "*", "a;b", "a\nb", "für"}) {
    testing::ProcessOptions shell;
    shell.arguments = {"sh", "-c", "printf '%s|' " + ShellWord(word)};
    EXPECT_EQ(testing::Run(shell).out, word + "|");
  }
}

}  // namespace
}  // namespace schemaop
