// What a person typed, fit to be printed back.
#pragma once

#include <string>
#include <string_view>

namespace schemaop {

// `text` with "***" for the passwords of database URLs (scheme://user:password@..., also when cut
// off behind the password) and of connection strings (password=...). Rather too much than too
// little: a word is hidden to its end where it is not clear what ends the password.
std::string MaskPasswords(std::string_view text);

// `text` with "\x1b" and the like for the control characters that a terminal acts upon; line ends
// and tabs stay.
std::string EscapeControls(std::string_view text);

}  // namespace schemaop
