// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/MaskPatterns.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include <re2/re2.h>

#include "core/snapshot/detail/MaskNames.h"

namespace plimsoll::snapshot::detail {

namespace {

// Source: the documented forms of each issuer's keys, compared with the rules of gitleaks (MIT) and Trivy (Apache-2.0).
struct Pattern {
    std::string_view rule;
    std::string_view trigger; // must occur, letter for letter; at least three
    const char* expression;
};

constexpr std::array patterns {
    Pattern { "private-key", "PRIVATE KEY",
        R"(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\\\sA-Za-z0-9+/=:,.\-]{40})" },
    Pattern { "private-key", "LS0tLS1CRUdJTi",
        "LS0tLS1CRUdJTi(?:BQUklWQVRFIEtFWS|BSU0EgUFJJVkFURS|BFQyBQUklWQVRF|BPUEVOU1NIIFBS|BFTkNSWVBURUQgUFJJ"
        "|BEU0EgUFJJVkFURS|BQR1AgUFJJVkFURS)" },
    Pattern { "json-web-token", "eyJ", R"(\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})" },
    Pattern { "aws-access-key", "AKIA", R"(\bAKIA[A-Z2-7]{16}\b)" },
    Pattern { "aws-access-key", "ASIA", R"(\bASIA[A-Z2-7]{16}\b)" },
    Pattern { "google-api-key", "AIza", R"(\bAIza[A-Za-z0-9_-]{35})" },
    Pattern { "google-oauth", "GOCSPX-", R"(\bGOCSPX-[A-Za-z0-9_-]{20,})" },
    Pattern { "github-token", "ghp_", R"(\bghp_[A-Za-z0-9]{30,})" },
    Pattern { "github-token", "gho_", R"(\bgho_[A-Za-z0-9]{30,})" },
    Pattern { "github-token", "ghu_", R"(\bghu_[A-Za-z0-9]{30,})" },
    Pattern { "github-token", "ghs_", R"(\bghs_[A-Za-z0-9]{30,})" },
    Pattern { "github-token", "ghr_", R"(\bghr_[A-Za-z0-9]{30,})" },
    Pattern { "github-token", "github_pat_", R"(\bgithub_pat_[A-Za-z0-9_]{22,})" },
    Pattern { "gitlab-token", "glpat-", R"(\bglpat-[A-Za-z0-9_-]{20,})" },
    Pattern { "gitlab-token", "gldt-", R"(\bgldt-[A-Za-z0-9_-]{20,})" },
    Pattern { "gitlab-token", "glrt-", R"(\bglrt-[A-Za-z0-9_-]{20,})" },
    Pattern { "slack-token", "xox", R"(\bxox[abeoprs]-[A-Za-z0-9-]{10,})" },
    Pattern { "slack-webhook", "hooks.slack.com/", R"(hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9+/]{20,})" },
    Pattern { "discord-webhook", "/api/webhooks/", R"(discord(?:app)?\.com/api/webhooks/\d{10,}/[A-Za-z0-9_-]{40,})" },
    Pattern { "stripe-key", "k_live_", R"(\b[sr]k_live_[A-Za-z0-9]{10,})" },
    Pattern { "stripe-key", "k_test_", R"(\b[sr]k_test_[A-Za-z0-9]{10,})" },
    Pattern { "sendgrid-key", "SG.", R"(\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})" },
    Pattern { "npm-token", "npm_", R"(\bnpm_[A-Za-z0-9]{36})" },
    Pattern { "pypi-token", "pypi-AgEI", R"(\bpypi-AgEI[A-Za-z0-9_-]{40,})" },
    Pattern { "digitalocean-token", "_v1_", R"(\bdo[opr]_v1_[a-f0-9]{64})" },
    Pattern { "vault-token", "hvs.", R"(\bhvs\.[A-Za-z0-9_-]{20,})" },
    Pattern { "vault-token", "hvb.", R"(\bhvb\.[A-Za-z0-9_-]{20,})" },
    Pattern { "age-key", "AGE-SECRET-KEY-1", R"(AGE-SECRET-KEY-1[A-Z0-9]{50,})" },
    Pattern { "ai-key", "sk-ant-", R"(\bsk-ant-[A-Za-z0-9_-]{30,})" },
    Pattern { "ai-key", "sk-proj-", R"(\bsk-proj-[A-Za-z0-9_-]{30,})" },
    Pattern { "ai-key", "T3BlbkFJ", R"(\bsk-[A-Za-z0-9_-]*T3BlbkFJ[A-Za-z0-9_-]{10,})" },
    Pattern { "huggingface-token", "hf_", R"(\bhf_[A-Za-z]{34}\b)" },
    Pattern { "docker-token", "dckr_pat_", R"(\bdckr_pat_[A-Za-z0-9_-]{20,})" },
    Pattern { "grafana-token", "glsa_", R"(\bglsa_[A-Za-z0-9]{32}_[a-f0-9]{8})" },
    Pattern { "databricks-token", "dapi", R"(\bdapi[a-f0-9]{32}\b)" },
    Pattern { "shopify-token", "shpat_", R"(\bshpat_[a-fA-F0-9]{32})" },
    Pattern { "new-relic-key", "NRAK-", R"(\bNRAK-[A-Z0-9]{27})" },
    Pattern { "telegram-token", ":AA", R"(\b\d{8,10}:AA[A-Za-z0-9_-]{33})" },
    Pattern { "azure-key", "AccountKey=", R"(AccountKey=[A-Za-z0-9+/]{40,})" },
    Pattern { "azure-key", "SharedAccessKey=", R"(SharedAccessKey=[A-Za-z0-9+/]{30,})" },
    Pattern { "azure-signature", "sig=", R"([?&]sig=[A-Za-z0-9%+/=]{30,})" },
    Pattern { "registry-login", "\"auth", R"("auth\\?"\s*:\s*\\?"[A-Za-z0-9+/]{8,}={0,2}\\?")" },
    Pattern { "kubeconfig", "client-key-data", R"(client-key-data\\?"?\s*:\s*\\?"?[A-Za-z0-9+/=]{20,})" },
    Pattern { "authorization-header", "earer ",
        R"((?i)\bauthorization\\?["']?\s*[:=]\s*\\?["']?bearer\s+[A-Za-z0-9._~+/=-]{16,})" },
    Pattern {
        "authorization-header", "asic ", R"((?i)\bauthorization\\?["']?\s*[:=]\s*\\?["']?basic\s+[A-Za-z0-9+/=]{8,})" },
    Pattern { "password-hash", "$apr1$", R"(\$apr1\$[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{20,})" },
    Pattern { "password-hash", "$2a$", R"(\$2a\$\d\d\$[./A-Za-z0-9]{53})" },
    Pattern { "password-hash", "$2b$", R"(\$2b\$\d\d\$[./A-Za-z0-9]{53})" },
    Pattern { "password-hash", "$2y$", R"(\$2y\$\d\d\$[./A-Za-z0-9]{53})" },
    Pattern { "password-hash", "{SHA}", R"(\{SHA\}[A-Za-z0-9+/]{27}=)" },
    Pattern { "secret-manifest", "Secret", R"((?m)^\s*kind:\s*["']?Secret["']?\s*$)" },
    Pattern {
        "url-password", "://", R"([A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s/:@"'<>]{0,128}:([^\s/@"'<>]{1,256})@[^\s/@:])" },
};

