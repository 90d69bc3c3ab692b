// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "app/Console.h"
#include "app/commands/Commands.h"

#ifdef PLIMSOLL_HAS_WINDOW
#include "ui/shell/Shell.h"
#endif

namespace plimsoll::app {

namespace {

#ifdef PLIMSOLL_HAS_WINDOW
bool isSet(const char* variable)
{
    const char* value = std::getenv(variable);
    return value && *value;
}
#endif

constexpr const char* withoutWindow
    = "use 'plimsoll assess SOURCE' for text, or with --format pdf -o FILE for the report";

} // namespace

int openWindow(int& argc, char** argv, const std::vector<std::string>& sources)
{
#ifdef PLIMSOLL_HAS_WINDOW
    if (!isSet("DISPLAY") && !isSet("WAYLAND_DISPLAY") && !isSet("QT_QPA_PLATFORM"))
        return fail({ .kind = ErrorKind::Usage,
                        .what = "no display to open a window on",
                        .where = "neither DISPLAY nor WAYLAND_DISPLAY is set",
                        .advice = withoutWindow },
            wrongUsage);
    return ui::shell::runWindow(argc, argv, sources);
#else
    static_cast<void>(sources);
    static_cast<void>(argc);
    static_cast<void>(argv);
    return fail({ .kind = ErrorKind::Usage,
                    .what = "this program was built without the window",
                    .where = {},
                    .advice = withoutWindow },
        wrongUsage);
#endif
}

} // namespace plimsoll::app
