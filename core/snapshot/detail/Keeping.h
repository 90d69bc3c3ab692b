// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/format/Json.h"
#include "core/snapshot/Snapshot.h"
#include "core/snapshot/detail/Plurals.h"

namespace plimsoll::snapshot::detail {

struct KeptObject {
    std::string apiVersion, kind, ns, json; // json: redacted, on one line
};

// Keeps the redacted objects of a batch as text until they are merged in the order of the input.
class KeepingBatch final : public ObjectSink::Batch {
public:
    void add(const RawObject& object) override
    {
        const format::Value metadata = object.root["metadata"];
        objects.push_back({ .apiVersion = std::string(object.apiVersion),
            .kind = std::string(object.kind),
            .ns = std::string(metadata["namespace"].text()),
            .json = format::toJson(object.root) });
        if (object.kind == "CustomResourceDefinition") {
            plurals.learn(object.root);
        } else if (object.kind == "Namespace" && object.apiVersion == "v1") {
            namespaces.emplace_back(metadata["name"].text());
            if (metadata["name"].text() == "kube-system")
                clusterUid = metadata["uid"].text();
        }
    }

    std::vector<KeptObject> objects;
    std::vector<std::string> namespaces; // names of Namespace objects
    std::string clusterUid; // UID of kube-system
    Plurals plurals;
};

} // namespace plimsoll::snapshot::detail
