// The manual page, completion and the installed files: all from the one table of commands.
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "cli/settings.h"
#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

// "--option" and "-o" as the help texts list them at the start of a line.
std::set<std::string> OptionsInHelp(const std::string& help) {
  std::set<std::string> names;
  const std::regex line("(?:^|\n)  ((?:-[A-Za-z-]+,?)+)");
  const std::regex name("-[A-Za-z-]+");
  for (std::sregex_iterator at(help.begin(), help.end(), line), end; at != end; ++at) {
    const std::string list = (*at)[1];
    for (std::sregex_iterator it(list.begin(), list.end(), name); it != end; ++it) {
      names.insert(it->str());
    }
  }
  return names;
}

std::vector<std::string> CommandsInHelp(const std::string& help) {
  std::vector<std::string> names;
  const std::regex line("\n  ([a-z][a-z-]*)");
  const std::string list = help.substr(help.find("Subcommands:"));
  for (std::sregex_iterator at(list.begin(), list.end(), line), end; at != end; ++at) {
    names.push_back((*at)[1]);
  }
  return names;
}

// What a person reads, without bold and underlined characters.
RunResult Typeset(const std::string& page) {
  ProcessOptions groff;
  groff.arguments = {"groff", "-man", "-Tutf8", "-ww", "-P-cbou", "-rLL=250n"};
  groff.environment = {{"LC_ALL", "C.UTF-8"}};
  groff.input = page;
  return testing::Run(groff);
}

TEST(ManualTest, IsTypesetWithoutAWarning) {
  const Schemactl schemactl;
  const std::string page = schemactl.Run({"help", "--man"}).out;
  const RunResult typeset = Typeset(page);
  EXPECT_EQ(typeset.exit_code, 0);
  EXPECT_EQ(typeset.err, "");
  WriteFile(schemactl.folder() / "schemactl.1", page);
  ProcessOptions man;
  man.arguments = {"man", "--warnings", "-l", "schemactl.1"};
  man.environment = {{"LC_ALL", "C.UTF-8"}, {"MANPAGER", "cat"}};
  man.working_directory = schemactl.folder();
  const RunResult shown = testing::Run(man);
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_EQ(shown.err, "");
  for (const char c : page) {
    ASSERT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << "not ASCII";
  }
}

TEST(ManualTest, HoldsEveryCommandOptionAndExitCode) {
  const Schemactl schemactl;
  const std::string text = Typeset(schemactl.Run({"help", "--man"}).out).out;
  const std::string help = schemactl.Run({"--help"}).out;
  const auto commands = CommandsInHelp(help);
  ASSERT_GE(commands.size(), 19U);
  const std::string global = text.substr(0, text.find("\nCOMMANDS"));
  for (const std::string& name : OptionsInHelp(help)) {
    EXPECT_NE(global.find(name), std::string::npos) << name;
  }
  for (const std::string& command : commands) {
    const std::size_t begin = text.find("\n   schemactl " + command);
    ASSERT_NE(begin, std::string::npos) << command;
    const std::string section = text.substr(begin, text.find("\n   schemactl ", begin + 1) - begin);
    for (const std::string& name : OptionsInHelp(schemactl.Run({command, "--help"}).out)) {
      if (name == "-h" || name == "--help") continue;
      EXPECT_NE(section.find(name), std::string::npos) << command << " " << name;
    }
  }
  for (const char* code : {"0", "1", "2", "3", "4", "5", "6", "7", "8", "124", "130"}) {
    EXPECT_TRUE(std::regex_search(text.substr(text.find("\nEXIT STATUS")),
                                  std::regex("\n       " + std::string(code) + " ")))
        << code;
  }
}

TEST(ManualTest, ListsEverySetting) {
  const Schemactl schemactl;
  const std::string text = Typeset(schemactl.Run({"help", "--man"}).out).out;
  const std::string files = text.substr(text.find("\nFILES"));
  for (const std::string& name : SettingNames()) {
    EXPECT_TRUE(std::regex_search(files, std::regex(" " + name + "[,.]"))) << name;
  }
}

TEST(ManualTest, EscapesWhatRoffWouldRead) {
  const Schemactl schemactl;
  const std::string text = Typeset(schemactl.Run({"help", "--man"}).out).out;
  EXPECT_NE(text.find("Open a revision's file in $VISUAL or $EDITOR."), std::string::npos);
  EXPECT_NE(text.find("~/.pgpass"), std::string::npos);
  EXPECT_NE(text.find("help --man | man -l -"), std::string::npos);
}

TEST(CompletionTest, ScriptsAreSoundAndKnowTheCommands) {
  const Schemactl schemactl;
  schemactl.AddTables(2);
  for (const char* shell : {"bash", "zsh", "fish", "kubectl"}) {
    const RunResult script = schemactl.Run({"completion", shell});
    EXPECT_EQ(script.exit_code, 0);
    EXPECT_NE(script.out.find("downgrade"), std::string::npos);
    EXPECT_NE(script.out.find("version-table"), std::string::npos);
  }
  ProcessOptions bash = schemactl.Options({});
  bash.arguments = {"bash", "-c",
                    "set -eu; PATH=\"$(dirname " SCHEMAOP_SCHEMACTL
                    "):$PATH\"\n"
                    "source <(schemactl completion bash)\n"
                    "complete_words() { COMP_WORDS=(schemactl \"$@\") COMP_CWORD=$#; _schemactl; "
                    "echo \"${COMPREPLY[@]}\"; }\n"
                    "complete_words down\n"
                    "complete_words upgrade 0\n"
                    "complete_words heads --ver\n"
                    "complete_words -q history --format ''\n"
                    "complete_words --color ''\n"
                    "complete_words heads -o j\n"
                    "complete_words completion b\n"};
  const RunResult completed = testing::Run(bash);
  EXPECT_EQ(completed.err, "");
  EXPECT_EQ(completed.out,
            "downgrade\n002 001\n--verbose --version-table --version-table-schema --version\n"
            "mermaid dot svg\nauto always never\njson\nbash\n");
}

