// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/format/Document.h"

namespace plimsoll::format {

// What a scalar of YAML 1.1 means to Kubernetes.
// Source: go-yaml v2 resolve.go, which sigs.k8s.io/yaml (kubectl, the API server, Helm) stands on.
struct YamlScalar {
    Type type = Type::String; // Null, Boolean, Number or String
    std::string text; // normalised JSON text of a number or boolean; empty for a string that stays as it is
    bool isInfinite = false; // .inf and .nan: no JSON number
};

// A plain (unquoted) scalar.
YamlScalar resolvePlain(std::string_view text);
// The bytes of !!binary; nothing when it is not base64.
std::optional<std::string> decodeBase64(std::string_view text);

} // namespace plimsoll::format
