// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/Masking.h"

#include <algorithm>
#include <array>

#include "core/base/Hash.h"
#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/snapshot/detail/MaskNames.h"
#include "core/snapshot/detail/MaskPacked.h"
#include "core/snapshot/detail/MaskPatterns.h"

namespace plimsoll::snapshot {

using detail::classOfName;
using detail::judge;
using detail::Judgement;
using detail::NameClass;
using detail::Trust;
using format::Document;
using format::Type;
using format::Value;

namespace {

constexpr std::string_view maskStart = "<masked: ";
constexpr std::string_view lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
constexpr std::string_view openShiftToken = "openshift.io/token-secret.value";
constexpr std::size_t maxEmbeddedJson = 4u << 20;

// Fields of the API that hold names, times and enumerations, and are most of the strings of a pod.
constexpr std::array<std::string_view, 35> harmlessKeys { "apiVersion", "containerID", "creationTimestamp", "dnsPolicy",
    "fieldPath", "fieldsType", "finishedAt", "hostIP", "image", "imageID", "imagePullPolicy", "ip", "kind",
    "lastProbeTime", "lastTransitionTime", "mountPath", "name", "namespace", "nodeName", "phase", "podIP",
    "priorityClassName", "protocol", "resourceVersion", "restartPolicy", "schedulerName", "serviceAccount",
    "serviceAccountName", "startTime", "startedAt", "status", "terminationMessagePath", "terminationMessagePolicy",
    "topologyKey", "uid" };

struct KeyKind {
    NameClass nameClass = NameClass::None;
    bool isHarmless = false;
};

// The same few keys come again and again, so what they mean is remembered: one compare instead of a search.
KeyKind kindOfKey(std::string_view key)
{
    struct Entry {
        std::array<char, 30> text;
        std::uint8_t size = 0;
        KeyKind kind;
    };
    constexpr std::size_t entryCount = 512;
    thread_local std::array<Entry, entryCount> entries;

    const auto judge = [&] { return KeyKind { classOfName(key), std::ranges::binary_search(harmlessKeys, key) }; };
    if (key.empty() || key.size() > Entry().text.size())
        return judge();
    Entry& entry = entries[hashBytes(key) % entryCount];
    if (std::string_view(entry.text.data(), entry.size) != key) {
        entry.kind = judge();
        std::ranges::copy(key, entry.text.begin());
        entry.size = static_cast<std::uint8_t>(key.size());
    }
    return entry.kind;
}

std::string ruleOf(std::string_view place, NameClass nameClass, Judgement judgement)
{
    if (judgement == Judgement::WeakDefault)
        return std::string(detail::weakDefault);
    return std::string(place) + std::string(detail::toText(nameClass));
}

// Files that hold private keys behind a password which often stands beside them.
bool isKeyStore(std::string_view key)
{
    const bool isStore = key.ends_with(".p12") || key.ends_with(".pfx") || key.ends_with(".jks")
        || key.ends_with(".keystore") || key.ends_with(".kdbx");
    return isStore && key.find("trust") == key.npos && key.find("ca") != 0;
}

// Programs that take a password behind -p, or with no blank behind it.
bool isLoginProgram(std::string_view word)
{
    constexpr std::array programs
        = std::to_array<std::string_view>({ "mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump", "mongo",
            "mongosh", "mongodump", "mongorestore", "sshpass", "htpasswd", "sqlcmd", "redis-cli" });
    word.remove_prefix(std::min(word.rfind('/') + 1, word.size()));
    return std::ranges::find(programs, word) != programs.end();
}

// Walks one document. Depth is bounded by the parser.
class Redactor {
public:
    Redactor(Document& document, unsigned embedding)
        : m_document(document)
        , m_embedding(embedding)
    {
    }

