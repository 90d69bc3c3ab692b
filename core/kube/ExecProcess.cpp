// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/Text.h"
#include "core/kube/detail/ExecPlugin.h"
#include "core/kube/detail/KubeconfigInput.h"

namespace plimsoll::kube::detail {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto pollInterval = std::chrono::milliseconds(50);
constexpr auto gracePeriod = std::chrono::milliseconds(300); // between the request to end and the order
constexpr std::size_t maxLineBytes = 4096;
constexpr std::size_t maxLines = 10'000;

// One end of a pipe, closed when it goes.
class Descriptor {
public:
    Descriptor() = default;
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    void close()
    {
        if (number >= 0)
            ::close(number);
        number = -1;
    }
    int number = -1;
};

struct Pipe {
    Descriptor readEnd, writeEnd;
    bool open()
    {
        int ends[2] = { -1, -1 };
        if (::pipe2(ends, O_CLOEXEC) != 0)
            return false;
        readEnd.number = ends[0];
        writeEnd.number = ends[1];
        return true;
    }
};

std::vector<char*> pointersTo(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (std::string& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

int spawn(const ProcessSpec& spec, int output, int errors, pid_t& child)
{
    std::vector<std::string> arguments { spec.name };
    arguments.insert(arguments.end(), spec.arguments.begin(), spec.arguments.end());
    std::vector<std::string> environment = spec.environment;

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    if (!spec.inheritsInput)
        ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
#ifdef __GLIBC__
    // Sockets and files of libraries that forgot to mark them.
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
#endif

    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigemptyset(&all);
    for (const int number : { SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD })
        ::sigaddset(&all, number);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    // A group of its own could not read from the terminal.
    if (!spec.inheritsInput) {
        ::posix_spawnattr_setpgroup(&attributes, 0);
        flags = static_cast<short>(flags | POSIX_SPAWN_SETPGROUP);
    }
    ::posix_spawnattr_setflags(&attributes, flags);
    const int code = ::posix_spawn(
        &child, spec.path.c_str(), &actions, &attributes, pointersTo(arguments).data(), pointersTo(environment).data());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    for (std::string& variable : environment)
        wipe(variable);
    return code;
}

class Child {
public:
    Child(pid_t id, bool hasGroup)
        : m_id(id)
        , m_target(hasGroup ? -id : id)
    {
    }
    ~Child()
    {
        if (!hasEnded())
            end();
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    bool hasEnded()
    {
        if (m_hasEnded)
            return true;
        const pid_t done = ::waitpid(m_id, &m_status, WNOHANG);
        m_hasEnded = done == m_id || (done < 0 && errno != EINTR);
        return m_hasEnded;
    }

    // All of its group: plugins start programs of their own.
    void end()
    {
        const bool wasRunning = !hasEnded();
        ::kill(m_target, SIGTERM);
        const auto deadline = Clock::now() + gracePeriod;
        while (!hasEnded() && Clock::now() < deadline)
            ::poll(nullptr, 0, 10);
        if (wasRunning || m_target < 0)
            ::kill(m_target, SIGKILL);
        while (!m_hasEnded) {
            const pid_t done = ::waitpid(m_id, &m_status, 0);
            m_hasEnded = done == m_id || (done < 0 && errno != EINTR);
        }
    }

    int exitCode() const { return WIFSIGNALED(m_status) ? 128 + WTERMSIG(m_status) : WEXITSTATUS(m_status); }

private:
    pid_t m_id;
    pid_t m_target;
    int m_status = 0;
    bool m_hasEnded = false;
};

// Standard error, line by line. What a terminal would show again and again in one line (\r) counts as lines.
class Lines {
public:
    explicit Lines(const PluginOutput& onLine)
        : m_onLine(onLine)
    {
    }
    void add(std::string_view bytes)
    {
        for (const char c : bytes) {
            if (c == '\n' || c == '\r')
                flush();
            else if (m_line.size() < maxLineBytes)
                m_line += c;
        }
    }
    void flush()
    {
        const std::string line = printable(trimmed(m_line));
        m_line.clear();
        if (line.empty() || ++m_count > maxLines)
            return;
        m_last = line;
        if (m_onLine)
            m_onLine(line);
    }
    const std::string& last() const { return m_last; }

private:
    const PluginOutput& m_onLine;
    std::string m_line, m_last;
    std::size_t m_count = 0;
};

// False at the end of the stream.
bool drain(Descriptor& from, const std::function<void(std::string_view)>& take)
{
    std::array<char, 8192> buffer;
    const ssize_t size = ::read(from.number, buffer.data(), buffer.size());
    if (size > 0) {
        take({ buffer.data(), static_cast<std::size_t>(size) });
        OPENSSL_cleanse(buffer.data(), static_cast<std::size_t>(size));
    } else if (size == 0 || (errno != EINTR && errno != EAGAIN)) {
        from.close();
    }
    return from.number >= 0;
}

// Waits a little and takes what came.
void pump(Descriptor& output, Descriptor& errors, std::string& text, Lines& lines)
{
    std::array<pollfd, 2> ready { pollfd { output.number, POLLIN, 0 }, pollfd { errors.number, POLLIN, 0 } };
    const bool isOpen = output.number >= 0 || errors.number >= 0;
    const int wait = isOpen ? static_cast<int>(pollInterval.count()) : 5;
    if (::poll(ready.data(), ready.size(), wait) <= 0)
        return;
    if (ready[0].revents != 0)
        drain(output, [&](std::string_view bytes) { text += bytes; });
    if (ready[1].revents != 0)
        drain(errors, [&](std::string_view bytes) { lines.add(bytes); });
}

} // namespace

Result<ProcessEnd> runProcess(const ProcessSpec& spec, const PluginOutput& onLine, Progress& progress)
{
    const std::string name = printable(spec.path);
    Pipe output;
    Pipe errors;
    if (!output.open() || !errors.open())
        return failure(ErrorKind::Internal, std::string("No pipe could be made: ") + std::strerror(errno), name);
    pid_t id = 0;
    if (const int code = spawn(spec, output.writeEnd.number, errors.writeEnd.number, id); code != 0)
        return failure(ErrorKind::Access, "The program cannot be started: " + std::string(std::strerror(code)), name,
            "Check that it is meant for this machine and may be run");
    Child child(id, !spec.inheritsInput);
    output.writeEnd.close();
    errors.writeEnd.close();

    ProcessEnd end;
    Lines lines(onLine);
    const auto deadline = Clock::now() + spec.timeout;
    std::optional<Clock::time_point> endedAt;
    for (;;) {
        pump(output.readEnd, errors.readEnd, end.output, lines);
        const bool isTooLong = end.output.size() > spec.maxOutputBytes;
        if (isTooLong || progress.isCancelled() || Clock::now() > deadline) {
            child.end();
            wipe(end.output);
            if (progress.isCancelled())
                return failure(ErrorKind::Cancelled, "Cancelled while a program made the credentials", name);
            return failure(ErrorKind::Limit,
                isTooLong ? "The program wrote more than credentials can be"
                          : "The program took too long to make credentials",
                name, "Run it yourself to see what it does");
        }
        if (!endedAt && child.hasEnded())
            endedAt = Clock::now();
        const bool isDrained = output.readEnd.number < 0 && errors.readEnd.number < 0;
        // A program left behind may keep the pipes open for ever.
        if (endedAt && (isDrained || Clock::now() - *endedAt > gracePeriod))
            break;
    }
    lines.flush();
    end.exitCode = child.exitCode();
    end.lastLine = lines.last();
    return end;
}

} // namespace plimsoll::kube::detail
