// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/CommandLine.h"

// One file a command; each has its options as a table and one row in Commands.cpp.
namespace plimsoll::app {

int runAssess(const Arguments& arguments);
int runInspect(const Arguments& arguments);
int runControls(const Arguments& arguments);
int runFrameworks(const Arguments& arguments);
int runContexts(const Arguments& arguments);
int runCollect(const Arguments& arguments);
int runVerify(const Arguments& arguments);
int runAuditorRole(const Arguments& arguments);
int runAccess(const Arguments& arguments);
int runNetwork(const Arguments& arguments);
int runPodSecurity(const Arguments& arguments);
int runSecrets(const Arguments& arguments);
int runImages(const Arguments& arguments);
int runPaths(const Arguments& arguments);

std::span<const Option> assessOptions();
std::span<const Option> inspectOptions();
std::span<const Option> controlsOptions();
std::span<const Option> frameworksOptions();
std::span<const Option> contextsOptions();
std::span<const Option> collectOptions();
std::span<const Option> verifyOptions();
std::span<const Option> auditorRoleOptions();
std::span<const Option> accessOptions();
std::span<const Option> networkOptions();
std::span<const Option> podSecurityOptions();
std::span<const Option> secretsOptions();
std::span<const Option> imagesOptions();
std::span<const Option> pathsOptions();

// Opens the window on the sources (none: the start page). Says so when there is no display or no window was built.
int openWindow(int& argc, char** argv, const std::vector<std::string>& sources);

} // namespace plimsoll::app
