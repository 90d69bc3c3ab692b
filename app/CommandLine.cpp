// SPDX-License-Identifier: Apache-2.0
#include "app/CommandLine.h"

#include <algorithm>

#include "core/base/Text.h"

namespace plimsoll::app {

namespace {

constexpr std::size_t helpColumn = 30;

std::string optionName(const Option& option)
{
    std::string out = option.letter ? std::string { '-', option.letter } + ", " : std::string("    ");
    out += "--" + std::string(option.name);
    if (!option.value.empty())
        out += ' ' + std::string(option.value);
    return out;
}

std::string helpLine(std::string_view left, std::string_view right)
{
    std::string out = "  " + std::string(left);
    if (out.size() + 2 > helpColumn)
        out += '\n' + std::string(helpColumn, ' ');
    else
        out.append(helpColumn - out.size(), ' ');
    return out + std::string(right) + '\n';
}

} // namespace

bool Arguments::has(std::string_view option) const
{
    return std::ranges::find(m_options, option, [](const auto& given) { return given.first; }) != m_options.end();
}

std::string Arguments::value(std::string_view option, std::string_view otherwise) const
{
    std::string out(otherwise);
    for (const auto& [name, value] : m_options) {
        if (name == option)
            out = value;
    }
    return out;
}

std::vector<std::string> Arguments::values(std::string_view option) const
{
    std::vector<std::string> out;
    for (const auto& [name, value] : m_options) {
        if (name == option)
            out.push_back(value);
    }
    return out;
}

struct Parser {
    const Command& command;
    std::span<const std::string> left;
    Arguments arguments = {};

    std::unexpected<Error> wrong(std::string what, std::string where) const
    {
        const std::string name = command.name.empty() ? "plimsoll" : "plimsoll " + std::string(command.name);
        return failure(ErrorKind::Usage, std::move(what), std::move(where), "see '" + name + " --help'");
    }

    Result<void> take(const Option& option, std::string shown, const std::string* attached)
    {
        if (!option.isBuilt)
            return failure(ErrorKind::Usage, "this option is not built yet", std::move(shown), "leave it out");
        if (!option.isRepeatable && arguments.has(option.name))
            return wrong("option given twice", std::move(shown));
        if (option.value.empty()) {
            if (attached)
                return wrong("option takes no value", std::move(shown));
            arguments.m_options.emplace_back(option.name, "");
            return {};
        }
        if (attached) {
            arguments.m_options.emplace_back(option.name, *attached);
            return {};
        }
        if (left.empty())
            return wrong("option needs a value (" + std::string(option.value) + ')', std::move(shown));
        arguments.m_options.emplace_back(option.name, left.front());
        left = left.subspan(1);
        return {};
    }

    Result<void> takeLong(std::string_view text)
    {
        const std::size_t equals = text.find('=');
        const std::string_view name = text.substr(2, equals == std::string_view::npos ? equals : equals - 2);
        const auto option = std::ranges::find(command.options, name, &Option::name);
        if (option == command.options.end())
            return wrong("unknown option", "--" + std::string(name));
        if (equals == std::string_view::npos)
            return take(*option, "--" + std::string(name), nullptr);
        const std::string value(text.substr(equals + 1));
        return take(*option, "--" + std::string(name), &value);
    }

    Result<void> takeShort(std::string_view text)
    {
        const auto option = std::ranges::find(command.options, text[1], &Option::letter);
        if (option == command.options.end())
            return wrong("unknown option", std::string(text));
        if (text.size() == 2)
            return take(*option, std::string(text), nullptr);
        const std::string value(text.substr(2));
        return take(*option, std::string(text.substr(0, 2)), &value);
    }

    Result<void> run()
    {
        bool areOptionsOver = false;
        while (!left.empty()) {
            const std::string text = left.front();
            left = left.subspan(1);
            if (areOptionsOver || text.size() < 2 || text.front() != '-') {
                arguments.m_positional.push_back(text);
                continue;
            }
            if (text == "--") {
                areOptionsOver = true;
                continue;
            }
            if (auto taken = text.starts_with("--") ? takeLong(text) : takeShort(text); !taken)
                return taken;
        }
        return {};
    }
};

const Command* findCommand(std::string_view name)
{
    const auto found = std::ranges::find(commands(), name, &Command::name);
    return found == commands().end() ? nullptr : &*found;
}

Result<Arguments> parse(const Command& command, std::span<const std::string> arguments)
{
    Parser parser { .command = command, .left = arguments };
    if (auto parsed = parser.run(); !parsed)
        return std::unexpected(parsed.error());
    const std::size_t count = parser.arguments.positional().size();
    if (count < command.leastPositional)
        return parser.wrong("argument missing", std::string(command.arguments));
    if (count > command.mostPositional)
        return parser.wrong("too many arguments", parser.arguments.positional()[command.mostPositional]);
    return std::move(parser.arguments);
}

std::string helpOf(const Command& command)
{
    std::string out = "Usage: plimsoll";
    if (!command.name.empty())
        out += ' ' + std::string(command.name);
    out += ' ' + std::string(command.arguments);
    out += "\n\n" + std::string(command.summary) + '\n';
    if (!command.run && !command.name.empty())
        return out + "\nThis command is not built yet.\n";
    out += "\nOptions:\n";
    for (const Option& option : command.options)
        out += helpLine(optionName(option),
            std::string(option.help) + (option.isRepeatable ? " (may be repeated)" : "")
                + (option.isBuilt ? "" : " (not built yet)"));
    out += helpLine("-h, --help", "this text");
    if (command.arguments.contains("SOURCE"))
        out += "\nSOURCE is a snapshot (.plimsoll), a file or folder of JSON or YAML as kubectl writes it, an archive "
               "of\n"
               "such (.gz, .tar, .tar.gz, .zip), a 'kubectl cluster-info dump' folder, a support bundle, must-gather,\n"
               "crust-gather or Velero backup, - for standard input, or the live cluster of the kubeconfig: cluster, "
               "or\n"
               "cluster:CONTEXT. Several sources of one cluster are merged.\n";
    return out;
}

std::string helpOfAll()
{
    std::string out
        = "Plimsoll reviews the security posture of a Kubernetes cluster: live, or from what was saved of it.\n\n"
          "Usage: plimsoll [SOURCE...]           open the window\n"
          "       plimsoll COMMAND [ARGUMENT...]\n\nCommands:\n";
    std::vector<std::string_view> later;
    for (const Command& command : commands()) {
        if (command.run)
            out += helpLine(command.name, command.summary);
        else
            later.push_back(command.name);
    }
    out += "\nNot built yet: " + join(std::span<const std::string_view>(later), ", ") + ".\n";
    out += "\nOptions:\n" + helpLine("-h, --help", "this text; 'plimsoll COMMAND --help' for a command")
        + helpLine("    --version", "the version")
        + "\nExit status: 0 done; 1 findings at or above --fail-on; 2 wrong usage; 3 the source could not be read or\n"
          "reached; 4 done in part (something in the source could not be read).\n";
    return out;
}

} // namespace plimsoll::app
