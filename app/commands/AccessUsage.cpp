// SPDX-License-Identifier: Apache-2.0
// What `plimsoll access unused`, `least` and `without` write: grants against their use.
#include <algorithm>

#include "app/commands/AccessCommand.h"
#include "core/access/Usage.h"
#include "core/base/Text.h"

namespace plimsoll::app {

namespace {

std::string spanText(const evidence::AuditLog& log)
{
    if (!log.from || !log.to)
        return "at times that the log does not tell";
    return "from " + formatTime(*log.from) + " to " + formatTime(*log.to);
}

void reportLog(const evidence::AuditLog& log)
{
    for (const Error& problem : log.problems)
        printError(problem);
    if (log.badLines > log.problems.size())
        printToError("plimsoll: and " + std::to_string(log.badLines - log.problems.size()) + " more such lines\n");
}

// What Kubernetes binds for itself is not for a reviewer to take away.
bool isOwn(const cluster::Cluster& model, cluster::ObjectId object)
{
    return model.label(model.object(object), "kubernetes.io/bootstrapping") == "rbac-defaults";
}

std::string rulesText(std::span<const std::uint32_t> rules)
{
    constexpr std::size_t most = 8;
    std::vector<std::string> texts;
    for (const std::uint32_t rule : rules.first(std::min(rules.size(), most)))
        texts.push_back("/rules/" + std::to_string(rule));
    if (rules.size() > most)
        texts.push_back(std::to_string(rules.size() - most) + " more");
    return join(std::span<const std::string>(texts), ", ");
}

void printUsage(const AccessContext& context)
{
    const cluster::Cluster& model = *context.model;
    const evidence::AuditLog& log = *context.log;
    print("\nAgainst " + grouped(log.events) + " requests " + spanText(log)
        + ". What was not used in that time may be needed at another.\n");
    std::vector<std::vector<std::string>> rows { { "BINDING", "REQUESTS", "LAST", "ROLE", "RULES NEVER USED" } };
    for (const access::BindingUsage& usage : access::usageOf(context.authorizers->rbac(), log)) {
        const cluster::RoleBinding& binding = model.roleBindings()[usage.binding];
        if (usage.unusedRules.empty() || isOwn(model, binding.object))
            continue;
        rows.push_back({ printable(model.refOf(binding.object)), grouped(usage.requests),
            usage.last ? formatTime(*usage.last) : "never", printable(model.refOf(model.roles()[binding.role].object)),
            usage.isUnused() ? "all" : rulesText(usage.unusedRules) });
    }
    if (rows.size() == 1)
        print("Every rule that a binding gives was used.\n");
    else
        printTable(rows);
}

std::string usageJson(const AccessContext& context)
{
    const cluster::Cluster& model = *context.model;
    std::string out = "[";
    std::string_view separator = "\n    ";
    for (const access::BindingUsage& usage : access::usageOf(context.authorizers->rbac(), *context.log)) {
        const cluster::RoleBinding& binding = model.roleBindings()[usage.binding];
        out += std::string(separator) + "{\"binding\": " + jsonQuoted(model.refOf(binding.object))
            + ", \"role\": " + jsonQuoted(model.refOf(model.roles()[binding.role].object))
            + ", \"requests\": " + std::to_string(usage.requests) + ", \"last\": "
            + (usage.last ? jsonQuoted(formatTime(*usage.last)) : std::string("null")) + ", \"unusedRules\": [";
        for (const std::uint32_t rule : usage.unusedRules)
            out += (out.ends_with('[') ? "" : ", ") + std::to_string(rule);
        out += "]}";
        separator = ",\n    ";
    }
    return out + ']';
}

std::string faultsJson(const cluster::Cluster& model, std::span<const access::FaultyGrant> faults)
{
    std::string out = "[";
    std::string_view separator = "\n    ";
    for (const access::FaultyGrant& grant : faults) {
        out += std::string(separator) + "{\"object\": " + jsonQuoted(model.refOf(grant.object))
            + ", \"pointer\": " + jsonQuoted(grant.pointer) + ", \"reason\": " + jsonQuoted(grant.text) + '}';
        separator = ",\n    ";
    }
    return out + ']';
}

void printFaults(const cluster::Cluster& model, const std::string& title, std::span<const access::FaultyGrant> faults)
{
    print(title + '\n');
    std::vector<std::vector<std::string>> rows { { "OBJECT", "PLACE", "WHY" } };
    std::size_t own = 0;
    for (const access::FaultyGrant& grant : faults) {
        if (isOwn(model, grant.object))
            ++own;
        else
            rows.push_back(
                { printable(model.refOf(grant.object)), grant.pointer.empty() ? "-" : grant.pointer, grant.text });
    }
    if (rows.size() == 1)
        print("None.\n");
    else
        printTable(rows);
    if (own > 0)
        print("and " + std::to_string(own) + " that Kubernetes makes itself (-o json lists them)\n");
}

void printLosses(const AccessContext& context, std::uint32_t index)
{
    const cluster::Cluster& model = *context.model;
    const cluster::RoleBinding& binding = model.roleBindings()[index];
    print("Without " + printable(model.refOf(binding.object)) + ":\n");
    for (const access::Loss& loss : access::lossesWithout(context.authorizers->rbac(), index, context.membership)) {
        print('\n' + printable(access::titleOf(model, binding.subjects[loss.subject])) + ' '
            + (loss.lost.empty() ? "loses nothing" : "loses") + "; " + counted(loss.kept, "right", "rights")
            + (loss.kept == 1 ? " is" : " are") + " also given by others\n");
        std::vector<std::vector<std::string>> rows { { "RESOURCE", "NAMES", "VERBS" } };
        for (const access::PermissionRow& row : loss.lost) {
            const bool isUrl = !row.what.nonResourceUrls.empty();
            const auto texts = [](std::span<const std::string_view> list) {
                std::vector<std::string> out;
                for (const std::string_view text : list)
                    out.push_back(printable(text));
                return out.empty() ? std::string("-") : join(std::span<const std::string>(out), ", ");
            };
            std::string what
                = isUrl ? printable(row.what.nonResourceUrls.front()) : printable(row.what.resources.front());
            if (!isUrl && !row.what.apiGroups.front().empty())
                what += '.' + printable(row.what.apiGroups.front());
            rows.push_back({ std::move(what), texts(row.what.resourceNames), texts(row.what.verbs) });
        }
        if (rows.size() > 1)
            printTable(rows);
    }
}

} // namespace

int accessUnused(const AccessContext& context)
{
    const cluster::Cluster& model = *context.model;
    const auto dead = access::deadGrants(model), broad = access::broadGrants(model);
    if (context.isJson) {
        std::string out = "{\n  \"schema\": \"plimsoll/access-unused/v1\",\n  \"reachingNothing\": "
            + faultsJson(model, dead) + ",\n  \"reachingTooMuch\": " + faultsJson(model, broad) + ",\n  \"log\": ";
        if (context.log) {
            const evidence::AuditLog& log = *context.log;
            out += "{\"requests\": " + std::to_string(log.events)
                + ", \"from\": " + (log.from ? jsonQuoted(formatTime(*log.from)) : std::string("null"))
                + ", \"to\": " + (log.to ? jsonQuoted(formatTime(*log.to)) : std::string("null"))
                + ", \"badLines\": " + std::to_string(log.badLines) + "},\n  \"bindings\": " + usageJson(context);
        } else {
            out += "null";
        }
        print(out + "\n}\n");
    } else {
        printFaults(model, "Grants that reach nothing", dead);
        printFaults(model, "\nGrants that reach too much", broad);
        if (context.log)
            printUsage(context);
        else
            print("\nWhat was never used only an audit log tells: name one with --evidence.\n");
    }
    if (!context.log)
        return done;
    reportLog(*context.log);
    return context.log->badLines > 0 ? doneInPart : done;
}

int accessLeast(const AccessContext& context, const access::User& subject, bool keepsNames)
{
    const evidence::AuditLog& log = *context.log;
    const access::LeastPrivilege least
        = access::leastPrivilege(context.authorizers->rbac(), log, subject, { .keepsNames = keepsNames });
    const std::string about = counted(least.requests, "kind of request", "kinds of requests") + " by "
        + titleOf(subject) + ' ' + spanText(log) + "; " + std::to_string(least.everybodys)
        + " more are open to every identity";
    if (context.isJson) {
        print("{\n  \"schema\": \"plimsoll/access-least/v1\",\n  \"user\": " + jsonOf(subject) + ",\n  \"requests\": "
            + std::to_string(least.requests) + ",\n  \"refused\": " + std::to_string(least.refused)
            + ",\n  \"everybodys\": " + std::to_string(least.everybodys) + ",\n  \"yaml\": " + jsonQuoted(least.yaml)
            + "\n}\n");
    } else {
        print("# Covers " + about + ".\n");
        if (least.yaml.empty())
            print("# Nothing else was used in that time.\n");
        else
            print("# Checked against each of them: " + std::to_string(least.requests - least.refused) + " of "
                + std::to_string(least.requests) + " are allowed.\n" + least.yaml);
    }
    reportLog(log);
    return log.badLines > 0 ? doneInPart : done;
}

int accessWithout(const AccessContext& context, const std::string& reference)
{
    const cluster::Cluster& model = *context.model;
    for (std::uint32_t index = 0; index < model.roleBindings().size(); ++index) {
        if (model.refOf(model.roleBindings()[index].object) != reference)
            continue;
        printLosses(context, index);
        printCaveat(*context.authorizers);
        return done;
    }
    return fail({ .kind = ErrorKind::Usage,
                    .what = "no such binding in the source",
                    .where = reference,
                    .advice = "write clusterrolebinding/NAME or rolebinding/NAMESPACE/NAME" },
        wrongUsage);
}

} // namespace plimsoll::app
