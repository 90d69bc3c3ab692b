// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/Age.h"

#include <algorithm>
#include <fstream>

#include "core/base/Text.h"
#include "core/snapshot/detail/AgeCrypto.h"
#include "core/snapshot/detail/Seal.h"

namespace plimsoll::snapshot::detail {

namespace {

constexpr std::size_t chunkBytes = 64u << 10;
constexpr std::size_t sealedChunkBytes = chunkBytes + 16;
constexpr std::size_t fileKeyBytes = 16;
constexpr std::size_t nonceBytes = 16;
constexpr std::size_t columns = 64;
constexpr std::size_t maxStanzas = 1000;
constexpr unsigned workFactor = 18; // as the age tool has it: about a second
constexpr unsigned maxWorkFactor = 22; // a file must not make us compute for ever
constexpr std::string_view x25519Info = "age-encryption.org/v1/X25519";
constexpr std::string_view scryptInfo = "age-encryption.org/v1/scrypt";

std::string unpadded(std::string_view bytes)
{
    std::string out = base64(bytes);
    while (out.ends_with('='))
        out.pop_back();
    return out;
}

std::optional<std::string> fromUnpadded(std::string_view text)
{
    if (text.contains('='))
        return std::nullopt;
    return fromBase64(std::string(text) + std::string((4 - text.size() % 4) % 4, '='));
}

struct Stanza {
    std::vector<std::string> arguments;
    std::string body;
};

std::string textOf(const Stanza& stanza)
{
    std::string out = "-> " + join(stanza.arguments, " ") + '\n';
    const std::string body = unpadded(stanza.body);
    for (std::size_t at = 0; at <= body.size(); at += columns)
        out += body.substr(at, columns) + '\n'; // the last line is shorter than the others, if need be empty
    return out;
}

Result<Stanza> wrapFor(const std::string& recipient, std::string_view fileKey)
{
    const auto peer = fromBech32("age", recipient);
    const auto wrong = [&] {
        return failure(ErrorKind::Usage, "this is no age recipient", shortened(printable(recipient), 80),
            "give the public key that age-keygen prints: age1...");
    };
    if (!peer || peer->size() != 32 || toLowerAscii(recipient) != recipient)
        return wrong();
    std::string secret = randomBytes(32);
    const std::string share = x25519Public(secret);
    auto shared = x25519(secret, *peer);
    wipeKey(secret);
    if (!shared)
        return wrong();
    std::string key = hkdf(*shared, share + *peer, x25519Info);
    Stanza out { { "X25519", unpadded(share) }, sealChaCha(key, std::string(12, '\0'), fileKey) };
    wipeKey(*shared);
    wipeKey(key);
    return out;
}

Stanza wrapWith(const std::string& passphrase, std::string_view fileKey)
{
    const std::string salt = randomBytes(16);
    auto key = scryptKey(passphrase, std::string(scryptInfo) + salt, workFactor);
    PLIMSOLL_ASSERT(key.has_value());
    Stanza out { { "scrypt", unpadded(salt), std::to_string(workFactor) },
        sealChaCha(*key, std::string(12, '\0'), fileKey) };
    wipeKey(*key);
    return out;
}

std::string streamNonce(std::uint64_t counter, bool isLast)
{
    std::string out(12, '\0');
    for (unsigned i = 0; i < 8; ++i)
        out[10 - i] = static_cast<char>((counter >> (8 * i)) & 0xFF);
    out[11] = isLast ? 1 : 0;
    return out;
}

std::optional<std::string> unwrapped(const Stanza& stanza, const std::string& identity)
{
    auto secret = fromBech32("age-secret-key-", identity);
    const auto share = stanza.arguments.size() == 2 ? fromUnpadded(stanza.arguments[1]) : std::nullopt;
    if (!secret || secret->size() != 32 || !share || share->size() != 32)
        return std::nullopt;
    const std::string own = x25519Public(*secret);
    auto shared = x25519(*secret, *share);
    wipeKey(*secret);
    if (!shared)
        return std::nullopt;
    std::string key = hkdf(*shared, *share + own, x25519Info);
    wipeKey(*shared);
    auto out = openChaCha(key, std::string(12, '\0'), stanza.body);
    wipeKey(key);
    return out;
}

Result<std::string> unwrappedWith(const Stanza& stanza, const AgeKeys& keys)
{
    const auto salt = stanza.arguments.size() == 3 ? fromUnpadded(stanza.arguments[1]) : std::nullopt;
    const auto factor = salt ? toInteger(stanza.arguments[2]) : std::nullopt;
    if (!factor || *factor < 1 || std::to_string(*factor) != stanza.arguments[2] || salt->size() != 16)
        return failure(ErrorKind::Format, "the age header is damaged");
    if (*factor > maxWorkFactor)
        return failure(ErrorKind::Limit, "opening it would take too much work (scrypt 2^" + stanza.arguments[2] + ')');
    auto passphrase = keys.passphrase ? keys.passphrase() : std::nullopt;
    if (!passphrase)
        return failure(ErrorKind::Access, "it is encrypted with a passphrase", {}, "give the passphrase");
    auto key = scryptKey(*passphrase, std::string(scryptInfo) + *salt, static_cast<unsigned>(*factor));
    wipeKey(*passphrase);
    auto out = key ? openChaCha(*key, std::string(12, '\0'), stanza.body) : std::nullopt;
    if (!out)
        return failure(ErrorKind::Access, "the passphrase does not open it", {}, "try another passphrase");
    return *out;
}

struct Header {
    std::vector<Stanza> stanzas;
    std::string_view signedText; // what the MAC is over
    std::string mac;
    std::size_t size = 0;
};

// One line without its end. Nothing when the text breaks off.
std::optional<std::string_view> nextLine(std::string_view text, std::size_t& at)
{
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos)
        return std::nullopt;
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    return line;
}

std::optional<Header> readHeader(std::string_view file)
{
    Header out;
    std::size_t at = ageMagic.size();
    for (;;) {
        const std::size_t begin = at;
        const auto line = nextLine(file, at);
        if (!line || out.stanzas.size() > maxStanzas)
            return std::nullopt;
        if (line->starts_with("--- ")) {
            const auto mac = fromUnpadded(line->substr(4));
            if (!mac || mac->size() != 32)
                return std::nullopt;
            out.signedText = file.substr(0, begin + 3);
            out.mac = *mac;
            out.size = at;
            return out.stanzas.empty() ? std::nullopt : std::optional(std::move(out));
        }
        if (!line->starts_with("-> "))
            return std::nullopt;
        Stanza stanza;
        for (const std::string_view argument : split(line->substr(3), ' '))
            stanza.arguments.emplace_back(argument);
        std::string body;
        for (bool isLast = false; !isLast;) {
            const auto part = nextLine(file, at);
            if (!part || part->size() > columns)
                return std::nullopt;
            body += *part;
            isLast = part->size() < columns;
        }
        auto bytes = fromUnpadded(body);
        if (!bytes || std::ranges::any_of(stanza.arguments, &std::string::empty))
            return std::nullopt;
        stanza.body = std::move(*bytes);
        out.stanzas.push_back(std::move(stanza));
    }
}

Result<std::string> fileKeyOf(const Header& header, const AgeKeys& keys)
{
    for (const Stanza& stanza : header.stanzas) {
        if (stanza.arguments.front() != "scrypt")
            continue;
        if (header.stanzas.size() != 1) // as age has it: a passphrase stands alone
            return failure(ErrorKind::Format, "the age header is damaged");
        return unwrappedWith(stanza, keys);
    }
    for (const Stanza& stanza : header.stanzas) {
        if (stanza.arguments.front() != "X25519")
            continue;
        for (const std::string& identity : keys.identities) {
            if (auto key = unwrapped(stanza, identity))
                return *key;
        }
    }
    if (keys.identities.empty())
        return failure(ErrorKind::Access, "it is encrypted for a recipient", {}, "give the age identity that opens it");
    return failure(ErrorKind::Access, "none of the identities opens it", {}, "give the age identity of a recipient");
}

Result<std::string> decryptPayload(std::string_view payload, std::string_view fileKey, Progress& progress)
{
    const auto damaged = [] { return failure(ErrorKind::Format, "the encrypted file was changed or breaks off"); };
    if (payload.size() < nonceBytes + 16)
        return damaged();
    std::string key = hkdf(fileKey, payload.substr(0, nonceBytes), "payload");
    payload.remove_prefix(nonceBytes);
    std::string out;
    out.reserve(payload.size());
    for (std::uint64_t counter = 0; !payload.empty(); ++counter) {
        if (progress.isCancelled())
            return failure(ErrorKind::Cancelled, "cancelled");
        const std::size_t size = std::min(payload.size(), sealedChunkBytes);
        const bool isLast = size == payload.size();
        const auto plain = openChaCha(key, streamNonce(counter, isLast), payload.substr(0, size));
        // An empty last chunk is only right for an empty file.
        if (!plain || (plain->empty() && counter > 0))
            return damaged();
        out += *plain;
        payload.remove_prefix(size);
    }
    wipeKey(key);
    return out;
}

} // namespace

