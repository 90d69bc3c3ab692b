// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/MaskPatterns.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include <re2/re2.h>

#include "core/base/Text.h"
#include "core/snapshot/detail/MaskNames.h"
#include "core/snapshot/detail/MaskRules.h"

namespace plimsoll::snapshot::detail {

namespace {

// Three letters that every name of a credential in front of "=" or ":" contains.
constexpr std::array nameTriggers = std::to_array<std::string_view>({ "swo", "SWO", "swd", "SWD", "phr", "PHR", "pwd",
    "PWD", "ss=", "SS=", "ss:", "SS:", "ecr", "ECR", "ede", "EDE", "oke", "OKE", "key", "KEY", "Key", "dsn", "DSN",
    "nSt", "pw:", "PW:", "pw=", "PW=", "Pw:", "psk", "PSK", "ass:", "ass=", "Ass:", "UTH" });

constexpr std::size_t maxPatterns = 127;
using Candidates = std::bitset<maxPatterns + 1>; // bit = index of a pattern; the last: an assignment

// Which patterns could apply to a text, by one look per byte at three letters.
struct Prefilter {
    static constexpr std::size_t slots = 8192;

    std::array<std::uint32_t, slots> letters {}; // of the one trigger that hashes to here; 0 = none
    std::array<Candidates, slots> sets {};
    std::uint32_t factor = 0x9E3779B1u;
    std::vector<std::unique_ptr<RE2>> expressions;
    std::vector<std::vector<std::string_view>> triggers; // of each pattern

    Prefilter()
    {
        for (const Pattern& pattern : maskPatterns())
            triggers.push_back(split(pattern.triggers, '|'));
        while (!fill())
            factor += 0x2545F490u; // stays odd
        for (const Pattern& pattern : maskPatterns()) {
            RE2::Options options(RE2::Quiet);
            options.set_encoding(RE2::Options::EncodingLatin1); // any bytes
            expressions.push_back(std::make_unique<RE2>(pattern.expression, options));
        }
    }

    static std::uint32_t lettersAt(const char* place)
    {
        std::uint16_t two;
        std::memcpy(&two, place, 2);
        return two | static_cast<std::uint32_t>(static_cast<unsigned char>(place[2])) << 16;
    }
    std::size_t slot(std::uint32_t three) const { return (three * factor) >> 19; }

