// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/images/Vulnerabilities.h"

namespace plimsoll::images::detail {

// A package URL in its parts, percent encoding undone.
// Source: package-url/purl-spec PURL-SPECIFICATION.
struct PackageUrl {
    std::string type, ns, name, version;
    std::map<std::string, std::string> qualifiers;
};
std::optional<PackageUrl> parsePackageUrl(std::string_view text);

// VEX statements by the vulnerability they are for.
class Statements {
public:
    explicit Statements(const evidence::Evidence& evidence);

    // Sets status and who said so, when a statement is for this vulnerability of this image: the latest one decides.
    void decide(const ScannedImage& image, const evidence::ImageScan& scan, const evidence::Vulnerability& found,
        ImageVulnerability& decided) const;

private:
    const evidence::Evidence& m_evidence;
    std::map<std::string, std::vector<std::uint32_t>, std::less<>> m_byId;
};

// Whether a statement's product is this package of this image.
bool isProduct(const evidence::VexProduct& product, const ScannedImage& image, const evidence::ImageScan& scan,
    const evidence::Vulnerability& found);

} // namespace plimsoll::images::detail
