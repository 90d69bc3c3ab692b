// SPDX-License-Identifier: Apache-2.0
#include "core/access/Groups.h"

#include <algorithm>

#include "core/base/Text.h"
#include "core/format/Yaml.h"

namespace plimsoll::access {

namespace {

using format::Value;

constexpr std::string_view accountPrefix = "system:serviceaccount:";

std::string placeOf(std::string_view file, Value value)
{
    return std::string(file) + ':' + std::to_string(value.position());
}

std::unexpected<Error> wrongShape(std::string_view file, Value value, std::string what)
{
    return failure(ErrorKind::Format, std::move(what), placeOf(file, value),
        "write 'groups:' or 'users:' with a list of names below each name");
}

void ensure(std::vector<std::string>& list, std::string_view text)
{
    if (std::ranges::find(list, text) == list.end())
        list.emplace_back(text);
}

} // namespace

void Membership::add(std::string_view user, std::string_view group)
{
    std::vector<std::string>& groups = groupsOf[std::string(user)];
    const auto at = std::ranges::lower_bound(groups, group);
    if (at == groups.end() || *at != group)
        groups.emplace(at, group);
}

void Membership::add(const Membership& other)
{
    for (const auto& [user, groups] : other.groupsOf)
        for (const std::string& group : groups)
            add(user, group);
}

std::vector<std::string> Membership::usersIn(std::string_view group) const
{
    std::vector<std::string> out;
    for (const auto& [user, groups] : groupsOf)
        if (std::ranges::binary_search(groups, group))
            out.push_back(user);
    return out;
}

Result<Membership> parseMembership(std::string_view text, std::string_view file)
{
    format::Document document;
    if (auto parsed = format::parseYaml(text, 1, document); !parsed) {
        Error error = parsed.error();
        error.where = std::string(file) + (error.where.empty() ? "" : ", " + error.where);
        return std::unexpected(std::move(error));
    }
    Membership out;
    if (!document.root().isObject())
        return wrongShape(file, document.root(), "the file of group memberships is not a table");
    for (const Value table : document.root()) {
        const bool isByGroup = table.key() == "groups";
        if (!isByGroup && table.key() != "users")
            return wrongShape(file, table, "unknown table in the file of group memberships: " + printable(table.key()));
        if (!table.isObject() && table.type() != format::Type::Null)
            return wrongShape(file, table, "the table of group memberships has no names");
        for (const Value row : table) {
            if (!row.isArray())
                return wrongShape(file, row, "no list of names for " + printable(row.key()));
            for (const Value name : row) {
                if (name.text().empty())
                    return wrongShape(file, name, "not a name in the list of " + printable(row.key()));
                isByGroup ? out.add(name.text(), row.key()) : out.add(row.key(), name.text());
            }
        }
    }
    return out;
}

Membership membershipOf(const cluster::Cluster& cluster)
{
    Membership out;
    for (const cluster::ObjectId id : cluster.objectsOf("certificates.k8s.io", "CertificateSigningRequest")) {
        format::Document document;
        const cluster::Object& object = cluster.object(id);
        if (object.isMissing || !cluster.snapshot().readRaw(object.raw, document))
            continue;
        const Value spec = document.root()["spec"];
        const std::string_view user = spec["username"].text();
        if (user.empty() || user.starts_with(accountPrefix))
            continue; // the groups of service accounts are known
        for (const Value group : spec["groups"])
            if (!group.text().empty())
                out.add(user, group.text());
    }
    return out;
}

User userNamed(std::string_view name, std::span<const std::string> groups, const Membership& membership)
{
    User out { .name = std::string(name), .groups = {} };
    if (name.starts_with(accountPrefix)) {
        const std::string_view account = name.substr(accountPrefix.size());
        const std::size_t colon = account.find(':');
        if (colon != std::string_view::npos)
            out = Rbac::serviceAccountUser(account.substr(0, colon), account.substr(colon + 1));
    }
    ensure(out.groups, name == "system:anonymous" ? "system:unauthenticated" : "system:authenticated");
    for (const std::string& group : groups)
        ensure(out.groups, group);
    if (const auto known = membership.groupsOf.find(name); known != membership.groupsOf.end())
        for (const std::string& group : known->second)
            ensure(out.groups, group);
    return out;
}

User anyoneIn(std::string_view group)
{
    User out { .name = {}, .groups = { std::string(group) } };
    if (group == "system:unauthenticated")
        return out;
    if (group.starts_with("system:serviceaccounts:"))
        ensure(out.groups, "system:serviceaccounts");
    ensure(out.groups, "system:authenticated");
    return out;
}

User userOf(const cluster::Cluster& cluster, const cluster::Subject& subject, const Membership& membership)
{
    const std::string_view kind = cluster.text(subject.kind), name = cluster.text(subject.name);
    if (kind == "ServiceAccount")
        return Rbac::serviceAccountUser(cluster.text(subject.ns), name);
    return kind == "Group" ? anyoneIn(name) : userNamed(name, {}, membership);
}

User userFromReference(std::string_view reference, const Membership& membership)
{
    const std::size_t slash = reference.find('/');
    const std::string kind = toLowerAscii(reference.substr(0, slash));
    const std::string_view rest = slash == std::string_view::npos ? std::string_view() : reference.substr(slash + 1);
    if (kind == "group" && !rest.empty())
        return anyoneIn(rest);
    if (kind == "user" && !rest.empty())
        return userNamed(rest, {}, membership);
    const std::size_t second = rest.find('/');
    if ((kind == "serviceaccount" || kind == "sa") && second != std::string_view::npos)
        return Rbac::serviceAccountUser(rest.substr(0, second), rest.substr(second + 1));
    return userNamed(reference, {}, membership);
}

std::size_t serviceAccountsIn(const cluster::Cluster& cluster, std::string_view group)
{
    constexpr std::string_view all = "system:serviceaccounts";
    if (group == all || group == "system:authenticated")
        return cluster.serviceAccounts().size();
    if (!group.starts_with(all) || group.size() <= all.size() || group[all.size()] != ':')
        return 0;
    const std::string_view ns = group.substr(all.size() + 1);
    return static_cast<std::size_t>(std::ranges::count_if(cluster.serviceAccounts(),
        [&](const cluster::ServiceAccount& account) { return cluster.text(cluster.object(account.object).ns) == ns; }));
}

} // namespace plimsoll::access
