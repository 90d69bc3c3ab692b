// SPDX-License-Identifier: Apache-2.0
#include "core/base/Result.h"

#include <cstdio>
#include <exception>

namespace plimsoll {

std::string toText(const Error& error)
{
    std::string text = error.what;
    if (!error.where.empty())
        text += ": " + error.where;
    if (!error.advice.empty())
        text += ": " + error.advice;
    return text;
}

void invariantBroken(const char* expression, const char* file, int line)
{
    std::fputs("plimsoll: broken invariant: ", stderr);
    std::fputs(expression, stderr);
    std::fputs(" at ", stderr);
    std::fputs(file, stderr);
    std::fputs((":" + std::to_string(line) + "\n").c_str(), stderr);
    std::terminate();
}

} // namespace plimsoll