Result<AgeEncryptor> AgeEncryptor::create(
    const std::vector<std::string>& recipients, const std::optional<std::string>& passphrase, ByteWriter out)
{
    std::string fileKey = randomBytes(fileKeyBytes);
    std::string header(ageMagic);
    if (passphrase) {
        header += textOf(wrapWith(*passphrase, fileKey));
    } else {
        for (const std::string& recipient : recipients) {
            const auto stanza = wrapFor(recipient, fileKey);
            if (!stanza)
                return std::unexpected(stanza.error());
            header += textOf(*stanza);
        }
    }
    header += "---";
    header += ' ' + unpadded(hmacSha256(hkdf(fileKey, {}, "header"), header)) + '\n';
    const std::string nonce = randomBytes(nonceBytes);
    AgeEncryptor made;
    made.m_out = std::move(out);
    made.m_key = hkdf(fileKey, nonce, "payload");
    wipeKey(fileKey);
    if (auto written = made.m_out(header + nonce); !written)
        return std::unexpected(written.error());
    return made;
}

Result<void> AgeEncryptor::seal(std::string_view chunk, bool isLast)
{
    return m_out(sealChaCha(m_key, streamNonce(m_counter++, isLast), chunk));
}

Result<void> AgeEncryptor::write(std::string_view plain)
{
    while (!plain.empty()) {
        // A full chunk is held back until it is known whether it is the last.
        if (m_pending.size() == chunkBytes) {
            if (auto written = seal(m_pending, false); !written)
                return written;
            m_pending.clear();
        }
        const std::size_t count = std::min(plain.size(), chunkBytes - m_pending.size());
        m_pending += plain.substr(0, count);
        plain.remove_prefix(count);
    }
    return {};
}

