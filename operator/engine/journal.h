// What the journal of a section outside a transaction says of its statements. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/ledger.h"

namespace schemaop {

// The `message` of an intent (and of the failure behind it) whose statement looked as if it had
// taken effect, or had left something half done, before it was sent: what is found afterwards
// proves nothing then.
inline constexpr std::string_view kThereBefore = "there before";

// Otherwise the schema that unqualified names in the statement were found in before it was sent,
// when that matters to what is found afterwards: "in tenant". Rows of earlier versions do not say.
std::string InSchema(const std::string& schema);
// That schema; nullopt when `note` says none.
std::optional<std::string> SchemaIn(const std::string& note);

// The last row of `journal` (see Ledger::Journal) about statement `number`, counted from 1. nullopt
// when there is none, or when a stamp followed an intent: a person's word that it did not happen. A
// downgrade, of whatever revision, may have taken away what was done: such a row is returned as an
// intent, to be judged again, whatever was stamped since.
std::optional<LedgerRow> LastWord(const std::vector<LedgerRow>& journal, int number);

// The intents that nothing followed; behind them, as intents, the rows that a downgrade opened
// again. Each in the order of the statements.
std::vector<LedgerRow> OpenIntents(const std::vector<LedgerRow>& journal);

// The last word on the first statement behind number `statement` (0: on the first of all) that says
// that it was run, or may have been; nullopt when none does.
std::optional<LedgerRow> FirstEffectBehind(const std::vector<LedgerRow>& journal, int statement);

// The first of OpenIntents that only a person can settle, for its effect cannot be seen (see
// EffectOf).
std::optional<LedgerRow> OpenDoubt(const std::vector<LedgerRow>& journal);

}  // namespace schemaop
