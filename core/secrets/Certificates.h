// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cluster/Cluster.h"
#include "core/format/Certificate.h"

// Certificates that a cluster holds, by their public facts: of Secrets, and of the places that everybody may read.
// Source: RFC 5280 and 6125; Kubernetes 1.36 types.go (caBundle, CertificateSigningRequest); cert-manager.io/v1.
namespace plimsoll::secrets {

struct CertificateFault {
    std::string text; // "has expired on 2026-01-01"
    bool isExpiry = false;
};

struct CertificateEntry {
    enum class Place : std::uint8_t { Secret, Webhook, ApiService, Conversion, Request, ConfigMap, CertManager };
    Place place = Place::Secret;
    cluster::ObjectId object;
    std::string pointer; // RFC 6901 in the object
    std::optional<format::Certificate> facts; // nothing where only the end is told (cert-manager)
    std::uint32_t position = 0; // in its value: 0 = the first, which of a TLS Secret is the server's own
    std::optional<UnixSeconds> notAfter;
    bool isAuthority = false; // a bundle of authorities, not what a server shows
    std::vector<CertificateFault> faults;
};
std::string_view toText(CertificateEntry::Place place); // "Secret", "webhook", ...

struct CertificateList {
    std::vector<CertificateEntry> entries; // by object, then pointer, then position
    // Objects with a value that should be a certificate and cannot be read as one, and its pointer.
    std::vector<std::pair<cluster::ObjectId, std::string>> unread;
};
// now: nothing = expiry is not judged. What ends within the given days is a fault.
// Faults: expiry; RSA keys below 2048 and EC keys below 224 bits; SHA-1 and MD5 signatures (not of self-signed ones,
// whose signature nobody checks); an authority as a server's own certificate; a chain out of order; hosts of the
// Ingresses and Gateways that name the Secret and that the certificate does not cover; the same key in several
// namespaces.
CertificateList certificatesOf(const cluster::Cluster& cluster, std::optional<UnixSeconds> now, int warningDays = 30);

// Does a certificate's name cover a host? "*.example.com" covers one label. Without names the common name counts for
// nothing, as browsers and Go decide.
bool coversHost(const format::Certificate& certificate, std::string_view host);

} // namespace plimsoll::secrets
