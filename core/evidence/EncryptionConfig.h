// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/format/Document.h"

// What the API server encrypts in etcd, and with what: the file behind --encryption-provider-config.
// Source: Kubernetes 1.36 staging/src/k8s.io/apiserver/pkg/apis/apiserver/types_encryption.go and
//         pkg/server/options/encryptionconfig/config.go: the first entry that covers a resource decides, in it the
//         first provider writes and all of them read.
// Keys are overwritten before the file is parsed; only their names and number are kept.
namespace plimsoll::evidence {

struct EncryptionProvider {
    enum class Kind { Identity, AesCbc, AesGcm, SecretBox, KmsV1, KmsV2, Unknown };
    Kind kind = Kind::Unknown;
    std::string name; // of a KMS plugin; of Unknown as written
    std::size_t keys = 0;
};
std::string_view toText(EncryptionProvider::Kind kind); // "identity", "aescbc", ..., "KMS v2"

struct EncryptionConfig {
    struct Entry {
        std::vector<std::string> resources; // "secrets", "*.apps", "*."
        std::vector<EncryptionProvider> providers;
        std::string pointer; // "/resources/0"
    };
    std::string name; // of the file
    std::vector<Entry> entries;
    std::vector<std::string> problems; // what the API server would refuse

    // The entry that decides for a resource; nullptr: it is stored as it is.
    const Entry* entryFor(std::string_view resource, std::string_view group = {}) const;
};

bool isEncryptionConfig(std::string_view head); // YAML or JSON, by its first bytes
// Overwrites the keys in it. Errors: Format when it is no EncryptionConfiguration.
Result<EncryptionConfig> readEncryptionConfig(std::string& text, const std::string& name);

// How well Secrets are kept, by such a file.
struct EncryptionStrength {
    enum class Level { Plain, Weak, Strong };
    Level level = Level::Plain;
    EncryptionProvider::Kind provider = EncryptionProvider::Kind::Identity;
    std::string pointer; // of the provider or entry that decides; "" = the file as a whole
    std::string sentence; // "Secrets are encrypted by KMS v2 (vault)"
    std::string remark; // what else to look at; "" = nothing
};
EncryptionStrength strengthOf(const EncryptionConfig& config, std::string_view resource = "secrets");

} // namespace plimsoll::evidence
