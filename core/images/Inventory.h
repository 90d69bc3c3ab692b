// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Time.h"
#include "core/cluster/Cluster.h"
#include "core/images/Images.h"
#include "core/images/Lifecycle.h"
#include "core/images/Versions.h"

// Every image that a cluster runs or would run, and what is known of it without a registry.
// Source: Kubernetes 1.36 types.go (ContainerStatus.ImageID), cri-api; what runtimes write into imageID:
//         containerd and CRI-O "repository@digest", docker "docker-pullable://repository@digest", images that were
//         never pulled "sha256:..." (their configuration).
namespace plimsoll::images {

// What a digest is the digest of. Two digests can be compared only when they play the same role.
enum class DigestRole : std::uint8_t {
    Repository, // under which the registry gave it: the index of a multi-platform image, else the manifest
    Config, // the image's configuration: of images that were loaded or built on the node
};
std::string_view toText(DigestRole role); // "repository", "config"

// Nothing for "" and what is no digest ("nginx:1.27").
struct ImageId {
    DigestRole role = DigestRole::Repository;
    std::string repository; // normalised "docker.io/library/nginx"; "" with a Config digest
    std::string digest;
    bool operator==(const ImageId&) const = default;
};
std::optional<ImageId> parseImageId(std::string_view text);

// A container that names an image.
struct ImageUse {
    cluster::WorkloadId workload;
    cluster::ObjectId holder; // in whose YAML it stands
    std::string container; // name
    std::string pointer; // of the image field, RFC 6901
    std::string pullPolicy; // in effect
    bool isPullPolicySet = false;
    bool isReadOnlyRoot = false;
    bool isEphemeral = false; // a debugging container, or one that was added to a running pod
};

// A digest that containers run now.
struct RunningDigest {
    ImageId id;
    std::uint32_t containers = 0;
    std::vector<std::string> platforms; // of their nodes, "linux/amd64", sorted; empty = not known
};

enum class MutableTag : std::uint8_t { No, Latest, Yes }; // Yes: any tag; only a digest never changes its meaning

struct Image {
    std::string text; // as written, the first of the ways to write it
    std::optional<Reference> reference; // nothing: a runtime refuses the text
    std::string refusal; // why it does
    std::optional<bool> isAllowed; // by the list of registries; nothing without a list
    std::vector<ImageUse> uses; // in order of workloads
    std::uint32_t workloads = 0, pods = 0; // pods that are there
    std::vector<RunningDigest> running; // most containers first
    // The tag runs with several digests of one role on one platform: replicas do not run the same.
    bool hasDrift = false;
    // Digests differ, but only between platforms, which some runtimes report each by its own manifest.
    bool perhapsByPlatform = false;
    std::optional<TagVersion> version; // when the tag is one
    std::string newestSeen; // the highest tag of the same repository and form in this cluster; "" if it is this one
    std::vector<LifecycleHit> lifecycle; // what the table knows about it

    bool isPinned() const { return reference && !reference->digest.empty(); }
};

struct ImageInventory {
    std::vector<Image> images; // by normalised reference
    std::uint32_t registries = 0, repositories = 0;
    const Image* find(std::string_view normalised) const; // "docker.io/library/nginx:1.27"
};

// The normal form that inventories compare by: name, tag and digest.
std::string normalised(const Reference& reference);

// now: to which ends of support refer; nothing: those are not judged.
ImageInventory takeImages(const cluster::Cluster& cluster, const std::vector<std::string>& allowedRegistries,
    const LifecycleTable& table, std::optional<UnixSeconds> now, bool alwaysPulls = false);

} // namespace plimsoll::images
