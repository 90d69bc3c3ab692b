// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QString>

#include "core/assess/Assessment.h"

namespace plimsoll::ui::model {

// What is said about where the shown data comes from: the badge, and what a person must know before trusting it.
struct OriginData {
    enum class Kind : std::uint8_t { Files, Live, Snapshot };
    struct Banner {
        bool isAlarm = false; // the result may be somebody else's; else it is only incomplete
        QString text;
        bool hasDetails = false; // there is a list of what was not collected
    };
    Kind kind = Kind::Files;
    QString badge; // "LIVE"
    QString age; // "captured 3 min ago"; "" for files
    QString proof; // "unsigned", "signed by SHA256:..."; "" for files and live
    bool isSigned = false;
    QString details; // for the tool tip and screen readers, whole sentences
    std::vector<Banner> banners;
};

OriginData originOf(const assess::Assessment& assessment, UnixSeconds now);

// "just now", "3 min ago", "2 h ago", "5 days ago".
QString agoText(UnixSeconds then, UnixSeconds now);

} // namespace plimsoll::ui::model
