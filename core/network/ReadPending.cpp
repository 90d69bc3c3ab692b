// SPDX-License-Identifier: Apache-2.0
#include "core/network/detail/PolicyDef_p.h"
namespace plimsoll::network {
void readCalicoPolicies(const ReadContext&, PolicyDefs&)
{
}
void readMeshPolicies(const ReadContext&, PolicyDefs&)
{
}
bool isInMesh(const cluster::Cluster&, const cluster::PodSpec&, const TextLabels&, const cluster::Namespace*, bool)
{
    return false;
}
} // namespace plimsoll::network