    Candidates candidates(std::string_view text) const
    {
        Candidates set;
        for (const char* place = text.data(); place + 2 < text.data() + text.size(); ++place) {
            const std::uint32_t three = lettersAt(place);
            const std::size_t at = slot(three);
            if (letters[at] == three)
                set |= sets[at];
        }
        return set;
    }

private:
    // Whether no two different triggers share a slot under the present factor.
    bool fill()
    {
        letters.fill(0);
        sets.fill({});
        bool fits = true;
        const auto put = [&](std::string_view trigger, std::size_t bit) {
            const std::uint32_t three = lettersAt(trigger.data());
            const std::size_t at = slot(three);
            fits = fits && (letters[at] == 0 || letters[at] == three);
            letters[at] = three;
            sets[at].set(bit);
        };
        for (std::size_t i = 0; i < maskPatterns().size() && i < maxPatterns; ++i) {
            for (const std::string_view trigger : triggers[i])
                put(trigger, i);
        }
        for (const std::string_view trigger : nameTriggers)
            put(trigger, maxPatterns);
        return fits;
    }
};

const Prefilter& prefilter()
{
    static const Prefilter filter;
    return filter;
}

Judgement judgeGroup(Match match, std::string_view group, Assignments assignments)
{
    if (match == Match::Token)
        return isTokenShaped(group) ? Judgement::Credential : Judgement::Harmless;
    const Judgement found = judge(NameClass::Password, group, Trust::Variable);
    const bool isExample = found == Judgement::WeakDefault && assignments == Assignments::PassOver;
    return isExample ? Judgement::Harmless : found; // "user:password@host" explains a field
}

Judgement matches(std::size_t index, std::string_view text, Assignments assignments)
{
    const Pattern& pattern = maskPatterns()[index];
    std::size_t first = text.npos;
    for (const std::string_view trigger : prefilter().triggers[index])
        first = std::min(first, text.find(trigger));
    if (first == text.npos)
        return Judgement::Harmless;
    const RE2& expression = *prefilter().expressions[index];
    re2::StringPiece rest(text.data(), text.size());
    if (pattern.match == Match::Form) {
        const bool isHit = RE2::PartialMatch(rest, expression)
            // a template of one holds no value yet
            && (pattern.rule != "secret-manifest" || (text.find("ata:") != text.npos && text.find("{{") == text.npos));
        return isHit ? Judgement::Credential : Judgement::Harmless;
    }
    if (pattern.triggers == "://" && text.find('@', first) == text.npos)
        return Judgement::Harmless;
    Judgement worst = Judgement::Harmless;
    re2::StringPiece group; // not copied: it may be secret
    while (worst != Judgement::Credential && RE2::FindAndConsume(&rest, expression, &group))
        worst = std::max(worst, judgeGroup(pattern.match, { group.data(), group.size() }, assignments));
    return worst;
}

bool isNameLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'
        || c == '.';
}

// The name that ends before place, quotes and blanks left aside.
std::string_view nameBefore(std::string_view text, std::size_t place)
{
    constexpr std::size_t farthest = 96;
    std::size_t end = place;
    while (end > 0 && place - end < 8
        && (text[end - 1] == ' ' || text[end - 1] == '"' || text[end - 1] == '\'' || text[end - 1] == '\\'))
        --end;
    std::size_t begin = end;
    while (begin > 0 && end - begin < farthest && isNameLetter(text[begin - 1]))
        --begin;
    return text.substr(begin, end - begin);
}

// The word that begins behind place on the same line; in quotes all until they close.
std::string_view wordBehind(std::string_view text, std::size_t place)
{
    std::size_t begin = place;
    bool isQuoted = false;
    while (begin < text.size() && begin - place < 8
        && (text[begin] == ' ' || text[begin] == '\t' || text[begin] == '"' || text[begin] == '\''
            || text[begin] == '\\' || text[begin] == '=')) {
        isQuoted = isQuoted || text[begin] == '"' || text[begin] == '\'';
        ++begin;
    }
    std::size_t end = begin;
    while (end < text.size() && end - begin < 4096) {
        const char c = text[end];
        const bool isBlank = c == ' ' || c == '\t';
        const bool isEnd = static_cast<unsigned char>(c) < ' ' || c == '"' || c == '\'' || c == '\\'
            || (!isQuoted && (isBlank || c == ',' || c == ';' || c == '&'));
        if (isEnd && !(isQuoted && isBlank))
            break;
        ++end;
    }
    return text.substr(begin, end - begin);
}

std::string_view findAssignment(std::string_view text)
{
    std::string_view rule;
    for (std::size_t place = 0; place < text.size(); ++place) {
        if (text[place] != '=' && text[place] != ':')
            continue;
        const std::string_view name = nameBefore(text, place);
        const NameClass nameClass = classOfName(name);
        if (nameClass == NameClass::None)
            continue;
        const std::string_view value = wordBehind(text, place + 1);
        const std::size_t minimum = nameClass == NameClass::Password ? 3 : 4;
        if (value.size() < minimum || isLabel(name, value))
            continue;
        const Judgement found = judge(nameClass, value, Trust::Field);
        if (found == Judgement::Credential)
            return nameClass == NameClass::Password ? "config-password" : "config-credential";
        if (found == Judgement::WeakDefault)
            rule = weakDefault;
    }
    return rule;
}

} // namespace

std::string_view findCredential(std::string_view text, Assignments assignments)
{
    if (text.size() < 12)
        return {};
    const Candidates candidates = prefilter().candidates(text);
    if (candidates.none())
        return {};
    std::string_view rule;
    for (std::size_t i = 0; i < maskPatterns().size(); ++i) {
        if (!candidates[i])
            continue;
        const Judgement found = matches(i, text, assignments);
        if (found == Judgement::Credential)
            return maskPatterns()[i].rule;
        if (found == Judgement::WeakDefault)
            rule = weakDefault;
    }
    if (assignments == Assignments::Read && candidates[maxPatterns]) {
        const std::string_view assigned = findAssignment(text);
        if (!assigned.empty())
            return assigned;
    }
    return rule;
}

} // namespace plimsoll::snapshot::detail
