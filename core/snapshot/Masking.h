// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "core/format/Document.h"
#include "core/snapshot/Snapshot.h"

namespace plimsoll::snapshot {

// What a masked string becomes, for instance "<masked: 24 bytes, secret-data>". The length is that of the text in the
// source (base64 in Secret.data).
std::string maskText(std::string_view rule, std::size_t length);
// Whether a text is such a mask, and the length it states.
bool isMask(std::string_view text);
std::size_t maskedLength(std::string_view mask);

// Drops secret values of one object in place, before anything of it is stored:
//  - Secret data and stringData: every value becomes a mask (key names and sizes stay); of repeated keys, all;
//  - the last-applied-configuration annotation of a Secret and of anything in which it holds a credential: whole;
//  - credentials in env values, args, annotations, ConfigMap values and any other string of any kind: named fields,
//    curated patterns (RE2), entropy where the field's name says credential.
// kind and apiVersion are those of the object (an unknown kind with data is treated as a Secret).
// Returns what was masked, in document order.
std::vector<MaskedValue> redact(format::Document& document, std::string_view apiVersion, std::string_view kind);

} // namespace plimsoll::snapshot
