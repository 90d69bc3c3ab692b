// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/Console.h"
#include "core/access/Questions.h"
#include "core/evidence/AuditLog.h"

// What the questions of `plimsoll access` share: a loaded cluster with its authorizers, and how answers are written.
namespace plimsoll::app {

struct AccessContext {
    std::shared_ptr<const cluster::Cluster> model;
    std::shared_ptr<const access::Authorizers> authorizers;
    access::Membership membership; // of --groups
    bool isJson = false;
    std::optional<evidence::AuditLog> log; // of --evidence
};

// "rolebindings.json:12", "" when the source does not tell.
std::string placeOf(const cluster::Cluster& model, cluster::ObjectId object, std::string_view pointer);
// {"object": "clusterrole/view", "pointer": "/rules/1", "file": "...", "line": 12}
std::string evidenceJson(const cluster::Cluster& model, cluster::ObjectId object, std::string_view pointer);
// "ann (system:authenticated, dev)".
std::string titleOf(const access::User& user);
std::string jsonOf(const access::User& user);
std::string jsonList(std::span<const std::string_view> texts);
// Prints "note: ..." when the verdicts are those of RBAC alone.
void printCaveat(const access::Authorizers& authorizers);

int accessList(const AccessContext& context, const access::User& user, const std::string& ns);
int accessUnused(const AccessContext& context);
int accessLeast(const AccessContext& context, const access::User& subject, bool keepsNames);
int accessWithout(const AccessContext& context, const std::string& binding);
int accessCompare(const AccessContext& context, const access::User& a, const access::User& b);

} // namespace plimsoll::app
