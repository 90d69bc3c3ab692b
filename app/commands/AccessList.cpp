// SPDX-License-Identifier: Apache-2.0
// What `plimsoll access list` and `compare` write, and what all questions share.
#include <algorithm>

#include "app/commands/AccessCommand.h"
#include "core/base/Text.h"

namespace plimsoll::app {

namespace {

std::string shownList(std::span<const std::string_view> texts, std::size_t most)
{
    std::vector<std::string> out;
    for (const std::string_view text : texts.first(std::min(texts.size(), most)))
        out.push_back(printable(text));
    if (texts.size() > most)
        out.push_back("and " + grouped(texts.size() - most) + " more");
    return join(std::span<const std::string>(out), ", ");
}

std::string resourceOf(const access::RuleText& what)
{
    if (!what.nonResourceUrls.empty())
        return printable(what.nonResourceUrls.front());
    const std::string_view resource = what.resources.front(), group = what.apiGroups.front();
    const std::size_t slash = resource.find('/');
    std::string out(resource.substr(0, slash));
    if (!group.empty())
        out.append(1, '.').append(group);
    if (slash != std::string_view::npos)
        out += resource.substr(slash);
    return printable(out);
}

std::string rolesOf(const cluster::Cluster& model, std::span<const access::RuleRef> rules)
{
    constexpr std::size_t most = 3;
    std::vector<std::string> out;
    for (const access::RuleRef& ref : rules.first(std::min(rules.size(), most)))
        out.push_back(printable(model.refOf(model.roles()[ref.role].object)) + " /rules/" + std::to_string(ref.rule));
    if (rules.size() > most)
        out.push_back(std::to_string(rules.size() - most) + " more");
    return join(std::span<const std::string>(out), ", ");
}

std::string titleOfPlace(std::span<const std::string_view> namespaces)
{
    if (namespaces.empty())
        return "Everywhere";
    return (namespaces.size() == 1 ? "Namespace " : "Namespaces ") + shownList(namespaces, 8);
}

void addRows(const cluster::Cluster& model, std::span<const access::PermissionRow> from, std::string_view first,
    std::vector<std::vector<std::string>>& rows)
{
    for (const access::PermissionRow& row : from) {
        std::vector<std::string> cells;
        if (!first.empty())
            cells.emplace_back(first);
        cells.push_back(resourceOf(row.what));
        cells.push_back(row.what.resourceNames.empty() ? "-" : shownList(row.what.resourceNames, 5));
        cells.push_back(shownList(row.what.verbs, 16));
        cells.push_back(rolesOf(model, row.rules));
        rows.push_back(std::move(cells));
    }
}

std::string jsonOfRows(const cluster::Cluster& model, std::span<const access::PermissionRow> rows)
{
    std::string out = "[";
    std::string_view separator = "\n      ";
    for (const auto& [what, rules] : rows) {
        const bool isUrl = !what.nonResourceUrls.empty();
        out += std::string(separator) + "{\"group\": " + jsonQuoted(isUrl ? "" : what.apiGroups.front())
            + ", \"resource\": " + jsonQuoted(isUrl ? "" : what.resources.front()) + ", \"path\": "
            + jsonQuoted(isUrl ? what.nonResourceUrls.front() : "") + ", \"names\": " + jsonList(what.resourceNames)
            + ", \"verbs\": " + jsonList(what.verbs) + ", \"rules\": [";
        for (const access::RuleRef& ref : rules)
            out += std::string(&ref == rules.data() ? "" : ", ")
                + "{\"role\": " + jsonQuoted(model.refOf(model.roles()[ref.role].object))
                + ", \"pointer\": " + jsonQuoted("/rules/" + std::to_string(ref.rule)) + '}';
        out += "]}";
        separator = ",\n      ";
    }
    return out + ']';
}

std::string jsonOfBindings(const cluster::Cluster& model, std::span<const access::Grant> bindings)
{
    std::string out = "[";
    for (const access::Grant& one : bindings)
        out += (&one == bindings.data() ? "" : ", ")
            + jsonQuoted(model.refOf(model.roleBindings()[one.binding].object));
    return out + ']';
}

// "through clusterrolebinding/a (Group dev), rolebinding/shop/b (User ann)".
std::string bindingsOf(const cluster::Cluster& model, std::span<const access::Grant> bindings)
{
    constexpr std::size_t most = 6;
    std::vector<std::string> out;
    for (const access::Grant& one : bindings.first(std::min(bindings.size(), most))) {
        const cluster::RoleBinding& binding = model.roleBindings()[one.binding];
        out.push_back(printable(model.refOf(binding.object)) + " ("
            + access::titleOf(model, binding.subjects[one.subject]) + ')');
    }
    if (bindings.size() > most)
        out.push_back("and " + grouped(bindings.size() - most) + " more");
    return "through " + join(std::span<const std::string>(out), ", ");
}

} // namespace

std::string placeOf(const cluster::Cluster& model, cluster::ObjectId object, std::string_view pointer)
{
    const auto place = model.snapshot().locate(model.object(object).raw, pointer);
    return place ? place->file + ':' + std::to_string(place->line) : std::string();
}

std::string evidenceJson(const cluster::Cluster& model, cluster::ObjectId object, std::string_view pointer)
{
    std::string out = "{\"object\": " + jsonQuoted(model.refOf(object)) + ", \"pointer\": " + jsonQuoted(pointer);
    if (const auto place = model.snapshot().locate(model.object(object).raw, pointer))
        out += ", \"file\": " + jsonQuoted(place->file) + ", \"line\": " + std::to_string(place->line);
    return out + '}';
}

std::string titleOf(const access::User& user)
{
    const std::string groups = printable(join(std::span<const std::string>(user.groups), ", "));
    return (user.name.empty() ? std::string("anyone") : printable(user.name)) + " in " + groups;
}

std::string jsonOf(const access::User& user)
{
    const std::vector<std::string_view> groups(user.groups.begin(), user.groups.end());
    return "{\"name\": " + jsonQuoted(user.name) + ", \"groups\": " + jsonList(groups) + '}';
}

std::string jsonList(std::span<const std::string_view> texts)
{
    std::string out = "[";
    for (const std::string_view& text : texts)
        out += (&text == texts.data() ? "" : ", ") + jsonQuoted(text);
    return out + ']';
}

void printCaveat(const access::Authorizers& authorizers)
{
    if (const std::string caveat = authorizers.server().caveat(); !caveat.empty())
        print("note: " + caveat + '\n');
}

int accessList(const AccessContext& context, const access::User& user, const std::string& ns)
{
    const cluster::Cluster& model = *context.model;
    const access::Permissions found = access::permissionsOf(context.authorizers->rbac(), user, ns);
    if (context.isJson) {
        std::string out = "{\n  \"schema\": \"plimsoll/access-list/v1\",\n  \"user\": " + jsonOf(user)
            + ",\n  \"systemMaster\": " + (found.isSystemMaster ? "true" : "false")
            + ",\n  \"caveat\": " + jsonQuoted(context.authorizers->server().caveat()) + ",\n  \"blocks\": [";
        std::string_view separator = "\n    ";
        for (const access::PermissionBlock& block : found.blocks) {
            out += std::string(separator) + "{\"namespaces\": " + jsonList(block.namespaces)
                + ", \"bindings\": " + jsonOfBindings(model, block.bindings)
                + ",\n     \"permissions\": " + jsonOfRows(model, block.rows) + '}';
            separator = ",\n    ";
        }
        print(out + "\n  ]\n}\n");
        return done;
    }
    print(titleOf(user) + '\n');
    if (found.isSystemMaster)
        print("The group system:masters may do everything.\n");
    if (found.blocks.empty() && !found.isSystemMaster)
        print("No binding gives it anything.\n");
    for (const access::PermissionBlock& block : found.blocks) {
        print('\n' + titleOfPlace(block.namespaces) + ' ' + bindingsOf(model, block.bindings) + '\n');
        std::vector<std::vector<std::string>> rows { { "RESOURCE", "NAMES", "VERBS", "FROM" } };
        addRows(model, block.rows, {}, rows);
        printTable(rows);
    }
    if (const auto node = access::nodeOf(user))
        print("note: besides, the Node authorizer gives node " + printable(*node) + " what its pods need\n");
    if (const std::string missing = context.authorizers->missingKinds(ns.empty() ? "-" : ns); !missing.empty())
        print("note: the source does not hold every " + missing + ": there may be more\n");
    printCaveat(*context.authorizers);
    return done;
}

int accessCompare(const AccessContext& context, const access::User& a, const access::User& b)
{
    const cluster::Cluster& model = *context.model;
    const access::Comparison found = access::compare(context.authorizers->rbac(), a, b);
    if (context.isJson) {
        std::string out = "{\n  \"schema\": \"plimsoll/access-compare/v1\",\n  \"a\": " + jsonOf(a)
            + ",\n  \"b\": " + jsonOf(b) + ",\n  \"systemMasters\": {\"a\": " + (found.isAMaster ? "true" : "false")
            + ", \"b\": " + (found.isBMaster ? "true" : "false") + "},\n  \"parts\": [";
        std::string_view separator = "\n    ";
        for (const access::Comparison::Part& part : found.parts) {
            out += std::string(separator) + "{\"namespaces\": " + jsonList(part.namespaces) + ",\n     \"onlyA\": "
                + jsonOfRows(model, part.onlyA) + ",\n     \"onlyB\": " + jsonOfRows(model, part.onlyB)
                + ",\n     \"both\": " + jsonOfRows(model, part.both) + '}';
            separator = ",\n    ";
        }
        print(out + "\n  ]\n}\n");
        return done;
    }
    print("A: " + titleOf(a) + (found.isAMaster ? ": may do everything" : "") + '\n');
    print("B: " + titleOf(b) + (found.isBMaster ? ": may do everything" : "") + '\n');
    for (const access::Comparison::Part& part : found.parts) {
        std::vector<std::vector<std::string>> rows { { "WHO", "RESOURCE", "NAMES", "VERBS", "FROM" } };
        addRows(model, part.onlyA, "only A", rows);
        addRows(model, part.onlyB, "only B", rows);
        addRows(model, part.both, "both", rows);
        if (rows.size() == 1)
            continue;
        print('\n' + titleOfPlace(part.namespaces) + '\n');
        printTable(rows);
    }
    printCaveat(*context.authorizers);
    return done;
}

} // namespace plimsoll::app
