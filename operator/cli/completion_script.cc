#include "cli/completion_script.h"

#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace schemaop {
namespace {

bool IsTopLevel(const CommandRow& command) { return command.name.find(' ') == std::string::npos; }

// The first word of "ledger verify".
std::string TopLevel(const CommandRow& command) {
  return command.name.substr(0, command.name.find(' '));
}

std::string OptionNames(const std::vector<OptionRow>& options) {
  std::vector<std::string> names;
  for (const OptionRow& option : options) {
    if (!option.positional) names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return Join(names, " ");
}

// What may follow a command besides revisions: its options, the commands under it and theirs, and
// the words of arguments that are one of a few.
std::string WordsAfter(const CommandTable& table, const CommandRow& command) {
  std::string words = OptionNames(command.options);
  for (const OptionRow& option : command.options) {
    if (option.positional) words += (option.choices.empty() ? "" : " ") + Join(option.choices, " ");
  }
  if (!command.subcommands.empty()) words += " " + Join(command.subcommands, " ");
  for (const CommandRow& under : table.commands) {
    if (!IsTopLevel(under) && TopLevel(under) == command.name) {
      words += " " + OptionNames(under.options);
    }
  }
  return words;
}

// A case for each option that takes one of a few words: `render(command, name, words)`, where the
// command is "*" for the options that all take.
template <typename Render>
std::string Choices(const CommandTable& table, const Render& render) {
  std::string text;
  const auto add = [&](const std::string& command, const std::vector<OptionRow>& options) {
    for (const OptionRow& option : options) {
      if (option.positional || option.choices.empty()) continue;
      for (const std::string& name : option.names) {
        text += render(command, name, Join(option.choices, " "));
      }
    }
  };
  for (const CommandRow& command : table.commands) add(TopLevel(command), command.options);
  add("*", table.options);
  return text;
}

// A case of bash or zsh on "$command $previous".
std::string ChoiceCase(std::string_view command, std::string_view name, std::string_view assign) {
  return command == "*" ? fmt::format("    *\" {}\") {} ;;\n", name, assign)
                        : fmt::format("    \"{} {}\") {} ;;\n", command, name, assign);
}

constexpr std::string_view kRevisions = "--quiet history -o name 2>/dev/null";

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

std::string FishOptions(const std::vector<OptionRow>& options, const std::string& condition) {
  std::string text;
  for (const OptionRow& option : options) {
    if (option.positional) continue;
    text += "complete -c schemactl" + condition;
    for (const std::string& name : option.names) {
      const bool is_long = name.starts_with("--");
      text += fmt::format(" -{} {}", is_long ? "l" : "s", name.substr(is_long ? 2 : 1));
    }
    if (!option.value.empty()) text += " -r";
    if (!option.choices.empty()) text += fmt::format(" -f -a '{}'", Join(option.choices, " "));
    text += fmt::format(" -d '{}'\n", Quoted(option.description));
  }
  return text;
}

}  // namespace

std::string BashCompletion(const CommandTable& table) {
  std::string names;
  std::string cases;
  for (const CommandRow& command : table.commands) {
    if (!IsTopLevel(command)) continue;
    names += (names.empty() ? "" : " ") + command.name;
    cases +=
        fmt::format("    {}) words=\"{}{}\" ;;\n", command.name, WordsAfter(table, command),
                    TakesRevision(command)
                        ? fmt::format(" head heads base $(\"${{COMP_WORDS[0]}}\" {})", kRevisions)
                        : "");
  }
  const auto choice = [](const auto& command, const auto& name, const auto& words) {
    return ChoiceCase(command, name, fmt::format("words=\"{}\" globals=\"\"", words));
  };
  return fmt::format(
      R"(# bash completion for schemactl; load it with: source <(schemactl completion bash)
_schemactl() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} word
  local command="" words="" globals="{2}"
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case " {0} " in *" $word "*) command=$word; break ;; esac
  done
  case "$command $previous" in
{3}  esac
  [ -n "$words" ] || case "$command" in
{1}    *) words="{0}" ;;
  esac
  # Not compgen -W, which would run what stands in a name.
  local -a candidates
  IFS=$' \t\n' read -r -d '' -a candidates <<< "$words $globals" || true
  COMPREPLY=()
  for word in "${{candidates[@]}}"; do
    if [[ $word == "$current"* ]]; then COMPREPLY+=("$word"); fi
  done
}}
complete -o default -F _schemactl schemactl kubectl-schema
)",
      names, cases, OptionNames(table.options), Choices(table, choice));
}

std::string ZshCompletion(const CommandTable& table) {
  std::string commands;
  std::string cases;
  for (const CommandRow& command : table.commands) {
    if (!IsTopLevel(command)) continue;
    commands += fmt::format("    '{}:{}'\n", command.name, Quoted(command.description));
    cases += fmt::format(
        "    {}) compadd -- {}{} ;;\n", command.name, WordsAfter(table, command),
        TakesRevision(command) ? fmt::format(" head heads base $($words[1] {})", kRevisions) : "");
  }
  const auto choice = [](const auto& command, const auto& name, const auto& words) {
    return ChoiceCase(command, name, fmt::format("compadd -- {}; return", words));
  };
  return fmt::format(R"(#compdef schemactl kubectl-schema
# zsh completion for schemactl; load it with: source <(schemactl completion zsh)
_schemactl() {{
  local -a commands=(
{}  )
  local word command
  for word in ${{words[2,CURRENT-1]}}; do
    (( ${{commands[(I)$word:*]}} )) && command=$word && break
  done
  case "$command $words[CURRENT-1]" in
{}  esac
  case "$command" in
{}    *) _describe command commands ;;
  esac
  compadd -- {}
  _files
}}
# Found on fpath, this file is the function itself.
if [[ $funcstack[1] == _schemactl ]]; then _schemactl; else compdef _schemactl schemactl kubectl-schema; fi
)",
                     commands, Choices(table, choice), cases, OptionNames(table.options));
}

std::string FishCompletion(const CommandTable& table) {
  std::string text =
      "# fish completion for schemactl; load it with: schemactl completion fish | source\n";
  text += FishOptions(table.options, "");
  for (const CommandRow& command : table.commands) {
    const std::string seen = fmt::format(" -n '__fish_seen_subcommand_from {}'", TopLevel(command));
    if (IsTopLevel(command)) {
      text += fmt::format("complete -c schemactl -n __fish_use_subcommand -f -a {} -d '{}'\n",
                          command.name, Quoted(command.description));
    } else {
      text += fmt::format("complete -c schemactl{} -f -a {} -d '{}'\n", seen,
                          command.name.substr(command.name.rfind(' ') + 1),
                          Quoted(command.description));
    }
    text += FishOptions(command.options, seen);
    if (TakesRevision(command)) {
      text += fmt::format("complete -c schemactl{} -f -a 'head heads base (schemactl {})'\n", seen,
                          kRevisions);
    }
  }
  return text;
}

std::string KubectlCompletion(const CommandTable& table) {
  return "#!/usr/bin/env bash\n"
         "# completion of kubectl schema: put it on PATH as kubectl_complete-schema, executable\n" +
         BashCompletion(table) + R"(COMP_WORDS=(kubectl-schema "$@")
COMP_CWORD=$#
_schemactl
printf '%s\n' "${COMPREPLY[@]}" :0
)";
}

}  // namespace schemaop
