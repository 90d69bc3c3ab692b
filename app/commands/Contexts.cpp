// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "app/Console.h"
#include "app/commands/Commands.h"
#include "core/base/Text.h"
#include "core/kube/Kubeconfig.h"

namespace plimsoll::app {

namespace {

constexpr std::array options {
    Option { "kubeconfig", '\0', "FILE", "otherwise $KUBECONFIG or ~/.kube/config, as kubectl" },
    Option { "output", 'o', "FORM", "table (default) or json" },
};

// What a context says of itself; problem: why it cannot be used.
struct Row {
    const kube::ContextEntry* context = nullptr;
    std::string server, auth, problem;
    bool isCurrent = false;
};

std::vector<Row> rowsOf(const kube::Kubeconfig& config, const kube::Environment& environment)
{
    std::vector<Row> rows;
    for (const kube::ContextEntry& context : config.contexts) {
        Row row;
        row.context = &context;
        row.isCurrent = context.name == config.currentContext;
        if (const auto login = kube::resolveLogin(config, context.name, environment)) {
            row.server = login->server;
            row.auth = toText(login->auth);
            if (login->auth == kube::AuthKind::Exec && login->user.exec)
                row.auth += ' ' + login->user.exec->command;
        } else {
            row.problem = login.error().what;
        }
        rows.push_back(std::move(row));
    }
    std::ranges::sort(rows, {}, [](const Row& row) { return row.context->name; });
    return rows;
}

void printRows(const std::vector<Row>& rows)
{
    const auto shown = [](const std::string& text) { return text.empty() ? std::string("-") : printable(text); };
    std::vector<std::vector<std::string>> table { { "CURRENT", "NAME", "CLUSTER", "SERVER", "USER", "LOGIN",
        "NAMESPACE", "PROBLEM" } };
    for (const Row& row : rows)
        table.push_back(
            { row.isCurrent ? "*" : "", shown(row.context->name), shown(row.context->cluster), shown(row.server),
                shown(row.context->user), shown(row.auth), shown(row.context->ns), printable(row.problem) });
    printTable(table);
}

void printJson(const std::vector<Row>& rows)
{
    std::string out = "{\n  \"schema\": \"plimsoll/contexts/v1\",\n  \"contexts\": [";
    std::string_view separator = "\n";
    for (const Row& row : rows) {
        out += std::string(separator) + "    {\"name\": " + jsonQuoted(row.context->name)
            + ", \"current\": " + (row.isCurrent ? "true" : "false")
            + ", \"cluster\": " + jsonQuoted(row.context->cluster) + ", \"server\": " + jsonQuoted(row.server)
            + ", \"user\": " + jsonQuoted(row.context->user) + ", \"login\": " + jsonQuoted(row.auth)
            + ", \"namespace\": " + jsonQuoted(row.context->ns) + ", \"problem\": " + jsonQuoted(row.problem) + '}';
        separator = ",\n";
    }
    print(out + "\n  ]\n}\n");
}

} // namespace

std::span<const Option> contextsOptions()
{
    return options;
}

int runContexts(const Arguments& arguments)
{
    const std::string form = arguments.value("output", "table");
    if (form != "table" && form != "json")
        return fail({ ErrorKind::Usage, "unknown form of output", "-o " + form, "use table or json" }, wrongUsage);
    const kube::Environment environment = kube::Environment::ofProcess();
    const auto config = kube::loadKubeconfig(arguments.value("kubeconfig"), environment);
    if (!config)
        return fail(config.error(), statusOf(config.error()));
    for (const Error& problem : config->problems)
        printError(problem);
    const auto rows = rowsOf(*config, environment);
    if (rows.empty() && form == "table")
        printError({ ErrorKind::NotFound, "no contexts", config->files.empty() ? "no kubeconfig was found" : "",
            "set KUBECONFIG or give --kubeconfig FILE" });
    else
        form == "json" ? printJson(rows) : printRows(rows);
    return config->problems.empty() ? done : doneInPart;
}

} // namespace plimsoll::app
