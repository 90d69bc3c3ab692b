// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/evidence/detail/AuditCounter.h"
#include "core/format/Json.h"

// What the API server wrote and what the clouds wrap it in.
// Source: Kubernetes pkg/apis/audit v1, v1beta1, v1alpha1 types.go; Amazon CloudWatch Logs (GetLogEvents, export,
//         subscription filters, Insights); Azure Monitor resource logs of Microsoft.ContainerService/managedClusters
//         and its tables AzureDiagnostics, AKSAudit, AKSAuditAdmin; Google Cloud LogEntry and
//         google.cloud.audit.AuditLog of k8s.io.
namespace plimsoll::evidence {

class AuditForms {
public:
    enum class Taken : std::uint8_t {
        Nothing, // it is no part of an audit log
        Other, // an entry of another log in the same export
        Event,
    };
    explicit AuditForms(AuditCounter& counter)
        : m_counter(counter)
    {
    }
    ~AuditForms(); // overwrites what passed through it
    AuditForms(const AuditForms&) = delete;
    AuditForms& operator=(const AuditForms&) = delete;
    Taken take(std::string_view paddedText);

    std::uint64_t others() const { return m_others; }
    std::uint64_t cutEvents() const { return m_cutEvents; }
    const std::string& form() const { return m_form; }

private:
    Taken takeValue(format::Value root);
    Taken takeList(format::Value list, Taken (AuditForms::*taker)(format::Value));
    Taken takeEvent(format::Value event);
    Taken takeAzure(format::Value record);
    Taken takeAzureRow(format::Value row);
    Taken takeGoogle(format::Value entry);
    Taken takeCloudWatch(format::Value entry);
    Taken takeText(std::string_view text, std::string_view form);
    Taken takeShortened(std::string_view text);
    void setText(std::string_view text);
    Taken other();
    void noteForm(std::string_view form);

    AuditCounter& m_counter;
    format::JsonParser m_parser, m_innerParser;
    format::Document m_document, m_inner;
    std::string m_text; // of an inner document
    std::uint64_t m_others = 0, m_cutEvents = 0;
    std::string m_form;
};

// The text format of Kubernetes up to 1.12: "2018-...: AUDIT: id=".
bool isLegacyAuditText(std::string_view text);

} // namespace plimsoll::evidence
