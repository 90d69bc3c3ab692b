// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/network/Reach.h"

// Questions in one line, and sets of them that must hold: "prod never reaches dev".
namespace plimsoll::network {

// "shop/web -> data/db:5432", "prod, ci/* -> 10.0.0.0/8:443/TCP", "internet -> *", "* -> [::1]:53/UDP".
struct Statement {
    std::vector<std::string> from, to; // as Reach::endpoint() reads them; a namespace alone means all its pods
    std::optional<Protocol> protocol; // nothing = any, or TCP when there is a port
    std::string port; // number or name; "" = any
    std::string text; // as written
};
// Errors: Usage.
Result<Statement> parseStatement(std::string_view text);

// Pairs of a source and a destination, pods counted one by one, ranges of addresses each as one.
struct PairCount {
    std::uint64_t allowed = 0, denied = 0, unknown = 0;
    std::vector<Verdict> allowedExamples, deniedExamples, unknownExamples; // a few of each, in order
    std::uint64_t pairs() const { return allowed + denied + unknown; }
};
// Errors: Usage, when an end does not exist or the port is none.
Result<PairCount> countPairs(const Reach& reach, const Statement& statement);

struct Invariant {
    enum class Kind : std::uint8_t { Never, Always, Only };
    std::string name;
    Kind kind = Kind::Never;
    Statement statement; // of Only: all others (pods and what is outside) never reach the destination
    std::uint32_t line = 0; // in its file
};
struct InvariantResult {
    enum class State : std::uint8_t { Holds, Broken, Unknown };
    State state = State::Holds;
    std::uint64_t pairs = 0; // that break it, or that cannot be decided
    std::vector<Verdict> examples;
};
std::string_view toText(InvariantResult::State state); // "holds", "broken", "unknown"

// YAML: a list `invariants` of {name, and one of never, always, only: "A -> B:PORT"}.
// Errors: Format with file and line.
Result<std::vector<Invariant>> parseInvariants(std::string_view yaml, std::string_view file);
// Errors: Usage, when what it names is not there: a rule about nothing would hold for the wrong reason.
Result<InvariantResult> check(const Reach& reach, const Invariant& invariant);

} // namespace plimsoll::network
