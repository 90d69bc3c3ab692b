// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <QString>

#include "core/assess/Assessment.h"

namespace plimsoll::ui::model {

// Finds objects and controls by a few typed letters. Every word must occur; what begins with the text comes first.
// Cost: one pass over the names; they are lowered once, when first searched.
class SearchIndex {
public:
    struct Hit {
        enum class What : std::uint8_t { Object, Control };
        What what = What::Object;
        QString text, secondary;
        QString controlId;
        cluster::ObjectId object;
    };
    void setAssessment(std::shared_ptr<const assess::Assessment> assessment);
    std::vector<Hit> find(const QString& typed, std::size_t limit) const;

private:
    Hit hitOf(Hit::What what, std::size_t index) const;
    std::shared_ptr<const assess::Assessment> m_assessment;
    mutable std::vector<std::string> m_objects; // lower case "kind ns/name", by object
};

} // namespace plimsoll::ui::model
