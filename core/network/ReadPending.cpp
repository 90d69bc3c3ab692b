// SPDX-License-Identifier: Apache-2.0
#include "core/network/detail/PolicyDef_p.h"
namespace plimsoll::network {
void readCalicoPolicies(const ReadContext&, PolicyDefs&)
{
}
} // namespace plimsoll::network
