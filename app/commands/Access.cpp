// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "app/commands/AccessCommand.h"
#include "app/commands/Commands.h"
#include "core/access/Review.h"
#include "core/access/Words.h"
#include "core/base/Text.h"

namespace plimsoll::app {

namespace {

constexpr std::array ownOptions {
    Option { "as", '\0', "USER",
        "whom can and list are about; system:authenticated, and a service account's groups, "
        "are implied" },
    Option { "as-group", '\0', "GROUP", "a further group of that user", true },
    Option { "groups", '\0', "FILE", "YAML of users' groups: 'groups: {dev: [ann]}' or 'users: {ann: [dev]}'" },
    Option { "namespace", 'n', "NS", "of the request; otherwise of the cluster or all namespaces" },
    Option { "name", '\0', "NAME", "of the object" },
    Option { "path", '\0', "URL", "ask for a URL that is no resource: then VERB is get, post, ..." },
    Option { "evidence", '\0', "LOG", "an audit log of the API server, plain or gzip, for unused and least", true },
    Option { "names", '\0', "", "least: limit rules to the names of objects that were asked for" },
    Option { "output", 'o', "FORM", "text (default) or json" },
    progressOption,
};
constexpr auto options = allOptions(ownOptions, sourceOptions);

struct Question {
    std::string_view name;
    std::string_view arguments; // after the sources
    std::size_t count = 0; // how many arguments those are
};
constexpr std::array questions {
    Question { "can", "VERB RESOURCE[.GROUP][/SUB]", 2 },
    Question { "who-can", "VERB RESOURCE[.GROUP][/SUB]", 2 },
    Question { "list", "", 0 },
    Question { "review", "FILE.csv", 1 },
    Question { "compare", "A B", 2 },
    Question { "unused", "", 0 },
    Question { "least", "SUBJECT", 1 },
    Question { "without", "BINDING", 1 },
};

// VERB with --path, else VERB RESOURCE[.GROUP][/SUB]; "deployments." is that of the core group.
Result<access::Request> requestOf(const Arguments& arguments, std::span<const std::string> words)
{
    access::Request request { .verb = words[0],
        .ns = arguments.value("namespace"),
        .name = arguments.value("name"),
        .path = arguments.value("path") };
    if (arguments.has("path")) {
        if (!request.path.starts_with('/') || !request.ns.empty() || !request.name.empty())
            return failure(ErrorKind::Usage, "not a path to ask for", "--path " + request.path,
                "write a path that begins with /, without -n and --name");
        return request;
    }
    if (auto parsed = access::parseResource(words[1], request); !parsed)
        return std::unexpected(parsed.error());
    return request;
}

std::string_view wordOf(access::Answer answer)
{
    switch (answer) {
    case access::Answer::No:
        return "no";
    case access::Answer::Yes:
        return "yes";
    case access::Answer::Unknown:
        return "unknown";
    }
    std::unreachable();
}

std::string_view wordOf(access::By by)
{
    switch (by) {
    case access::By::Nobody:
        return "";
    case access::By::SystemMasters:
        return "system:masters";
    case access::By::AlwaysAllow:
        return "AlwaysAllow";
    case access::By::Node:
        return "Node";
    case access::By::Rbac:
        return "RBAC";
    }
    std::unreachable();
}

std::string jsonOf(const access::Request& request)
{
    const std::array<std::pair<std::string_view, std::string_view>, 7> fields { { { "verb", request.verb },
        { "group", request.apiGroup }, { "resource", request.resource }, { "subresource", request.subresource },
        { "namespace", request.ns }, { "name", request.name }, { "path", request.path } } };
    std::string out = "{";
    for (const auto& [name, value] : fields)
        out += (out.size() > 1 ? ", " : "") + jsonQuoted(name) + ": " + jsonQuoted(value);
    return out + '}';
}

std::string pointerOf(std::string_view list, std::uint32_t index)
{
    return '/' + std::string(list) + '/' + std::to_string(index);
}

std::string grantJson(const cluster::Cluster& model, const access::Grant& grant)
{
    std::string out = "{\"binding\": "
        + evidenceJson(model, model.roleBindings()[grant.binding].object, pointerOf("subjects", grant.subject));
    if (grant.role != access::Grant::none)
        out += ", \"role\": "
            + evidenceJson(model, model.roles()[grant.role].object,
                grant.rule == access::Grant::none ? "" : pointerOf("rules", grant.rule));
    return out + '}';
}

// A request for what has no namespace is decided without one, whatever -n says.
void printScopeNote(const access::Request& request)
{
    if (!request.ns.empty() && access::isClusterScoped(request.apiGroup, request.resource)
        && request.resource != "namespaces")
        print("note: " + printable(request.resource)
            + " are outside of namespaces: the API server is never asked with "
              "one, leave out -n\n");
}

void printGrant(const cluster::Cluster& model, const access::Grant& grant)
{
    const auto row = [&](std::string_view what, cluster::ObjectId object, std::string pointer) {
        const std::string place = placeOf(model, object, pointer);
        return std::vector<std::string> { "  " + std::string(what), printable(model.refOf(object)), std::move(pointer),
            printable(place) };
    };
    std::vector<std::vector<std::string>> rows { row(
        "binding", model.roleBindings()[grant.binding].object, pointerOf("subjects", grant.subject)) };
    if (grant.role != access::Grant::none)
        rows.push_back(row("role", model.roles()[grant.role].object,
            grant.rule == access::Grant::none ? std::string() : pointerOf("rules", grant.rule)));
    printTable(rows);
}

int accessCan(const AccessContext& context, const access::User& user, const access::Request& request)
{
    const cluster::Cluster& model = *context.model;
    const access::Decision decision = context.authorizers->decide(user, request);
    const std::string reason = context.authorizers->reason(decision, request);
    const access::Grant* grant = decision.by == access::By::Rbac ? &decision.grant
        : decision.miss                                          ? &decision.miss->at
                                                                 : nullptr;
    if (context.isJson) {
        std::string out = "{\n  \"schema\": \"plimsoll/access-can/v1\",\n  \"user\": " + app::jsonOf(user)
            + ",\n  \"request\": " + jsonOf(request) + ",\n  \"answer\": " + jsonQuoted(wordOf(decision.answer))
            + ",\n  \"by\": " + jsonQuoted(wordOf(decision.by)) + ",\n  \"reason\": " + jsonQuoted(reason);
        if (grant)
            out += std::string(",\n  ") + (decision.by == access::By::Rbac ? "\"grant\": " : "\"nearest\": ")
                + grantJson(model, *grant);
        print(out + ",\n  \"caveat\": " + jsonQuoted(context.authorizers->server().caveat()) + "\n}\n");
        return done;
    }
    print(std::string(wordOf(decision.answer)) + ": " + titleOf(user) + ": " + access::textOf(request) + '\n');
    print("  " + reason + '\n');
    if (grant)
        printGrant(model, *grant);
    printScopeNote(request);
    printCaveat(*context.authorizers);
    return done;
}

std::string whoTitle(const access::Reacher& reacher)
{
    return std::string(reacher.kind) + ' ' + (reacher.ns.empty() ? "" : std::string(reacher.ns) + '/')
        + std::string(reacher.name);
}

// Who is in a group, as far as it is known: "12 service accounts", "ann, bob".
std::string membersOf(const AccessContext& context, const access::Membership& known, const access::Reacher& reacher)
{
    if (reacher.kind != "Group")
        return {};
    constexpr std::size_t shown = 5;
    std::vector<std::string> parts = known.usersIn(reacher.name);
    if (parts.size() > shown) {
        const std::size_t more = parts.size() - shown;
        parts.resize(shown);
        parts.push_back(std::to_string(more) + " more");
    }
    if (const std::size_t count = access::serviceAccountsIn(*context.model, reacher.name))
        parts.push_back(counted(count, "service account", "service accounts"));
    if (reacher.name == "system:nodes" && !context.model->nodes().empty())
        parts.push_back(counted(context.model->nodes().size(), "node", "nodes"));
    return join(std::span<const std::string>(parts), ", ");
}

void printWhoCan(const AccessContext& context, const access::WhoCan& found, const access::Request& request)
{
    const cluster::Cluster& model = *context.model;
    access::Membership known = access::membershipOf(model);
    known.add(context.membership);
    print(access::textOf(request) + '\n');
    if (found.isEverybody)
        print("everybody: the API server allows everything (AlwaysAllow)\n");
    std::vector<std::vector<std::string>> rows { { "SUBJECT", "BINDING", "ROLE", "RULE", "MEMBERS KNOWN" } };
    for (const access::Reacher& reacher : found.reachers) {
        const std::string title = printable(whoTitle(reacher));
        const std::string members = printable(membersOf(context, known, reacher));
        if (reacher.grants.empty())
            rows.push_back({ title, "-", std::string(wordOf(reacher.by)), "-", members });
        for (const access::Grant& grant : reacher.grants)
            rows.push_back({ title, printable(model.refOf(model.roleBindings()[grant.binding].object)),
                printable(model.refOf(model.roles()[grant.role].object)), pointerOf("rules", grant.rule), members });
    }
    printTable(rows);
    if (found.isAlsoByNodesPods)
        print("note: nodes reach what their own pods refer to (Node authorizer)\n");
    printScopeNote(request);
    if (const std::string missing = context.authorizers->missingKinds(request.ns); !missing.empty())
        print("note: the source does not hold every " + missing + ": there may be others\n");
    printCaveat(*context.authorizers);
}

int accessWhoCan(const AccessContext& context, const access::Request& request)
{
    const access::WhoCan found = access::whoCan(*context.authorizers, request);
    if (!context.isJson) {
        printWhoCan(context, found, request);
        return done;
    }
    std::string out = "{\n  \"schema\": \"plimsoll/access-who-can/v1\",\n  \"request\": " + jsonOf(request)
        + ",\n  \"everybody\": " + (found.isEverybody ? "true" : "false")
        + ",\n  \"nodesOfTheirPods\": " + (found.isAlsoByNodesPods ? "true" : "false")
        + ",\n  \"missingKinds\": " + jsonQuoted(context.authorizers->missingKinds(request.ns))
        + ",\n  \"caveat\": " + jsonQuoted(context.authorizers->server().caveat()) + ",\n  \"subjects\": [";
    std::string_view separator = "\n";
    for (const access::Reacher& reacher : found.reachers) {
        out += std::string(separator) + "    {\"kind\": " + jsonQuoted(reacher.kind)
            + ", \"namespace\": " + jsonQuoted(reacher.ns) + ", \"name\": " + jsonQuoted(reacher.name)
            + ", \"by\": " + jsonQuoted(wordOf(reacher.by)) + ", \"grants\": [";
        for (const access::Grant& grant : reacher.grants)
            out += (&grant == reacher.grants.data() ? "" : ", ") + grantJson(*context.model, grant);
        out += "]}";
        separator = ",\n";
    }
    print(out + "\n  ]\n}\n");
    return done;
}

int accessReview(const AccessContext& context, const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string csv { std::istreambuf_iterator<char>(file), {} };
    if (!file.is_open() || file.bad())
        return fail({ .kind = ErrorKind::Access,
                        .what = "the table of reviews cannot be read",
                        .where = path,
                        .advice = "check the path and its permissions" },
            sourceUnreadable);
    const auto counts = access::review(*context.authorizers, csv, path, [](std::string_view piece) { print(piece); });
    if (!counts)
        return fail(counts.error(), wrongUsage);
    if (const std::string caveat = context.authorizers->server().caveat(); !caveat.empty())
        printToError("plimsoll: note: " + caveat + '\n');
    return done;
}

Result<access::Membership> membershipFrom(const std::string& path)
{
    if (path.empty())
        return access::Membership();
    std::ifstream file(path, std::ios::binary);
    const std::string text { std::istreambuf_iterator<char>(file), {} };
    if (!file.is_open() || file.bad())
        return failure(ErrorKind::Access, "the file of group memberships cannot be read", path,
            "check the path and its permissions");
    return access::parseMembership(text, path);
}

// What was asked, before anything is loaded: wrong usage is told at once.
struct Asked {
    const Question* question = nullptr;
    std::vector<std::string> sources;
    std::vector<std::string> words;
    access::Request request;
    access::User user;
    AccessContext context;
};

Result<Asked> askedOf(const Arguments& arguments)
{
    const std::vector<std::string>& given = arguments.positional();
    Asked asked;
    asked.question = std::ranges::find(questions, std::string_view(given.front()), &Question::name);
    const std::string advice = "see 'plimsoll access --help'";
    if (asked.question == questions.end())
        return failure(ErrorKind::Usage, "unknown question", given.front(), advice);
    const bool isRequest = asked.question->name == "can" || asked.question->name == "who-can";
    const std::size_t count = asked.question->count - (isRequest && arguments.has("path") ? 1 : 0);
    if (given.size() < count + 2)
        return failure(ErrorKind::Usage, "argument missing",
            "access " + given.front() + " SOURCE " + std::string(asked.question->arguments), advice);
    asked.words.assign(given.end() - static_cast<std::ptrdiff_t>(count), given.end());
    asked.sources.assign(given.begin() + 1, given.end() - static_cast<std::ptrdiff_t>(count));
    const std::string form = arguments.value("output", "text");
    if (form != "text" && form != "json")
        return failure(ErrorKind::Usage, "unknown form of output", "-o " + form, "use text or json");
    asked.context.isJson = form == "json";
    auto membership = membershipFrom(arguments.value("groups"));
    if (!membership)
        return std::unexpected(membership.error());
    asked.context.membership = std::move(*membership);
    if (isRequest) {
        auto request = requestOf(arguments, asked.words);
        if (!request)
            return std::unexpected(request.error());
        asked.request = std::move(*request);
    }
    if (asked.question->name == "least" && !arguments.has("evidence"))
        return failure(ErrorKind::Usage, "there is nothing that tells what was used", "access least",
            "name an audit log with --evidence");
    if (asked.question->name == "can" || asked.question->name == "list") {
        if (arguments.value("as").empty())
            return failure(ErrorKind::Usage, "nobody is named to ask about", "access " + given.front(),
                "add --as USER, such as --as system:serviceaccount:NS:NAME");
        const std::vector<std::string> groups = arguments.values("as-group");
        asked.user = access::userNamed(arguments.value("as"), groups, asked.context.membership);
    }
    return asked;
}

int answer(const Asked& asked, const Arguments& arguments)
{
    const AccessContext& context = asked.context;
    if (asked.question->name == "can")
        return accessCan(context, asked.user, asked.request);
    if (asked.question->name == "who-can")
        return accessWhoCan(context, asked.request);
    if (asked.question->name == "list")
        return accessList(context, asked.user, arguments.value("namespace"));
    if (asked.question->name == "unused")
        return accessUnused(context);
    if (asked.question->name == "least")
        return accessLeast(
            context, access::userFromReference(asked.words[0], context.membership), arguments.has("names"));
    if (asked.question->name == "without")
        return accessWithout(context, asked.words[0]);
    if (asked.question->name == "compare")
        return accessCompare(context, access::userFromReference(asked.words[0], context.membership),
            access::userFromReference(asked.words[1], context.membership));
    return accessReview(context, asked.words.front());
}

} // namespace

std::span<const Option> accessOptions()
{
    return options;
}

int runAccess(const Arguments& arguments)
{
    auto asked = askedOf(arguments);
    if (!asked)
        return fail(asked.error(), asked.error().kind == ErrorKind::Access ? sourceUnreadable : wrongUsage);
    const auto line = ProgressLine::create(arguments.value("progress"));
    if (!line)
        return fail(line.error(), wrongUsage);
    const auto settings = sourceSettings(arguments);
    if (!settings)
        return fail(settings.error(), wrongUsage);
    TaskPool pool;
    auto model = loadSources(asked->sources, *settings, pool, **line);
    (*line)->clear();
    if (!model)
        return fail(model.error(), statusOf(model.error()));
    asked->context.model = *model;
    for (const std::string& path : arguments.values("evidence")) {
        auto log = evidence::readAuditLogFile(path, (*line)->progress());
        if (!log) {
            (*line)->clear();
            return fail(log.error(), sourceUnreadable);
        }
        if (asked->context.log)
            asked->context.log->add(std::move(*log));
        else
            asked->context.log = std::move(*log);
    }
    (*line)->clear();
    asked->context.authorizers
        = std::make_shared<const access::Authorizers>(std::make_shared<const access::Rbac>(*model));
    const int status = answer(*asked, arguments);
    return reportProblems(**model) && status == done ? static_cast<int>(doneInPart) : status;
}

} // namespace plimsoll::app
