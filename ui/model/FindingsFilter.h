// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include <QString>
#include <QStringList>

namespace plimsoll::ui::model {

// Which findings a person wants to see. An empty list, like an empty text, lets everything pass.
struct FindingsFilter {
    enum class Status : std::uint8_t { Open, Waived, NotAssessed, All };

    QString text; // anywhere in control, object or message; no case
    std::array<bool, 5> severities { true, true, true, true, true }; // by control::Severity, fixed for the control
    std::array<bool, 5> inContext { true, true, true, true, true }; // the same, of the severity seen in context
    QStringList namespaces; // sorted; clusterScope for objects without one
    QStringList kinds; // sorted, "Deployment"
    QStringList frameworks; // sorted ids; findings of controls that decide a requirement of one of them
    QStringList requirements; // sorted, "cis-2.0.1 5.2.2"; findings of controls of one of them
    QStringList controls; // sorted ids
    QStringList teams; // sorted values of the label that names teams; noTeam for objects without it
    Status status = Status::Open;

    bool operator==(const FindingsFilter&) const = default;
    static inline const QString clusterScope = QStringLiteral("(cluster)");
    static inline const QString noTeam = QStringLiteral("(no team)");
};

// A filter as text, to be kept in the review file and typed by hand; parse(print(filter)) is the same filter:
//
//   severity:critical,high incontext:critical status:waived ns:shop,pay kind:Deployment framework:nsa-cisa
//   requirement:"cis-2.0.1 5.2.2" control:PLM-W05 team:payments words to look for
//
// Values with blanks, commas, colons or quotes stand in double quotes, a quote or backslash behind a backslash;
// severity>=high is understood as well. Everything shown is "".
QString filterText(const FindingsFilter& filter);
// Nothing for a text that is none; then problem, if given, says why.
std::optional<FindingsFilter> filterFromText(const QString& text, QString* problem = nullptr);

} // namespace plimsoll::ui::model
