// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

// The front of core/images: what the text of an image field means.
namespace plimsoll::images {

// An image reference in its normal form: "nginx" is docker.io/library/nginx.
// Source: github.com/distribution/reference (ParseNormalizedNamed, regexp.go), as container runtimes and kubelet use
// it.
struct Reference {
    std::string domain; // "docker.io", "registry.example.com:5000"
    std::string path; // "library/nginx"
    std::string tag; // "1.27"; "" when the text has none
    std::string digest; // "sha256:..."; "" when the text has none

    bool operator==(const Reference&) const = default;

    // The tag that is pulled: "latest" when the text has neither tag nor digest, "" with a digest alone.
    std::string_view effectiveTag() const;
    // "docker.io/library/nginx".
    std::string name() const { return domain + '/' + path; }
};

// Nothing when a runtime would refuse the text (upper case in the path, a bare 64-digit id, a malformed digest ...).
std::optional<Reference> parseReference(std::string_view text);
// Why it would, as a clause: "the repository name must be in lower case"; "" for a valid reference.
std::string_view refusalOf(std::string_view text);
// "sha256:" and 64 digits, or another algorithm that runtimes know.
bool isDigest(std::string_view text);

// The pull policy the API server fills in where a container has none: Always for the tag latest, else IfNotPresent.
// Source: pkg/apis/core/v1/defaults.go SetDefaults_Container. A text that does not parse gets IfNotPresent.
std::string_view defaultPullPolicy(std::string_view image);

// Does an image come from a registry as a reviewer writes it: a host ("ghcr.io", "docker.io") or a host and the first
// elements of the path ("ghcr.io/acme", not "ghcr.io/acme-fork")?
bool isFrom(const Reference& reference, std::string_view registry);

} // namespace plimsoll::images
