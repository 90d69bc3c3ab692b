// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include <QString>
#include <QStringList>

namespace plimsoll::ui::model {

// Which findings a person wants to see. An empty list, like an empty text, lets everything pass.
struct FindingsFilter {
    enum class Status : std::uint8_t { Failed, NotAssessed, All };

    QString text; // anywhere in control, object or message; no case
    std::array<bool, 5> severities { true, true, true, true, true }; // by control::Severity
    QStringList namespaces; // sorted; clusterScope for objects without one
    QStringList kinds; // sorted, "Deployment"
    QStringList frameworks; // sorted ids; findings of controls that decide a requirement of one of them
    QStringList controls; // sorted ids
    Status status = Status::Failed;

    bool operator==(const FindingsFilter&) const = default;
    static inline const QString clusterScope = QStringLiteral("(cluster)");
};

} // namespace plimsoll::ui::model
