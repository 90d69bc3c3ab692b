// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "core/evidence/Scan.h"

// The readers of one format each, and what they share. A reader adds to the evidence what the parsed file says; false:
// it is none of its format after all.
namespace plimsoll::evidence::detail {

using format::Value;

// What every reader is told.
struct Source {
    std::string file; // for ImageScan::file and messages
};

bool readTrivy(Value root, const Source& source, Evidence& evidence);
bool readTrivyKubernetes(Value root, const Source& source, Evidence& evidence);
bool readGrype(Value root, const Source& source, Evidence& evidence);
bool readClair(Value root, const Source& source, Evidence& evidence);
bool readCycloneDx(Value root, const Source& source, Evidence& evidence);
bool readSpdx(Value root, const Source& source, Evidence& evidence);
bool readOpenVex(Value root, const Source& source, Evidence& evidence);
bool readCsaf(Value root, const Source& source, Evidence& evidence);
bool readSarif(Value root, const Source& source, Evidence& evidence);
bool readObjects(Value root, const Source& source, Evidence& evidence); // one custom resource or a list of them

// The components of a CycloneDX document alone, for reports that wrap one.
void readCycloneDxComponents(Value root, ImageScan& scan);

// Text for a table cell: printable, at most 300 bytes.
std::string cell(std::string_view text);
inline std::string cell(Value value)
{
    return cell(value.text());
}
std::optional<double> numberOf(Value value); // 0 to 10,000; nothing for all else
Grade gradeOf(std::string_view text); // any case; "important" and "moderate" as well
Grade gradeOfScore(double score); // CVSS 3: from 9 critical, 7 high, 4 medium, above 0 low
std::optional<UnixSeconds> timeOf(
    Value value); // before 1990: nothing (builds that are reproducible write year 1 or 1970)
VexStatus vexStatusOf(std::string_view text); // "not_affected", "known_not_affected", ...; unknown: under investigation

bool isDigest(std::string_view text); // "sha256:" and 64 digits
std::string digestIn(std::string_view reference); // "sha256:..." after the last @, else ""
void addDistinct(std::vector<std::string>& list, std::string text); // in order, no text twice, no empty one

// The CVE among the names becomes the id, the rest aliases.
void nameVulnerability(Vulnerability& vulnerability, std::string id, std::vector<std::string> others);
// user and age from the text of an image's own config (JSON).
void readImageConfig(Value config, ImageScan& scan);
// %41 decoded.
std::string percentDecoded(std::string_view text);
// What a package URL of an image tells: digest and reference.
void addImagePurl(std::string_view purl, ImageScan& scan);

} // namespace plimsoll::evidence::detail
