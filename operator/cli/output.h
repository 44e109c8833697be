// Where a command's words go: the result to standard output, everything else to standard error.
#pragma once

#include <string>
#include <string_view>

#include "cli/global_options.h"

namespace schemaop {

// Used from one thread.
class Output {
 public:
  // Colours are for standard error alone, so that a result is the same bytes wherever it goes. By
  // default they are used on a terminal unless NO_COLOR or CLICOLOR=0 is in the environment;
  // CLICOLOR_FORCE asks for them without a terminal (https://no-color.org,
  // https://bixense.com/clicolors).
  Output(ColorChoice color, bool quiet);

  // The command's result, as it is. Not silenced by --quiet.
  void Result(std::string_view text);

  // The same for a person to read, with control characters spelled out (EscapeControls): names and
  // messages come from files and databases, and a terminal would act upon them.
  void Text(std::string_view text);

  // One line about what is going on, spelled out like Text; silenced by --quiet.
  void Progress(std::string_view line);

  // A question to a person at a terminal, who answers on the same line; not silenced by --quiet;
  // spelled out like Text.
  void Question(std::string_view text);

  // "schemactl: warning: <line>"; silenced by --quiet.
  void Warning(std::string_view line);

  // "schemactl: <message>", which may go on for several lines.
  void Failure(std::string_view message);

  // Writes out what is buffered. False when standard output did not take all of the result, except
  // when its reader went away early (`| head`), which is no failure; `reason` says why.
  bool Finish(std::string* reason);

 private:
  void WriteMarked(std::string_view color, std::string_view mark, std::string_view text) const;

  bool color_ = false;
  bool quiet_ = false;
  int write_error_ = 0;  // errno of the first failed write of the result
};

}  // namespace schemaop
