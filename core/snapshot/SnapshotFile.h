// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/base/TaskPool.h"
#include "core/snapshot/Origin.h"

// The .plimsoll file: one ZIP with a manifest and one JSON List per resource. README.md of this room has the format.
namespace plimsoll::snapshot {

inline constexpr std::string_view snapshotMediaType = "application/vnd.plimsoll.snapshot+zip";

struct ResourceKey {
    std::string group, version, plural, kind; // group "" = core
    bool isNamespaced = true;
    auto operator<=>(const ResourceKey&) const = default;
};

// What is recorded of one resource besides its items.
struct ResourceFacts {
    std::string resourceVersion = {};
    std::optional<UnixSeconds> listedAt = {};
    bool isConsistent = true;
    bool isComplete = true; // false: in some namespaces only
    std::vector<std::string> namespaces = {}; // where, when it is not complete
};

// A small document beside the resources: "flagz/apiserver.json", "version.json".
struct ExtraEntry {
    std::string path;
    std::string bytes;
};

struct SigningKey; // an Ed25519 private key
Result<std::shared_ptr<const SigningKey>> readSigningKey(
    const std::string& pemPath); // PKCS#8 PEM, as "openssl genpkey -algorithm ed25519" makes

struct SealOptions {
    std::shared_ptr<const SigningKey> sign; // nothing = unsigned
    std::vector<std::string> recipients; // "age1..."; makes an age file
    std::optional<std::string> passphrase; // makes an age file with a passphrase; not together with recipients
};

// Collects items and writes the file. Items are compressed in blocks on the pool while more come; nothing reaches the
// disk before write(). Same items in the same order give the same bytes, for any number of threads and any split of
// append() calls.
// Threads: one call at a time per resource; different resources may be filled from different threads.
class SnapshotWriter {
public:
    explicit SnapshotWriter(TaskPool& pool);
    ~SnapshotWriter();

    class Resource {
    public:
        virtual ~Resource() = default;
        virtual void append(std::string_view itemJson) = 0; // one object: compact JSON on one line, already redacted
        virtual void clear() = 0; // forgets all items: its list begins again
        virtual void setFacts(ResourceFacts facts) = 0;
        virtual std::uint64_t items() const = 0;
    };
    // The same key gives the same resource. Stays valid until write(). Any thread.
    Resource& resource(const ResourceKey& key);
    // Forgets a resource altogether: it was not collected, which is something else than a list without items.
    void discard(const ResourceKey& key);
    void addExtra(ExtraEntry entry);

    // Once. Whole into memory: for a live assessment, which is opened as the snapshot it is.
    Result<std::string> toBytes(
        const Origin& origin, const std::vector<NotCollected>& notCollected, Progress& progress);
    // Once. Beside the target first, then renamed over it after fsync: never half a file under its name.
    // Errors: Access (target folder, full disk), Usage (recipients that are none), Cancelled.
    Result<void> toFile(const std::string& path, const Origin& origin, const std::vector<NotCollected>& notCollected,
        const SealOptions& seal, Progress& progress);

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

// Writes bytes that toBytes() made (a live assessment that is saved later), sealed as wanted; atomically.
Result<void> saveSnapshotBytes(
    std::string_view bytes, const std::string& path, const SealOptions& seal, Progress& progress);

// What opens an encrypted file.
struct OpenKeys {
    std::vector<std::string> identityFiles; // as age-keygen writes them
    std::function<std::optional<std::string>(const std::string& file)> passphrase; // asked when the file needs one
    std::string trustedSigner; // PEM public key file; when set, any other signer is an error
};

struct VerifyReport {
    Origin origin;
    std::vector<NotCollected> notCollected;
    std::uint32_t entries = 0;
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0; // unpacked
    std::string manifestSha256;
};
// Reads every byte. Errors: Format with the entry and the reason ("changed", "breaks off", "newer format version 2"),
// Access (no key opens it).
Result<VerifyReport> verifySnapshotFile(
    const std::string& path, const OpenKeys& keys, TaskPool& pool, Progress& progress);

} // namespace plimsoll::snapshot
