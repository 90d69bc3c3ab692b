// SPDX-License-Identifier: Apache-2.0
#pragma once

// The front of core/base: what every other room stands on. No domain knowledge, no third-party library.
//
//   Result.h      Result<T>, Error: expected failures are values
//   Id.h          dense 32-bit ids that do not mix
//   StringPool.h  every string once; strings are compared as 32-bit ids
//   TaskPool.h    the one pool of threads
//   Progress.h    progress and cancellation of every long call
//   Text.h        small text helpers (join, trim, escape)
//   Time.h        RFC 3339 time stamps as seconds
//   Hash.h        64-bit hash for tables (never for identity outside the process)

#include "core/base/Hash.h"
#include "core/base/Id.h"
#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/base/StringPool.h"
#include "core/base/TaskPool.h"
#include "core/base/Text.h"
#include "core/base/Time.h"
