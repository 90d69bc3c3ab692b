// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace plimsoll::kube::detail {

// Prepares libcurl, once for the process and before its first use. Threads: any.
// Whatever libcurl gives back to the heap is overwritten first: its buffers held answers and credentials.
void startCurl();

} // namespace plimsoll::kube::detail