    std::vector<MaskedValue> redact(std::string_view apiVersion, std::string_view kind);

private:
    // Where in the object the walk is; spelled as a pointer only for a hit.
    struct Step {
        std::string_view key {};
        std::size_t index = 0;
        bool isElement = false;
    };
    // What the strings around tell about a string.
    enum class Context : std::uint8_t {
        Field, // of an API object
        Variables, // env, the data of a ConfigMap: names chosen by people for what they hold
        Schema, // of a CRD: texts about fields, only forms count
    };
    struct Hit {
        std::uint32_t node = 0;
        MaskedValue value;
    };

    void walk(Value value, Context context);
    void walkObject(Value object, Context context);
    void walkArray(Value array, Context context);
    void visitString(Value value, Context context);
    void visitArgument(Value value, std::string_view previous, Context context);
    bool visitShortFlag(Value value, std::string_view previous);
    void visitDefault(Value value);
    bool visitEmbedded(Value value, std::string_view rule);
    void maskSecret(Value object);
    void maskAll(Value value, std::string_view rule);
    void maskAnnotations(Value metadata);
    void mask(Value value, std::string_view rule, std::string_view kept = {});
    bool noteMask(Value value, std::string_view text);
    bool maskCertificates(Value value);
    std::string pointer() const;

    Document& m_document;
    unsigned m_embedding; // how deep in JSON inside of strings
    bool m_isLogin = false; // in arguments of a program that takes a password behind -p
    std::vector<Step> m_path;
    std::vector<Hit> m_hits;
};

std::string Redactor::pointer() const
{
    std::string text;
    for (const Step& step : m_path)
        text = step.isElement ? format::pointerTo(text, step.index) : format::pointerTo(text, step.key);
    return text;
}

// A mask that is there already (a snapshot is read again) stands for the value that it replaced.
bool Redactor::noteMask(Value value, std::string_view text)
{
    if (!isMask(text))
        return false;
    m_hits.push_back(
        { value.node(), { std::string(maskedRule(text)), pointer(), static_cast<std::uint32_t>(maskedLength(text)) } });
    return true;
}

void Redactor::mask(Value value, std::string_view rule, std::string_view kept)
{
    if (noteMask(value, value.text().substr(kept.size())))
        return;
    const std::size_t length = value.text().size() - kept.size();
    m_hits.push_back({ value.node(), { std::string(rule), pointer(), static_cast<std::uint32_t>(length) } });
    m_document.setString(value, std::string(kept) + maskText(rule, length));
}

// A value of a Secret that holds certificates: nothing of it stays but what whoever connects is told anyway.
bool Redactor::maskCertificates(Value value)
{
    const std::string_view text = value.text();
    // "BEGIN CERTIFICATE" in base64, by where in a group of three bytes it begins.
    constexpr std::array<std::string_view, 3> encoded { "CRUdJTiBDRVJUSUZJQ0FUR", "QkVHSU4gQ0VSVElGSUNBVE",
        "JFR0lOIENFUlRJRklDQVRF" };
    const bool isEncoded = std::ranges::any_of(encoded, [&](std::string_view part) { return text.contains(part); });
    if (!isEncoded && !text.contains("-----BEGIN CERTIFICATE"))
        return false;
    const auto certificates = isEncoded ? format::readEncodedCertificates(text) : format::readCertificates(text);
    if (certificates.empty())
        return false;
    const std::size_t length = text.size();
    m_hits.push_back({ value.node(), { "certificate", pointer(), static_cast<std::uint32_t>(length) } });
    m_document.setString(value, maskText(certificates, length));
    return true;
}

void Redactor::maskAll(Value value, std::string_view rule)
{
    if (!value.isObject() && !value.isArray()) {
        if (value.type() != Type::Null && !(rule == "secret-data" && maskCertificates(value)))
            mask(value, rule);
        return;
    }
    Step step { .isElement = value.isArray() };
    for (const Value child : value) {
        step.key = child.key();
        m_path.push_back(step);
        maskAll(child, rule);
        m_path.pop_back();
        ++step.index;
    }
}

// Copies of the whole object that tools leave on it.
void Redactor::maskAnnotations(Value metadata)
{
    for (const Value annotations : metadata) {
        if (annotations.key() != "annotations" || !annotations.isObject())
            continue;
        m_path.push_back({ annotations.key() });
        for (const Value annotation : annotations) {
            const std::string_view key = annotation.key();
            const std::string_view text = annotation.text();
            const bool isCopy = key == lastApplied || key == openShiftToken || key.find("last-applied") != key.npos
                || key.ends_with("/applied") || trimmed(text).starts_with('{') || text.size() > 1024;
            if (!isCopy)
                continue;
            m_path.push_back({ key });
            maskAll(annotation, "secret-copy");
            m_path.pop_back();
        }
        m_path.pop_back();
    }
}

// Everything of a Secret that is not known to be harmless, under any spelling of "data".
void Redactor::maskSecret(Value object)
{
    for (const Value member : object) {
        const std::string_view key = member.key();
        const bool isHarmless = key == "apiVersion" || key == "kind" || key == "type" || key == "immutable";
        if (isHarmless)
            continue;
        m_path.push_back({ key });
        if (key == "metadata")
            maskAnnotations(member);
        else
            maskAll(member, "secret-data");
        m_path.pop_back();
    }
}

void Redactor::walk(Value value, Context context)
{
    if (value.isObject())
        walkObject(value, context);
    else if (value.isArray())
        walkArray(value, context);
    else if (value.isString())
        visitString(value, context);
}

void Redactor::walkObject(Value object, Context context)
{
    std::string_view name;
    Value literal;
    bool isSecret = false;
    std::uint32_t index = m_document.node(object.node()).firstChild;
    for (; index != Document::none; index = m_document.node(index).nextSibling) {
        const Document::Node& member = m_document.node(index);
        if (context == Context::Schema && member.key == "default") {
            visitDefault(m_document.value(index));
        } else if (member.type == Type::String) {
            if (member.key == "name")
                name = member.text;
            else if (member.key == "value")
                literal = m_document.value(index);
            else if (member.key == "kind" && member.text == "Secret")
                isSecret = true;
            m_path.push_back({ member.key });
            visitString(m_document.value(index), context);
            m_path.pop_back();
        } else if (member.firstChild != Document::none && member.key != "managedFields") { // which holds no values
            m_path.push_back({ member.key });
            walk(m_document.value(index), context);
            m_path.pop_back();
        }
    }
    if (literal.isPresent() && !name.empty()) { // env, parameters of Helm, Argo and Tekton
        const NameClass nameClass = classOfName(name);
        if (const Judgement found = judge(nameClass, literal.text(), Trust::Variable); found != Judgement::Harmless) {
            m_path.push_back({ "value" });
            mask(literal, ruleOf("env-", nameClass, found));
            m_path.pop_back();
        }
    }
    if (isSecret && (object["data"].isPresent() || object["stringData"].isPresent()))
        maskSecret(object); // inside a template or a list of another kind
}

void Redactor::walkArray(Value array, Context context)
{
    std::string_view previous;
    Step step { .isElement = true };
    std::uint32_t index = m_document.node(array.node()).firstChild;
    const bool wasLogin = m_isLogin;
    m_isLogin = m_isLogin && !m_path.empty() && m_path.back().key == "args"; // the program may stand in command
    for (; index != Document::none; index = m_document.node(index).nextSibling, ++step.index) {
        m_path.push_back(step);
        const bool isString = m_document.node(index).type == Type::String;
        const std::string_view text = m_document.node(index).text;
        if (isString)
            visitArgument(m_document.value(index), previous, context);
        else
            walk(m_document.value(index), context);
        m_path.pop_back();
        previous = isString ? text : std::string_view();
        if (isString && !text.starts_with('-') && text.size() < 64 && isLoginProgram(text))
            m_isLogin = true;
        else if (isString && (text == "-u" || text == "-U" || text == "--username" || text == "--user"))
            m_isLogin = true;
    }
    m_isLogin = m_isLogin || wasLogin;
}

// "--password=x", "PASSWORD=x", and "--password" "x": the name stays, because controls read arguments.
void Redactor::visitArgument(Value value, std::string_view previous, Context context)
{
    const std::string_view text = value.text();
    if (context != Context::Schema) {
        const std::size_t equals = text.substr(0, 128).find('=');
        const bool isScript = !text.starts_with('-') && text.find_first_of(" \n;") != text.npos;
        if (!isScript && equals != text.npos && text.substr(0, equals).find_first_of(" \n\"'") == text.npos) {
            if (noteMask(value, text.substr(equals + 1)))
                return;
            const NameClass nameClass = classOfName(text.substr(0, equals));
            const Judgement found = judge(nameClass, text.substr(equals + 1), Trust::Variable);
            if (found != Judgement::Harmless) {
                mask(value, ruleOf("arg-", nameClass, found), text.substr(0, equals + 1));
                return;
            }
        } else if (previous.starts_with('-') && !text.starts_with('-') && previous.find('=') == previous.npos) {
            const NameClass nameClass = classOfName(previous);
            if (const Judgement found = judge(nameClass, text, Trust::Variable); found != Judgement::Harmless) {
                mask(value, ruleOf("arg-", nameClass, found));
                return;
            }
            if (previous.size() == 2 && visitShortFlag(value, previous))
                return;
        } else if (m_isLogin && text.starts_with("-p") && text.size() > 4) {
            const Judgement found = judge(NameClass::Password, text.substr(2), Trust::Variable);
            if (found != Judgement::Harmless && !toInteger(text.substr(2))) {
                mask(value, ruleOf("arg-", NameClass::Password, found), "-p");
                return;
            }
        }
    }
    visitString(value, context);
}

// "-p" "x" of programs that log in, and "-u" "user:x".
bool Redactor::visitShortFlag(Value value, std::string_view previous)
{
    const std::string_view text = value.text();
    const bool isPassword = previous == "-p" || previous == "-P" || previous == "-a" || previous == "-w";
    const bool isNumbers = text.find_first_not_of("0123456789:.") == text.npos;
    Judgement found = Judgement::Harmless;
    if (isPassword && !isNumbers && text.find('=') == text.npos
        && (m_isLogin || (previous == "-p" && detail::isTokenShaped(text))))
        found = judge(NameClass::Password, text, Trust::Variable);
    else if (previous == "-u" && !isNumbers && text.find("//") == text.npos && text.find(':') != text.npos)
        found = judge(NameClass::Login, text, Trust::Variable);
    if (found != Judgement::Harmless)
        mask(value, ruleOf("arg-", isPassword ? NameClass::Password : NameClass::Login, found));
    return found != Judgement::Harmless;
}

void Redactor::visitString(Value value, Context context)
{
    const std::string_view text = m_document.node(value.node()).text;
    const std::string_view key = m_document.node(value.node()).key;
    if (text.empty())
        return;
    const bool areNamesKnown = context != Context::Variables; // fields of the API, not names that people chose
    const KeyKind kind = kindOfKey(key);
    if (kind.isHarmless && areNamesKnown)
        return;
    if (kind.nameClass != NameClass::None && context != Context::Schema
        && !(areNamesKnown && detail::isLabel(key, text))) {
        const Judgement found = judge(kind.nameClass, text, areNamesKnown ? Trust::Field : Trust::Variable);
        if (found != Judgement::Harmless) {
            mask(value, ruleOf(areNamesKnown ? "field-" : "config-", kind.nameClass, found));
            return;
        }
    }
    if (text.size() < 12 || noteMask(value, text))
        return;
    if (key == lastApplied) {
        visitEmbedded(value, "last-applied");
        return;
    }
    const bool isProse = context == Context::Schema || key == "description";
    std::string_view rule
        = detail::findCredential(text, isProse ? detail::Assignments::PassOver : detail::Assignments::Read);
    if (rule.empty() && key == "release" && (text.starts_with("H4sI") || text.starts_with("SDRzSU")))
        rule = "helm-release"; // all manifests of a release, its Secrets too
    if (rule.empty() && key.ends_with("/applied") && text.starts_with("H4sI"))
        rule = "packed-copy";
    if (rule.empty() && context == Context::Variables && isKeyStore(key) && text.size() > 100)
        rule = "key-store";
    if (rule.empty() && !isProse)
        rule = detail::findPacked(text);
    if (!rule.empty())
        mask(value, rule);
    else if (!isProse && text.size() >= 24 && text.front() == '{' && trimmed(text).back() == '}')
        visitEmbedded(value, "embedded-credential");
}

// What a CRD fills in where nothing is set: a value under the name of the property around it.
void Redactor::visitDefault(Value value)
{
    const std::string_view property = m_path.empty() ? std::string_view() : m_path.back().key;
    m_path.push_back({ value.key() });
    if (value.isString()) {
        const NameClass nameClass = classOfName(property);
        const Judgement found = judge(nameClass, value.text(), Trust::Field);
        if (found != Judgement::Harmless)
            mask(value, ruleOf("field-", nameClass, found));
        else
            visitString(value, Context::Schema);
    } else {
        walk(value, Context::Field);
    }
    m_path.pop_back();
}

// JSON inside a string: masked as a whole when anything in it is a credential, or when it cannot be looked into.
bool Redactor::visitEmbedded(Value value, std::string_view rule)
{
    const std::string_view text = value.text();
    const bool mustRead = rule == "last-applied";
    if (m_embedding >= 2 || text.size() > maxEmbeddedJson) {
        if (mustRead)
            mask(value, rule);
        return false;
    }
    thread_local format::JsonParser parser;
    Document copy;
    if (!parser.parseCopy(text, copy) || !copy.root().isObject()) {
        if (mustRead)
            mask(value, rule);
        return false;
    }
    const std::string kind(copy.root()["kind"].text());
    const std::string apiVersion(copy.root()["apiVersion"].text());
    Redactor inner(copy, m_embedding + 1);
    const bool isHit = !inner.redact(apiVersion, kind.empty() ? "embedded" : kind).empty();
    copy.wipe();
    parser.wipe();
    if (isHit)
        mask(value, rule);
    return isHit;
}

std::vector<MaskedValue> Redactor::redact(std::string_view, std::string_view kind)
{
    const Value root = m_document.root();
    const bool isUnknown = kind.empty() && (root["data"].isObject() || root["stringData"].isPresent());
    if (kind == "Secret" || isUnknown) {
        maskSecret(root);
        for (const Value member : root) { // labels and remaining annotations
            if (member.key() == "metadata") {
                m_path.push_back({ member.key() });
                walk(member, Context::Field);
                m_path.pop_back();
            }
        }
    } else if (kind == "ConfigMap") {
        for (const Value member : root) {
            const bool isData = member.key() == "data" || member.key() == "binaryData";
            m_path.push_back({ member.key() });
            walk(member, isData ? Context::Variables : Context::Field);
            m_path.pop_back();
        }
    } else {
        walk(root, kind == "CustomResourceDefinition" ? Context::Schema : Context::Field);
        for (const Value member : root) { // no built-in kind but Secret has it
            if (member.key() != "stringData")
                continue;
            m_path.push_back({ member.key() });
            maskAll(member, "secret-data");
            m_path.pop_back();
        }
    }
    std::ranges::stable_sort(m_hits, {}, &Hit::node); // nodes lie in document order
    // What one rule masked another sees as a mask.
    const auto twice = std::ranges::unique(m_hits, {}, &Hit::node);
    m_hits.erase(twice.begin(), twice.end());
    std::vector<MaskedValue> masked;
    masked.reserve(m_hits.size());
    for (Hit& hit : m_hits)
        masked.push_back(std::move(hit.value));
    return masked;
}

} // namespace

std::string maskText(std::string_view rule, std::size_t length)
{
    return std::string(maskStart) + std::to_string(length) + " bytes, " + std::string(rule) + '>';
}

namespace {

constexpr std::string_view certificateRule = "certificate";

// What stands between "<masked: " and ">", in parts.
struct MaskParts {
    std::string_view length, rule, facts; // facts: "[...]", or empty
};

std::optional<MaskParts> partsOf(std::string_view text)
{
    constexpr std::string_view middle = " bytes, ";
    if (!text.starts_with(maskStart) || !text.ends_with('>'))
        return std::nullopt;
    text = text.substr(maskStart.size(), text.size() - maskStart.size() - 1);
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || !text.substr(digits).starts_with(middle))
        return std::nullopt;
    MaskParts parts { text.substr(0, digits), text.substr(digits + middle.size()), {} };
    if (const std::size_t space = parts.rule.find(' '); space != parts.rule.npos) {
        parts.facts = parts.rule.substr(space + 1);
        parts.rule = parts.rule.substr(0, space);
        if (parts.rule != certificateRule || !parts.facts.starts_with('[') || !parts.facts.ends_with(']'))
            return std::nullopt;
    }
    const bool isRule
        = !parts.rule.empty() && parts.rule.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == parts.rule.npos;
    return isRule ? std::optional(parts) : std::nullopt;
}

// Empty when the list is not exactly what maskText() writes.
std::vector<format::Certificate> certificatesIn(std::string_view facts)
{
    format::Document document;
    format::JsonParser parser;
    std::vector<format::Certificate> certificates;
    if (!parser.parseCopy(facts, document) || !document.root().isArray())
        return {};
    for (const Value one : document.root()) {
        auto certificate = format::certificateFromText(format::toJson(one));
        if (!certificate)
            return {};
        certificates.push_back(std::move(*certificate));
    }
    const std::string mask = maskText(certificates, 0);
    const bool isSame = mask.ends_with(' ' + std::string(facts) + '>');
    return isSame ? certificates : std::vector<format::Certificate>();
}

} // namespace

