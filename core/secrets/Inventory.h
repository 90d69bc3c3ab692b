// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/TaskPool.h"
#include "core/base/Time.h"
#include "core/secrets/Readers.h"

// The front of core/secrets: every Secret of a cluster without a value, and what is to be known of it.
//
//   References.h    what names Secrets
//   Readers.h       who comes to the value
//   Inventory.h     all of it in one list, with age, use and rotation
namespace plimsoll::secrets {

// When the data was last written, and what says so.
struct Age {
    enum class Strength : std::uint8_t {
        Unknown,
        Creation, // the object is as old as that; its data may have been changed since
        ManagedFields, // the last write that owns fields of the data
    };
    std::optional<UnixSeconds> created, changed;
    std::string changedBy; // the field manager, "" when not known
    Strength strength = Strength::Unknown;
    // Days from the last known write to now; nothing when either is unknown.
    std::optional<std::int64_t> days(std::optional<UnixSeconds> now) const;
};
std::string_view toText(Age::Strength strength); // "managed fields", "creation time", "not known"

enum class Usage : std::uint8_t {
    Referenced, // something names it
    ByType, // Kubernetes or a tool finds it by its type or labels: tokens, bootstrap tokens, Helm releases
    Owned, // an object that is there owns it
    PerhapsByApi, // nothing names it, but an account that runs pods may read it by name or in its namespace
    Unused, // none of that in all kinds searched
};
std::string_view toText(Usage usage); // "used", "used by type", ...

struct SecretInfo {
    cluster::ObjectId object;
    std::uint32_t secret = 0; // index into Cluster::secrets()
    Usage usage = Usage::Referenced;
    std::string usageReason; // a clause
    std::vector<std::string> unusedKeys; // no reference takes them, though all references name keys
    Age age;
    std::optional<std::uint32_t> ageLimit; // days by the rotation policy for its type; nothing: none
    bool isOverdue = false; // older than the limit allows
    std::string source; // what made it, when labels or owners tell: "Helm release web", "ExternalSecret shop/db"
    std::vector<std::uint32_t> counts; // readers by Way
    std::uint32_t readers = 0; // identities
    std::uint32_t holders = 0; // workloads
    bool isReadByEverybody = false; // system:authenticated, unauthenticated or all service accounts read it
    std::string gap; // RBAC kinds that are missing: readers are not all known
};

// Something that names a Secret that is not there.
struct Missing {
    Reference reference;
};

struct RotationPolicy {
    struct Limit {
        std::string type; // of the Secret; "*" = any other
        std::uint32_t days = 0;
    };
    std::vector<Limit> limits;
    // 90 days for service account tokens and passwords, 180 for registries, 365 for SSH keys and Opaque; certificates
    // tell their own end.
    static RotationPolicy standard();
    std::optional<std::uint32_t> daysFor(std::string_view type) const;
};

struct Inventory {
    std::shared_ptr<const Readers> readers;
    std::vector<SecretInfo> secrets; // in order of Cluster::secrets()
    std::vector<Missing> missing; // in order of References; not optional ones
    std::string gap; // why Secrets are not listed at all, "" when they are
    std::optional<UnixSeconds> now; // to which ages refer
};

// Errors: Cancelled.
Result<std::shared_ptr<const Inventory>> takeInventory(std::shared_ptr<const Readers> readers,
    std::optional<UnixSeconds> now, const RotationPolicy& policy, TaskPool& pool, Progress& progress);

// References that are not optional, to Secrets that are not there, one for each workload and use; none when the source
// does not list Secrets.
std::vector<Missing> missingReferences(const References& references);
// How a Secret is used, without readers and age.
SecretInfo usageOf(const Readers& readers, std::uint32_t secret);
// Reads the Secret's raw text for managedFields.
Age ageOf(const cluster::Cluster& cluster, cluster::ObjectId secret);

} // namespace plimsoll::secrets
