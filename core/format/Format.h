// SPDX-License-Identifier: Apache-2.0
#pragma once

// The front of core/format: bytes in, values out, with bounds against hostile input. The only room that sees simdjson,
// yaml-cpp and libarchive; their exceptions and error codes end here as Result.
//
//   Document.h  a parsed value, the same for JSON and YAML
//   Json.h      parser, splitter of huge lists, writer
//   Yaml.h      parser with Kubernetes' reading of YAML 1.1, writer with line numbers
//   Archive.h   gzip, tar, zip, nested one level, streamed
//   Sha256.h    digests
//   Limits.h    the bounds

#include "core/format/Archive.h"
#include "core/format/Document.h"
#include "core/format/Json.h"
#include "core/format/Limits.h"
#include "core/format/Sha256.h"
#include "core/format/Yaml.h"