Result<void> AgeEncryptor::finish()
{
    auto written = seal(m_pending, true);
    wipeKey(m_key);
    return written;
}

Result<std::vector<std::string>> readIdentities(const std::string& path)
{
    std::ifstream file(path);
    if (!file)
        return failure(ErrorKind::Access, "cannot read the identity file", path, "check the path and its permissions");
    std::vector<std::string> out;
    for (std::string line; std::getline(file, line);) {
        const std::string_view text = trimmed(line);
        if (text.starts_with("AGE-SECRET-KEY-1"))
            out.emplace_back(text);
        wipeKey(line);
    }
    if (out.empty())
        return failure(
            ErrorKind::Format, "the file holds no X25519 identity", path, "give a file that age-keygen wrote");
    return out;
}

Result<std::string> decryptAge(std::string_view file, const AgeKeys& keys, Progress& progress)
{
    const auto header = readHeader(file);
    if (!header)
        return failure(ErrorKind::Format, "the age header is damaged or breaks off");
    auto fileKey = fileKeyOf(*header, keys);
    if (!fileKey)
        return fileKey;
    if (fileKey->size() != fileKeyBytes || hmacSha256(hkdf(*fileKey, {}, "header"), header->signedText) != header->mac)
        return failure(ErrorKind::Format, "the age header was changed");
    auto out = decryptPayload(file.substr(header->size), *fileKey, progress);
    wipeKey(*fileKey);
    return out;
}

} // namespace plimsoll::snapshot::detail
