// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Time.h"

// Where a snapshot comes from and what it could not hold.
namespace plimsoll::snapshot {

// A resource that could not be read, or not everywhere.
struct NotCollected {
    std::string group = {}, version = {}, plural = {},
                kind = {}; // kind "" when only the group is known (its API did not answer)
    std::string ns = {}; // "" = everywhere (the list over all namespaces and each single one)
    std::string reason = {}; // kube::toText(FailureReason): "forbidden", "timeout" ...
    int httpStatus = 0;
    std::string message = {}; // the server's words, printable
    std::string missingPermission
        = {}; // "list secrets", "list ingresses.networking.k8s.io in namespace shop"; "" if none
    bool operator==(const NotCollected&) const = default;
};

// A kind that was read in some namespaces only: absence elsewhere means nothing.
struct PartialKind {
    std::string group, kind;
    std::vector<std::string> namespaces; // where it was read completely, sorted
    bool operator==(const PartialKind&) const = default;
};

// How what was opened can be trusted.
enum class Integrity : std::uint8_t {
    NotRecorded, // a dump: nothing says whether it was changed
    Unsigned, // a snapshot file, complete; who made it is not proven
    Signed, // complete and unchanged since the signature
};
std::string_view toText(Integrity integrity); // "not recorded", "unsigned", "signed"

struct Origin {
    enum class Kind : std::uint8_t { Files, Live, SnapshotFile };
    Kind kind = Kind::Files;
    // Of a capture, live or from a snapshot file; empty otherwise.
    std::string tool; // "plimsoll 0.1.0"
    std::string clusterUid; // UID of the namespace kube-system
    std::string serverVersion;
    std::string context, server; // of the kubeconfig; server without user info
    std::string user; // who the server says was asking; "" = it did not tell
    std::vector<std::string> groups;
    std::optional<UnixSeconds> capturedFrom, capturedTo;
    std::vector<std::string> namespaces; // collect --namespace; empty = all
    std::string layout; // of files: "support bundle", "must-gather" ...; "" = plain files
    std::uint32_t redaction = 1; // level
    bool isIdentityVerified = true; // false: insecure-skip-tls-verify
    std::string peerCertificate; // "CN=kube-apiserver, until 2027-01-02"; "" when there was none
    std::vector<std::string> warnings;
    Integrity integrity = Integrity::NotRecorded;
    std::string signer; // fingerprint of the public key, "SHA256:..." ; "" when unsigned
    bool isEncrypted = false;
    bool operator==(const Origin&) const = default;
};

} // namespace plimsoll::snapshot
