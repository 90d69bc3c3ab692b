// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/format/Certificate.h"
#include "core/format/Document.h"
#include "core/snapshot/Snapshot.h"

namespace plimsoll::snapshot {

// What a masked string becomes, for instance "<masked: 24 bytes, secret-data>". The length is that of the text in the
// source (base64 in Secret.data).
std::string maskText(std::string_view rule, std::size_t length);
// Of a value that holds certificates, their public facts stay in the mask:
// "<masked: 1876 bytes, certificate [{...},{...}]>".
std::string maskText(std::span<const format::Certificate> certificates, std::size_t length);
// Whether a text is such a mask, and what it states. A text that only looks like a mask of certificates is none: facts
// must read as facts and be written the very same again.
bool isMask(std::string_view text);
std::size_t maskedLength(std::string_view mask);
std::string_view maskedRule(std::string_view mask); // "certificate", "secret-data"
std::vector<format::Certificate> maskedCertificates(std::string_view mask);

// Drops secret values of one object in place, before anything of it is stored:
//  - Secret data and stringData: every value becomes a mask (key names and sizes stay, and the public facts of
//    certificates); of repeated keys, all;
//  - the last-applied-configuration annotation of a Secret and of anything in which it holds a credential: whole;
//  - credentials in env values, args, annotations, ConfigMap values and any other string of any kind: named fields,
//    curated patterns (RE2), entropy where the field's name says credential.
// kind and apiVersion are those of the object (an unknown kind with data is treated as a Secret).
// Returns what was masked, in document order.
std::vector<MaskedValue> redact(format::Document& document, std::string_view apiVersion, std::string_view kind);

} // namespace plimsoll::snapshot
