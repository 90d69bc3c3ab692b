// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/evidence/Falco.h"
#include "core/format/Document.h"

// One line of each tool, added up by rule and place.
namespace plimsoll::evidence {

class AlertCounter {
public:
    bool take(format::Value line); // false = it is of no tool
    void add(Alert alert);
    AlertLog finish();
    bool hasAny() const { return m_log.events + m_log.dropReports + m_log.plainEvents > 0; }

private:
    void takeFalco(format::Value line);
    bool takeFalcoInternal(format::Value line);
    void takeTetragon(format::Value line, std::string_view event);
    void takeKubeArmor(format::Value line);
    void count(Alert alert, UnixSeconds at);

    std::map<std::string, Alert> m_alerts; // by what makes two one
    AlertLog m_log;
};

// What a tool says about itself (klog, zap, logrus in JSON).
bool isToolsOwnLog(format::Value line);
void sortAlerts(std::vector<Alert>& alerts);

} // namespace plimsoll::evidence
