// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include "app/CommandLine.h"
#include "app/Console.h"
#include "app/commands/Commands.h"
#include "core/report/Report.h"

namespace {

using namespace plimsoll;
using namespace plimsoll::app;

bool asksForHelp(std::span<const std::string> arguments)
{
    const auto end = std::ranges::find(arguments, "--");
    return std::any_of(
        arguments.begin(), end, [](const std::string& argument) { return argument == "--help" || argument == "-h"; });
}

// A word that is neither a command nor a file is more likely a mistyped command than a source.
bool isMistypedCommand(const std::string& word)
{
    std::error_code error;
    return word.find_first_of("/.:") == std::string::npos && word != "-" && word != "cluster"
        && !std::filesystem::exists(word, error);
}

int runCommand(const Command& command, std::span<const std::string> arguments)
{
    if (asksForHelp(arguments)) {
        print(helpOf(command));
        return done;
    }
    if (!command.run)
        return fail({ .kind = ErrorKind::Usage,
                        .what = "this command is not built yet",
                        .where = std::string(command.name),
                        .advice = "see 'plimsoll --help' for those that are" },
            wrongUsage);
    const auto parsed = parse(command, arguments);
    if (!parsed)
        return fail(parsed.error(), wrongUsage);
    return command.run(*parsed);
}

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    // Options of a command may stand before it only when they are those of the program itself.
    if (!arguments.empty()) {
        const std::string& first = arguments.front();
        if (first == "--version") {
            print("plimsoll " + std::string(report::toolVersion()) + '\n');
            return done;
        }
        if (first == "--help" || first == "-h" || first == "help") {
            print(helpOfAll());
            return done;
        }
        if (const Command* command = findCommand(first))
            return runCommand(*command, std::span(arguments).subspan(1));
        if (first.front() != '-' && isMistypedCommand(first))
            return fail({ .kind = ErrorKind::Usage,
                            .what = "no such command or file",
                            .where = first,
                            .advice = "see 'plimsoll --help'" },
                wrongUsage);
    }
    const auto parsed = parse(windowCommand(), arguments);
    if (!parsed)
        return fail(parsed.error(), wrongUsage);
    return openWindow(argc, argv, parsed->positional());
}
