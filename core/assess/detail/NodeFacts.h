// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/assess/Assessment.h"

namespace plimsoll::assess::detail {

// What reports from the nodes say to our controls: the numbers of a report are those of the benchmark that it followed,
// and mean what our framework of that benchmark maps them to. Numbers of benchmarks that we do not have are left out,
// with a note.
std::vector<control::NodeFact> nodeFactsOf(const control::Catalogue& catalogue,
    const std::vector<evidence::NodeReport>& reports, std::vector<std::string>& notes);

} // namespace plimsoll::assess::detail