// Three letters that every name of a credential in front of "=" or ":" contains.
constexpr std::array<std::string_view, 24> nameTriggers { "swo", "SWO", "swd", "SWD", "phr", "PHR", "pwd", "PWD",
    "ss=", "SS=", "ss:", "SS:", "ecr", "ECR", "ede", "EDE", "oke", "OKE", "key", "KEY", "Key", "dsn", "DSN", "nSt" };

// Which patterns could apply to a text, by one look per byte at three letters.
struct Prefilter {
    static constexpr std::size_t slots = 4096;
    static constexpr std::uint64_t assignment = std::uint64_t(1) << 63;

    std::array<std::uint32_t, slots> letters {}; // of the one trigger that hashes to here; 0 = none
    std::array<std::uint64_t, slots> sets {}; // bit = index of a pattern
    std::uint32_t factor = 0x9E3779B1u;
    std::vector<std::unique_ptr<RE2>> expressions;

    Prefilter()
    {
        static_assert(patterns.size() < 63);
        while (!fill())
            factor += 0x2545F490u; // stays odd
        for (const Pattern& pattern : patterns) {
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
    std::size_t slot(std::uint32_t three) const { return (three * factor) >> 20; }

    std::uint64_t candidates(std::string_view text) const
    {
        std::uint64_t set = 0;
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
        sets.fill(0);
        bool fits = true;
        const auto put = [&](std::string_view trigger, std::uint64_t bit) {
            const std::uint32_t three = lettersAt(trigger.data());
            const std::size_t at = slot(three);
            fits = fits && (letters[at] == 0 || letters[at] == three);
            letters[at] = three;
            sets[at] |= bit;
        };
        for (std::size_t i = 0; i < patterns.size(); ++i)
            put(patterns[i].trigger, std::uint64_t(1) << i);
        for (const std::string_view trigger : nameTriggers)
            put(trigger, assignment);
        return fits;
    }
};

const Prefilter& prefilter()
{
    static const Prefilter filter;
    return filter;
}

bool matches(std::size_t index, std::string_view text)
{
    const Pattern& pattern = patterns[index];
    const std::size_t first = text.find(pattern.trigger);
    if (first == text.npos)
        return false;
    const RE2& expression = *prefilter().expressions[index];
    re2::StringPiece rest(text.data(), text.size());
    if (pattern.rule == "secret-manifest") // a template of one holds no value yet
        return RE2::PartialMatch(rest, expression) && text.find("ata:") != text.npos && text.find("{{") == text.npos;
    if (pattern.rule != "url-password")
        return RE2::PartialMatch(rest, expression);
    if (text.find('@', first) == text.npos)
        return false;
    std::string password;
    while (RE2::FindAndConsume(&rest, expression, &password)) {
        if (isCredential(NameClass::Password, password, Trust::Variable))
            return true;
    }
    return false;
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

// The word that begins behind place on the same line.
std::string_view wordBehind(std::string_view text, std::size_t place)
{
    std::size_t begin = place;
    while (begin < text.size() && begin - place < 8
        && (text[begin] == ' ' || text[begin] == '\t' || text[begin] == '"' || text[begin] == '\''
            || text[begin] == '\\' || text[begin] == '='))
        ++begin;
    std::size_t end = begin;
    while (end < text.size() && end - begin < 4096) {
        const char c = text[end];
        if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\'' || c == ',' || c == ';' || c == '&'
            || c == '\\')
            break;
        ++end;
    }
    return text.substr(begin, end - begin);
}

std::string_view findAssignment(std::string_view text)
{
    for (std::size_t place = 0; place < text.size(); ++place) {
        if (text[place] != '=' && text[place] != ':')
            continue;
        const std::string_view name = nameBefore(text, place);
        const NameClass nameClass = classOfName(name);
        if (nameClass == NameClass::None)
            continue;
        const std::string_view value = wordBehind(text, place + 1);
        if (value.size() >= 4 && value != name && isCredential(nameClass, value, Trust::Field))
            return nameClass == NameClass::Password ? "config-password" : "config-credential";
    }
    return {};
}

} // namespace

std::string_view findCredential(std::string_view text, Assignments assignments)
{
    if (text.size() < 12)
        return {};
    const std::uint64_t candidates = prefilter().candidates(text);
    if (candidates == 0)
        return {};
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        if ((candidates >> i & 1) != 0 && matches(i, text))
            return patterns[i].rule;
    }
    if (assignments == Assignments::Read && (candidates & Prefilter::assignment) != 0)
        return findAssignment(text);
    return {};
}

} // namespace plimsoll::snapshot::detail
