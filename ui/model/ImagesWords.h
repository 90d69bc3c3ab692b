// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/ImagesData.h"

// Words and parts that ui/model/Images*.cpp and EvidenceData.cpp share.
namespace plimsoll::ui::model {

QString imagesTr(const char* source);
QString gradeName(int grade); // "Critical"
QString shortDigest(std::string_view digest); // "sha256:1a2b3c4d5e6f"
QString countedText(quint64 count, const char* one, const char* many); // many with the number for %1
VulnerabilityCounts countsOf(const Images& shown, std::uint32_t index);
VulnerabilityRow rowOf(const Images& shown, const images::ScannedImage& image, std::uint32_t vulnerability);
void fillReasons(VulnerabilityRow& row, const images::ScanResults& scans, const images::RankedVulnerability& ranked);
// Indices of open findings about an image.
std::vector<std::uint32_t> findingsOf(const Images& shown, std::uint32_t index);
QString versionOf(const images::Image& image); // tag, else short digest
ImageRow imageRow(const Images& shown, std::uint32_t index);
struct SupportLine {
    QString words;
    SupportState state = SupportState::Unknown;
};
SupportLine supportOf(const images::Image& image);
SupportState stateOf(images::Support support);
void fillSupport(ImageTables& out, const Images& shown);
bool isOlderVersion(const QString& a, const QString& b); // numbers in them compared as numbers

} // namespace plimsoll::ui::model
