// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "core/control/Control.h"

// The controls of each family, in order of id. Catalogue.cpp joins them.
namespace plimsoll::control {

std::span<const Control> workloadControls(); // W
std::span<const Control> accessControls(); // R
std::span<const Control> networkControls(); // N
std::span<const Control> secretControls(); // S
std::span<const Control> secretExposedControls(); // S02 to S04
std::span<const Control> secretUseControls(); // S05, S07, S09, S15, S16
std::span<const Control> secretStoreControls(); // S10 to S13
std::span<const Control> secretCertificateControls(); // S14
std::span<const Control> imageControls(); // I
std::span<const Control> imageSupportControls(); // I05, I10, I11, I13
std::span<const Control> imageOriginControls(); // I06, I15, I16
std::span<const Control> imageScanControls(); // I: those that need scanners' reports
std::span<const Control> imageIssueControls(); // I12
std::span<const Control> admissionControls(); // M
std::span<const Control> ingressControls(); // T
std::span<const Control> componentControls(); // 1.1.1 to 4.3.1, X

// paths.cpp
std::span<const Control> pathControls(); // G

} // namespace plimsoll::control
