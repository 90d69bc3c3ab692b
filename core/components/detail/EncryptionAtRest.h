// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "core/components/Components.h"

namespace plimsoll::components {

EncryptionAtRest encryptionAtRest(const Instance& server, std::span<const evidence::EncryptionConfig> given);

} // namespace plimsoll::components
