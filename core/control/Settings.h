// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/base/Time.h"
#include "core/cluster/Cluster.h"
#include "core/images/Lifecycle.h"
#include "core/secrets/Inventory.h"

namespace plimsoll::control {

// What a reviewer may set and what changes results (decisions.md, "Settings"); printed in every report.
struct Settings {
    std::optional<UnixSeconds> asOf; // --as-of; else the time of capture, else Cluster::newestTime()
    std::vector<std::string> allowedRegistries; // registry host or host/path prefix; empty = PLM-I04 is not assessed
    std::string targetRelease; // "1.37": which API versions PLM-W52 reports; "" = the release after the server's
    std::vector<std::string> requiredLabels; // keys that PLM-W56 asks of workloads; empty = any that names an owner
    secrets::RotationPolicy rotation = secrets::RotationPolicy::standard(); // how old Secrets may become
    std::shared_ptr<const images::LifecycleTable> lifecycle; // of the reviewer; null = the one that is built in
    // What PLM-I07 and PLM-I09 bear.
    struct ScanLimits {
        std::uint32_t fixableCritical = 0, fixableHigh = 10; // open vulnerabilities with a fix, of one image
        std::uint32_t scanDays = 30, imageDays = 365; // age; 0 = no limit
        bool operator==(const ScanLimits&) const = default;
    };
    ScanLimits scans;
    std::uint32_t certificateDays = 30; // a certificate that ends within them is a finding of PLM-S14
    std::string path; // the file they came from, "" for the defaults

    const images::LifecycleTable& releases() const { return lifecycle ? *lifecycle : images::builtInLifecycle(); }
    // asOf, else the time of capture, else the newest time in any object; nothing when none is known.
    std::optional<UnixSeconds> dayOf(const cluster::Cluster& cluster) const;
};

// Reads a settings file (YAML; schema resources/schemas/settings-v1.schema.json):
//   allowedRegistries: [registry.example.com, ghcr.io/acme]
//   targetRelease: "1.37"
//   requiredLabels: [app.kubernetes.io/name, acme.example/owner]
//   rotationDays: { Opaque: 180, kubernetes.io/basic-auth: 30, "*": 365 }   (0 = no limit; replaces the standard one)
//   lifecycleTable: releases.yaml   (beside the settings file; schema lifecycle-v1.schema.json)
//   scanLimits: { fixableCritical: 0, fixableHigh: 10, scanDays: 30, imageDays: 365 }
//   certificateDays: 30   (0 = only what has expired)
// Errors: NotFound, Format (unknown key, wrong type; with file:line).
Result<Settings> readSettings(const std::string& path);

} // namespace plimsoll::control