std::string maskText(std::span<const format::Certificate> certificates, std::size_t length)
{
    std::vector<std::string> facts;
    for (const format::Certificate& certificate : certificates)
        facts.push_back(format::toText(certificate));
    return maskText(std::string(certificateRule) + " [" + join(facts, ",") + ']', length);
}

bool isMask(std::string_view text)
{
    const auto parts = partsOf(text);
    return parts && (parts->facts.empty() || !certificatesIn(parts->facts).empty());
}

std::size_t maskedLength(std::string_view mask)
{
    const auto parts = isMask(mask) ? partsOf(mask) : std::nullopt;
    return parts ? static_cast<std::size_t>(std::max<std::int64_t>(toInteger(parts->length).value_or(0), 0)) : 0;
}

std::string_view maskedRule(std::string_view mask)
{
    const auto parts = isMask(mask) ? partsOf(mask) : std::nullopt;
    return parts ? parts->rule : std::string_view();
}

std::vector<format::Certificate> maskedCertificates(std::string_view mask)
{
    const auto parts = partsOf(mask);
    return parts && !parts->facts.empty() ? certificatesIn(parts->facts) : std::vector<format::Certificate>();
}

std::vector<MaskedValue> redact(Document& document, std::string_view apiVersion, std::string_view kind)
{
    if (!document.root().isObject())
        return {};
    return Redactor(document, 0).redact(apiVersion, kind);
}

} // namespace plimsoll::snapshot
