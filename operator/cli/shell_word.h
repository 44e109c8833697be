// A word of a command line, fit to be typed.
#pragma once

#include <string>
#include <string_view>

namespace schemaop {

// `text` as a POSIX shell reads it back as one word: as it is where no character of it means
// anything to a shell, else between single quotes.
std::string ShellWord(std::string_view text);

}  // namespace schemaop
