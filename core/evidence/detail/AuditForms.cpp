// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/detail/AuditForms.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/Text.h"
#include "core/evidence/detail/JsonStream.h"

namespace plimsoll::evidence {

namespace {

using format::Value;

constexpr std::size_t largeBytes = 8u << 10;

// Bodies are passed over before anything is made of them: they may hold Secrets.
bool skipsBody(std::size_t depth, std::string_view key)
{
    return key == "requestObject" || key == "responseObject" || (depth == 1 && (key == "request" || key == "response"));
}

void readIdentity(Value who, AuditEvent::Who& out)
{
    out.name = who["username"].text();
    for (const Value group : who["groups"])
        out.groups.push_back(group.text());
}

UnixSeconds eventTime(Value event)
{
    for (const std::string_view key : { "requestReceivedTimestamp", "stageTimestamp", "timestamp" }) {
        if (const auto time = parseTime(event[key].text()))
            return *time;
    }
    return 0;
}

AuditEvent readEvent(Value event)
{
    AuditEvent out;
    out.id = event["auditID"].text();
    out.level = event["level"].text();
    out.stage = event["stage"].text();
    out.verb = event["verb"].text();
    out.uri = event["requestURI"].text();
    const Value object = event["objectRef"];
    out.resource = object["resource"].text();
    out.apiGroup = object["apiGroup"].text();
    out.subresource = object["subresource"].text();
    out.ns = object["namespace"].text();
    out.name = object["name"].text();
    const Value as = event["impersonatedUser"];
    out.isImpersonated = as.isObject();
    readIdentity(event["user"], out.user);
    if (out.isImpersonated)
        readIdentity(as, out.as);
    const Value status = event["responseStatus"];
    out.code = status["code"].asInteger().value_or(0);
    if (out.code >= 400)
        out.message = status["message"].text();
    out.decision = event["annotations"]["authorization.k8s.io/decision"].text();
    for (const Value source : event["sourceIPs"])
        out.source = source.text(); // the last one is what the API server saw, the others are what it was told
    out.at = eventTime(event);
    return out;
}

bool isEventJson(Value root)
{
    return root["apiVersion"].text().starts_with("audit.k8s.io/");
}

// "core/v1/namespaces/shop/pods/web/exec" as resourceName has it.
void readGoogleResource(std::string_view path, AuditEvent& out)
{
    std::vector<std::string_view> parts = split(path, '/');
    const auto part = [&](std::size_t at) { return at < parts.size() ? parts[at] : std::string_view(); };
    if (parts.size() < 3)
        return;
    out.apiGroup = parts[0] == "core" ? std::string_view() : parts[0];
    std::size_t at = 2;
    const bool isNamespaceItself = part(2) == "namespaces"
        && (parts.size() <= 4 || (parts.size() == 5 && (part(4) == "finalize" || part(4) == "status")));
    if (part(2) == "namespaces" && !isNamespaceItself) {
        out.ns = part(3);
        at = 4;
    }
    out.resource = part(at);
    out.name = part(at + 1);
    out.subresource = part(at + 2);
    if (isNamespaceItself)
        out.ns = out.name;
}

// What google.rpc.Code says, as HTTP does; the codes an API server's answers are turned into.
std::int64_t httpCodeOf(std::int64_t code)
{
    switch (code) {
    case 0:
        return 200;
    case 3:
        return 400;
    case 5:
        return 404;
    case 6:
        return 409;
    case 7:
        return 403;
    case 10:
        return 409;
    case 16:
        return 401;
    default:
        return 500;
    }
}

// Google's log names no groups; those that an identity always has follow from its name.
void addImpliedGroups(AuditEvent::Who& who)
{
    if (who.name == "system:anonymous") {
        who.groups.push_back("system:unauthenticated");
        return;
    }
    who.groups.push_back("system:authenticated");
    if (who.name.starts_with("system:serviceaccount:"))
        who.groups.push_back("system:serviceaccounts");
}

} // namespace

bool isLegacyAuditText(std::string_view text)
{
    return text.substr(0, 8192).contains(" AUDIT: id=\"");
}

AuditForms::~AuditForms()
{
    wipeText(m_text);
    m_document.wipe();
    m_inner.wipe();
    m_parser.wipe();
    m_innerParser.wipe();
}

void AuditForms::noteForm(std::string_view form)
{
    if (m_form.empty())
        m_form = form;
    else if (m_form != form)
        m_form = "several";
}

AuditForms::Taken AuditForms::other()
{
    ++m_others;
    return Taken::Other;
}

AuditForms::Taken AuditForms::take(std::string_view paddedText)
{
    // An export of CloudWatch puts the time before each message, syslog its own words.
    if (!paddedText.starts_with('{') && !paddedText.starts_with('[')) {
        const std::string_view first = paddedText.substr(0, paddedText.find(' '));
        const bool isTimed = first.size() > 10 && parseTime(first).has_value();
        const std::size_t at = paddedText.substr(0, 512).find('{');
        if (!isTimed && at == std::string_view::npos)
            return Taken::Nothing;
        if (isTimed)
            return takeText(trimmed(paddedText.substr(first.size())), "Amazon EKS (CloudWatch export)");
        return takeText(paddedText.substr(at), "Kubernetes");
    }
    if (!m_parser.parse(paddedText, m_document, skipsBody))
        return Taken::Nothing;
    const Taken out = takeValue(m_document.root());
    if (paddedText.size() > largeBytes) { // such texts the documents keep one by one, and give them back as they are
        m_document.wipe();
        m_inner.wipe();
    }
    return out;
}

AuditForms::Taken AuditForms::takeList(Value list, Taken (AuditForms::*taker)(Value))
{
    Taken out = Taken::Other;
    for (const Value one : list)
        out = std::max(out, (this->*taker)(one));
    return out;
}

AuditForms::Taken AuditForms::takeValue(Value root)
{
    if (isEventJson(root)) {
        noteForm("Kubernetes");
        return takeEvent(root);
    }
    if (root["protoPayload"].isObject())
        return takeGoogle(root);
    if (root["records"].isArray())
        return takeList(root["records"], &AuditForms::takeAzure);
    if (root["AuditId"].isString() && root["Stage"].isString())
        return takeAzureRow(root);
    if (root["category"].isString() || root["Category"].isString() || root["log_s"].isString())
        return takeAzure(root);
    for (const std::string_view name : { "events", "logEvents", "results" }) {
        if (root[name].isArray())
            return takeList(root[name], &AuditForms::takeCloudWatch);
    }
    if (root.isArray() || root["message"].isString() || root["@message"].isString())
        return takeCloudWatch(root);
    if (root["log"].isString()) // a log that went through a container runtime
        return takeText(trimmed(root["log"].text()), "Kubernetes");
    return Taken::Nothing;
}

AuditForms::Taken AuditForms::takeEvent(Value event)
{
    if (event["kind"].text() == "EventList")
        return takeList(event["items"], &AuditForms::takeEvent);
    if (const std::string_view kind = event["kind"].text(); !kind.empty() && kind != "Event")
        return Taken::Nothing;
    m_counter.take(readEvent(event));
    return Taken::Event;
}

AuditForms::Taken AuditForms::takeAzure(Value record)
{
    std::string_view category = record["category"].text();
    if (category.empty())
        category = record["Category"].text();
    if (!category.empty() && category != "kube-audit" && category != "kube-audit-admin")
        return other();
    constexpr std::string_view form = "Azure AKS (resource logs)";
    const Value properties = record["properties"];
    if (properties.isString()) { // an object in a string, with another one in it
        format::JsonParser parser;
        format::Document document;
        if (!parser.parseCopy(properties.text(), document))
            return other();
        const Taken out = takeText(trimmed(document.root()["log"].text()), form);
        document.wipe();
        parser.wipe();
        return out;
    }
    const Value log = properties["log"].isPresent() ? properties["log"] : record["log_s"];
    if (log.isObject() && isEventJson(log)) {
        noteForm(form);
        return takeEvent(log);
    }
    return log.isString() ? takeText(trimmed(log.text()), form) : other();
}

// A row of the tables AKSAudit and AKSAuditAdmin: the fields of an event as columns, objects often as text.
AuditForms::Taken AuditForms::takeAzureRow(Value row)
{
    constexpr auto columns = std::to_array<std::pair<std::string_view, std::string_view>>({
        { "AuditId", "auditID" },
        { "Level", "level" },
        { "Stage", "stage" },
        { "Verb", "verb" },
        { "RequestUri", "requestURI" },
        { "User", "user" },
        { "ImpersonatedUser", "impersonatedUser" },
        { "SourceIps", "sourceIPs" },
        { "ObjectRef", "objectRef" },
        { "ResponseStatus", "responseStatus" },
        { "RequestReceivedTime", "requestReceivedTimestamp" },
        { "StageReceivedTime", "stageTimestamp" },
        { "Annotations", "annotations" },
    });
    std::string event = R"({"kind":"Event","apiVersion":"audit.k8s.io/v1")";
    for (const auto& [column, field] : columns) {
        const Value value = row[column];
        const std::string_view text = value.text();
        if (value.isAbsent() || value.type() == format::Type::Null || (value.isString() && text.empty()))
            continue;
        event += ",\"";
        event += field;
        event += "\":";
        if (value.isString() && (text.starts_with('{') || text.starts_with('[')))
            event += text;
        else
            format::appendJson(event, value);
    }
    event += '}';
    const Taken out = takeText(event, "Azure AKS (resource logs)");
    wipeText(event);
    return out;
}

AuditForms::Taken AuditForms::takeGoogle(Value entry)
{
    const Value payload = entry["protoPayload"];
    const std::string_view method = payload["methodName"].text();
    if (!method.starts_with("io.k8s.") && payload["serviceName"].text() != "k8s.io")
        return other();
    noteForm("Google GKE (Cloud Audit Logs)");
    AuditEvent out;
    out.id = entry["insertId"].text();
    out.stage = "ResponseComplete";
    out.verb = method.substr(method.rfind('.') + 1);
    readGoogleResource(payload["resourceName"].text(), out);
    if (out.resource.empty())
        out.uri = payload["resourceName"].text();
    out.user.name = payload["authenticationInfo"]["principalEmail"].text();
    if (out.user.name.empty())
        out.user.name = "system:anonymous";
    addImpliedGroups(out.user);
    const Value status = payload["status"];
    out.code = httpCodeOf(status["code"].asInteger().value_or(0));
    out.message = status["message"].text();
    // Groups of the API server's own annotations are among the labels.
    out.decision = entry["labels"]["authorization.k8s.io/decision"].text();
    const Value granted = payload["authorizationInfo"].at("/0/granted");
    if (out.decision.empty() && granted.asBool() == true)
        out.decision = "allow";
    out.source = payload["requestMetadata"]["callerIp"].text();
    for (const Value time : { payload["requestMetadata"]["requestAttributes"]["time"], entry["timestamp"],
             payload["timestamp"], entry["receiveTimestamp"] }) {
        if (const auto at = parseTime(time.text())) {
            out.at = *at;
            break;
        }
    }
    m_counter.take(out);
    return Taken::Event;
}

AuditForms::Taken AuditForms::takeCloudWatch(Value entry)
{
    constexpr std::string_view form = "Amazon EKS (CloudWatch)";
    if (entry.isArray()) { // a row of an Insights query
        for (const Value field : entry) {
            if (field["field"].text() == "@message")
                return takeText(trimmed(field["value"].text()), form);
        }
        return other();
    }
    const Value message = entry["message"].isPresent() ? entry["message"] : entry["@message"];
    if (message.isObject() && isEventJson(message)) { // Insights may have unfolded it
        noteForm(form);
        return takeEvent(message);
    }
    return message.isString() ? takeText(trimmed(message.text()), form) : other();
}

// With room for what the parser looks at behind it, and without copies that stay behind.
void AuditForms::setText(std::string_view text)
{
    if (text.size() + 1 + format::jsonPadding > m_text.capacity()) {
        wipeText(m_text);
        m_text.reserve(2 * (text.size() + 1 + format::jsonPadding));
    }
    m_text.assign(text);
}

// The text of one event, as it stands in a field of another document.
AuditForms::Taken AuditForms::takeText(std::string_view text, std::string_view form)
{
    if (!text.starts_with('{'))
        return other();
    setText(text);
    if (!m_innerParser.parse(m_text, m_inner, skipsBody)) {
        if (!text.substr(0, 512).contains("audit.k8s.io/"))
            return other();
        noteForm(form);
        return takeShortened(text);
    }
    const Value root = m_inner.root();
    if (!isEventJson(root))
        return other();
    noteForm(form);
    return takeEvent(root);
}

// An event whose end was cut off: its bodies stand last but for the times and annotations, so what precedes them is
// whole.
AuditForms::Taken AuditForms::takeShortened(std::string_view text)
{
    std::size_t end = std::string_view::npos;
    for (const std::string_view key : { ",\"requestObject\":", ",\"responseObject\":" })
        end = std::min(end, text.find(key));
    ++m_cutEvents;
    if (end == std::string_view::npos)
        return Taken::Other;
    setText(text.substr(0, end));
    m_text += '}';
    if (!m_innerParser.parse(m_text, m_inner, skipsBody))
        return Taken::Other;
    return takeEvent(m_inner.root());
}

} // namespace plimsoll::evidence
