// SPDX-License-Identifier: Apache-2.0
#include "app/Console.h"
#include "app/commands/Commands.h"
#include "core/snapshot/Collect.h"

namespace plimsoll::app {

namespace {

constexpr std::array ownOptions {
    Option { "secrets", '\0', {}, "also the right to list Secrets; RBAC cannot grant it without their values" },
    progressOption,
};
constexpr auto options = allOptions(ownOptions, sourceOptions);

} // namespace

std::span<const Option> auditorRoleOptions()
{
    return options;
}

int runAuditorRole(const Arguments& arguments)
{
    const auto secrets = arguments.has("secrets") ? snapshot::SecretAccess::WithList : snapshot::SecretAccess::Without;
    if (arguments.positional().empty()) {
        print(snapshot::auditorRoleYaml(secrets));
        return done;
    }
    const auto settings = sourceSettings(arguments);
    if (!settings)
        return fail(settings.error(), wrongUsage);
    const auto line = ProgressLine::create(arguments.value("progress"));
    if (!line)
        return fail(line.error(), wrongUsage);
    TaskPool pool;
    const auto model = loadSources(arguments.positional(), *settings, pool, **line);
    (*line)->clear();
    if (!model)
        return fail(model.error(), statusOf(model.error()));
    print(snapshot::auditorRoleYaml(secrets, (*model)->snapshot().notCollected()));
    return done;
}

} // namespace plimsoll::app
