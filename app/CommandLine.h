// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/Result.h"

// Options and commands as tables: parsing and every --help text are made from them.
namespace plimsoll::app {

enum ExitStatus : int {
    done = 0,
    findingsAtFailOn = 1,
    wrongUsage = 2,
    sourceUnreadable = 3,
    doneInPart = 4,
};

struct Option {
    std::string_view name; // "format": --format
    char letter = '\0'; // 'o': -o
    std::string_view value = {}; // "FILE"; empty = takes none
    std::string_view help = {};
    bool isRepeatable = false;
    bool isBuilt = true; // in the contract, but not yet there
};

class Arguments {
public:
    const std::vector<std::string>& positional() const { return m_positional; }
    bool has(std::string_view option) const;
    std::string value(std::string_view option, std::string_view otherwise = {}) const; // the last one given
    std::vector<std::string> values(std::string_view option) const;

private:
    friend struct Parser;
    std::vector<std::string> m_positional;
    std::vector<std::pair<std::string_view, std::string>> m_options; // name, value
};

struct Command {
    std::string_view name;
    std::string_view arguments; // "SOURCE... [KIND[/NAME]]"
    std::string_view summary;
    std::span<const Option> options;
    std::size_t leastPositional = 0;
    std::size_t mostPositional = 0;
    int (*run)(const Arguments&) = nullptr; // nullptr: not built yet
};

// Every command, in the order of the help.
std::span<const Command> commands();
const Command* findCommand(std::string_view name);
const Command& windowCommand();

// Options may stand before or after other arguments; "--" ends them. Errors: Usage.
Result<Arguments> parse(const Command& command, std::span<const std::string> arguments);
std::string helpOf(const Command& command);
std::string helpOfAll();

} // namespace plimsoll::app