// Names come from files that somebody else may have written.
TEST(CompletionTest, RunsNothingThatStandsInAName) {
  const Schemactl schemactl;
  // In place of schemactl, which refuses such ids: the script must not lean on that.
  WriteFile(schemactl.folder() / "names",
            "#!/bin/sh\nprintf '%s\\n' 'a$(touch${IFS}ran)' 'a`touch${IFS}ran`' 'a*'\n");
  std::filesystem::permissions(schemactl.folder() / "names", std::filesystem::perms::owner_all);
  const std::string expected = "a$(touch${IFS}ran)\na`touch${IFS}ran`\na*\n";
  ProcessOptions bash = schemactl.Options({});
  bash.arguments = {"bash", "-c",
                    "source <(" SCHEMAOP_SCHEMACTL
                    " completion bash)\n"
                    "COMP_WORDS=(./names upgrade a) COMP_CWORD=2\n"
                    "_schemactl\n"
                    "printf '%s\\n' \"${COMPREPLY[@]}\"\n"};
  const RunResult completed = testing::Run(bash);
  EXPECT_EQ(completed.err, "");
  EXPECT_EQ(completed.out, expected);
  EXPECT_FALSE(std::filesystem::exists(schemactl.folder() / "ran"));
}

// A folder with what `cmake --install` puts below its prefix.
class InstallTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ProcessOptions install;
    install.arguments = {"cmake",     "--install", SCHEMAOP_BUILD_DIR,     "--component",
                         "schemactl", "--prefix",  folder_.path().string()};
    const RunResult result = testing::Run(install);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  TempFolder folder_;
};

TEST_F(InstallTest, PutsTheManualAndCompletionWhereTheyAreFound) {
  const Schemactl schemactl;
  EXPECT_EQ(ReadFile(folder_.path() / "share/man/man1/schemactl.1"),
            schemactl.Run({"help", "--man"}).out);
  EXPECT_EQ(ReadFile(folder_.path() / "share/bash-completion/completions/schemactl"),
            schemactl.Run({"completion", "bash"}).out);
  EXPECT_EQ(ReadFile(folder_.path() / "share/zsh/site-functions/_schemactl"),
            schemactl.Run({"completion", "zsh"}).out);
  EXPECT_EQ(ReadFile(folder_.path() / "share/fish/vendor_completions.d/schemactl.fish"),
            schemactl.Run({"completion", "fish"}).out);
}

// The real kubectl, which finds kubectl-schema on PATH.
class KubectlPluginTest : public InstallTest {
 protected:
  RunResult Kubectl(const Schemactl& schemactl, const std::vector<std::string>& arguments) const {
    ProcessOptions kubectl = schemactl.Options({});
    kubectl.arguments = {"kubectl"};
    kubectl.arguments.insert(kubectl.arguments.end(), arguments.begin(), arguments.end());
    const char* path = std::getenv("PATH");
    kubectl.environment["PATH"] =
        (folder_.path() / "bin").string() + ":" + (path == nullptr ? "" : path);
    return testing::Run(kubectl);
  }
};

TEST_F(KubectlPluginTest, RunsTheSameCommandsUnderItsOwnName) {
  const Schemactl schemactl;
  schemactl.AddTables(2);
  const RunResult heads = Kubectl(schemactl, {"schema", "heads"});
  EXPECT_EQ(heads.exit_code, 0) << heads.err;
  EXPECT_EQ(heads.out, "002 (head)\n");
  EXPECT_NE(Kubectl(schemactl, {"schema", "--help"})
                .out.find("Usage: kubectl schema [OPTIONS] SUBCOMMAND"),
            std::string::npos);
  EXPECT_NE(Kubectl(schemactl, {"schema", "help", "upgrade"})
                .out.find("Usage: kubectl schema upgrade [OPTIONS] TARGET\n"),
            std::string::npos);
  const RunResult wrong = Kubectl(schemactl, {"schema", "upgrad"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_EQ(wrong.err,
            "schemactl: unknown command 'upgrad' (did you mean 'upgrade'?); run 'kubectl schema "
            "--help' for the commands\n");
  const RunResult range = Kubectl(schemactl, {"schema", "downgrade", "base", "--sql"});
  EXPECT_EQ(range.err,
            "schemactl: downgrade with --sql requires <fromrev>:<torev>; type the revision the "
            "database is at in front, as in: kubectl schema downgrade head:base --sql\n");
}

TEST_F(KubectlPluginTest, CompletesThroughKubectl) {
  const Schemactl schemactl;
  schemactl.AddTables(2);
  // Older ones than 1.26 do not ask plugins.
  const RunResult asked = Kubectl(schemactl, {"__complete", "schema", "downg"});
  if (asked.out.find("downgrade") == std::string::npos) {
    // The same question, asked as kubectl would.
    ProcessOptions direct = schemactl.Options({});
    direct.arguments = {(folder_.path() / "bin/kubectl_complete-schema").string(), "downg"};
    EXPECT_EQ(testing::Run(direct).out, "downgrade\n:0\n");
    return;
  }
  EXPECT_EQ(asked.out, "downgrade\n:0\n");
  EXPECT_EQ(Kubectl(schemactl, {"__complete", "schema", "upgrade", "0"}).out, "002\n001\n:0\n");
  EXPECT_EQ(Kubectl(schemactl, {"__complete", "schema", "history", "--format", ""}).out,
            "mermaid\ndot\nsvg\n:0\n");
}

}  // namespace
}  // namespace schemaop::testing
