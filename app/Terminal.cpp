// SPDX-License-Identifier: Apache-2.0
#include "app/Terminal.h"

#include <cstdio>

#include <termios.h>
#include <unistd.h>

#include "app/Console.h"
#include "core/base/Text.h"

namespace plimsoll::app {

namespace {

// The terminal shows nothing of what is typed while it lives.
class NoEcho {
public:
    NoEcho()
    {
        m_isChanged = tcgetattr(STDIN_FILENO, &m_before) == 0;
        termios silent = m_before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        m_isChanged = m_isChanged && tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    ~NoEcho()
    {
        if (m_isChanged)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

private:
    termios m_before {};
    bool m_isChanged = false;
};

std::string readLine()
{
    std::string line;
    char byte = 0;
    while (read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n')
        line += byte;
    if (line.ends_with('\r'))
        line.pop_back();
    return line;
}

} // namespace

bool canAsk()
{
    return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0;
}

std::string ask(const std::string& question)
{
    if (!canAsk())
        return {};
    printToError(question);
    return std::string(trimmed(readLine()));
}

std::optional<std::string> askSecret(const std::string& question)
{
    if (!canAsk())
        return std::nullopt;
    printToError(question);
    std::string secret;
    {
        const NoEcho quiet;
        secret = readLine();
    }
    printToError("\n");
    if (secret.empty())
        return std::nullopt;
    return secret;
}

} // namespace plimsoll::app
