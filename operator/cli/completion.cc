#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/choice.h"
#include "cli/commands.h"

namespace schemaop {
namespace {

// A word that completes, and what it is for.
struct Word {
  std::string text;
  std::string description;
};

std::vector<Word> Options(const CLI::App& app) {
  std::vector<Word> words;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      words.push_back({"--" + name, option->get_description()});
    }
    for (const std::string& name : option->get_snames()) {
      words.push_back({"-" + name, option->get_description()});
    }
  }
  return words;
}

std::vector<const CLI::App*> Commands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// What may follow a command besides its options, asked from the project itself.
bool TakesRevision(const CLI::App& command) {
  for (const char* name : {"upgrade", "downgrade", "stamp", "show", "merge", "edit"}) {
    if (command.get_name() == name) return true;
  }
  return false;
}

std::string Texts(const std::vector<Word>& words) {
  std::vector<std::string> texts;
  for (const Word& word : words) texts.push_back(word.text);
  return Join(texts, " ");
}

constexpr const char* kRevisions = "$(schemactl --quiet history -o name 2>/dev/null)";

std::string Bash(const CLI::App& app) {
  std::string names;
  std::string cases;
  for (const CLI::App* command : Commands(app)) {
    names += (names.empty() ? "" : " ") + command->get_name();
    cases +=
        fmt::format("    {}) words=\"{}{}\" ;;\n", command->get_name(), Texts(Options(*command)),
                    TakesRevision(*command) ? fmt::format(" head heads base {}", kRevisions) : "");
  }
  return fmt::format(
      R"(# bash completion for schemactl; load it with: source <(schemactl completion bash)
_schemactl() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} word command="" words
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case " {0} " in *" $word "*) command=$word; break ;; esac
  done
  case "$command" in
{1}    *) words="{0}" ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words {2}" -- "$current")
}}
complete -o default -F _schemactl schemactl
)",
      names, cases, Texts(Options(app)));
}

// A description between single quotes of zsh's _describe or fish, where ' ends and : separates.
std::string Quoted(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c == ':' ? ' ' : c;
    }
  }
  return quoted;
}

std::string Zsh(const CLI::App& app) {
  std::string commands;
  std::string cases;
  for (const CLI::App* command : Commands(app)) {
    commands +=
        fmt::format("    '{}:{}'\n", command->get_name(), Quoted(command->get_description()));
    cases +=
        fmt::format("    {}) compadd -- {}{} ;;\n", command->get_name(), Texts(Options(*command)),
                    TakesRevision(*command) ? fmt::format(" head heads base {}", kRevisions) : "");
  }
  return fmt::format(R"(#compdef schemactl
# zsh completion for schemactl; load it with: source <(schemactl completion zsh)
_schemactl() {{
  local -a commands=(
{}  )
  local word command
  for word in ${{words[2,CURRENT-1]}}; do
    (( ${{commands[(I)$word:*]}} )) && command=$word && break
  done
  case "$command" in
{}    *) _describe command commands ;;
  esac
  compadd -- {}
  _files
}}
compdef _schemactl schemactl
)",
                     commands, cases, Texts(Options(app)));
}

std::string FishOption(const Word& word, const std::string& condition) {
  const bool is_long = word.text.starts_with("--");
  return fmt::format("complete -c schemactl{} -{} {} -d '{}'\n", condition, is_long ? "l" : "s",
                     word.text.substr(is_long ? 2 : 1), Quoted(word.description));
}

std::string Fish(const CLI::App& app) {
  std::string text =
      "# fish completion for schemactl; load it with: schemactl completion fish | source\n";
  for (const Word& word : Options(app)) text += FishOption(word, "");
  for (const CLI::App* command : Commands(app)) {
    text += fmt::format("complete -c schemactl -n __fish_use_subcommand -f -a {} -d '{}'\n",
                        command->get_name(), Quoted(command->get_description()));
    const std::string seen =
        fmt::format(" -n '__fish_seen_subcommand_from {}'", command->get_name());
    for (const Word& word : Options(*command)) text += FishOption(word, seen);
    if (TakesRevision(*command)) {
      text += fmt::format(
          "complete -c schemactl{} -f -a 'head heads base (schemactl --quiet history -o name "
          "2>/dev/null)'\n",
          seen);
    }
  }
  return text;
}

}  // namespace

void AddCompletion(CLI::App& app, Command& chosen) {
  constexpr std::array kScripts{Bash, Zsh, Fish};
  auto shell = std::make_shared<std::size_t>();
  CLI::App* command = app.add_subcommand("completion", "print a completion script for a shell");
  AddChoice(
      *command, "SHELL", {"bash", "zsh", "fish"}, [shell](std::size_t word) { *shell = word; },
      "bash, zsh or fish")
      ->required();
  command->callback([&app, &chosen, shell, kScripts] {
    chosen = [&app, shell, kScripts](CommandContext& context) -> Outcome<void> {
      context.output.Result(kScripts[*shell](app));
      return {};
    };
  });
}

}  // namespace schemaop
