// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <QProcess>
#include <QStandardPaths>

#include "core/report/Report.h"
#include "tests/support/Support.h"

namespace plimsoll::test {

// A small cluster with faults of several severities and names that try to do harm.
constexpr std::string_view faultyCluster = R"yaml(
apiVersion: v1
kind: Namespace
metadata:
  name: kube-system
  uid: 11111111-2222-3333-4444-555555555555
  creationTimestamp: "2026-11-01T10:00:00Z"
---
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  creationTimestamp: "2026-11-02T10:00:00Z"
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations:
    note: "<b>bold</b> & \e[31mred"
spec:
  replicas: 1
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      hostNetwork: true
      containers:
        - name: web
          image: registry.example.com/web:latest
          args: ["<i>markup</i> & more", "ملف", "文件"]
          securityContext:
            privileged: true
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: everything
rules:
  - apiGroups: ["*"]
    resources: ["*"]
    verbs: ["*"]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: everything-for-dev
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: everything
subjects:
  - kind: Group
    name: "dev\u202Ereversed"
    apiGroup: rbac.authorization.k8s.io
)yaml";

inline std::shared_ptr<const assess::Assessment> assessmentOf(
    std::string_view yaml, const assess::Scope& scope = {}, const assess::Inputs& inputs = {})
{
    const auto catalogue = control::loadCatalogue();
    if (!catalogue)
        qFatal("%s", toText(catalogue.error()).c_str());
    Progress progress;
    const auto assessment = assess::assess(clusterFrom(yaml), *catalogue, {}, scope, pool(), progress, inputs);
    if (!assessment)
        qFatal("%s", toText(assessment.error()).c_str());
    return *assessment;
}

// A waiver that is used, one that has expired and one that is too broad and unused, and a recorded verdict.
inline assess::Inputs reviewedInputs()
{
    const auto waiver
        = [](std::string id, std::string control, std::string name, const char* created, const char* end) {
              control::Waiver out;
              out.id = std::move(id);
              out.controls = { std::move(control) };
              out.objects.names = { std::move(name) };
              out.reason = "Needs <b>the</b> node";
              out.owner = "team-shop";
              out.approver = "jane";
              out.created = parseTime(created).value_or(0);
              out.expires = parseTime(end).value_or(0);
              out.file = "risks.yaml";
              out.line = 2;
              return out;
          };
    assess::Inputs inputs;
    inputs.waivers = { waiver("accepted", "PLM-W01", "web", "2026-01-01", "2027-01-01"),
        waiver("gone", "PLM-W05", "web", "2025-01-01", "2026-01-01"),
        waiver("wide", "all", "nothing-*", "2026-01-01", "2027-01-01") };
    inputs.review.verdicts = { { "cis-2.0.1", "3.1.1", control::ManualVerdict::Pass, "Asked the platform team",
        { "SEC-123.pdf" }, "Jane Doe", 1'795'132'800 } };
    return inputs;
}

inline assess::Scope onlyControl(const std::string& id)
{
    assess::Scope scope;
    scope.controls.push_back(id);
    return scope;
}

inline Result<std::string> written(
    std::string_view format, const assess::Assessment& assessment, const report::Options& options = {})
{
    std::string out;
    Progress progress;
    const auto result = report::findFormat(format)->write(
        assessment, options, progress, [&out](std::string_view bytes) { out += bytes; });
    if (!result)
        return std::unexpected(result.error());
    return out;
}

// Runs a tool of poppler or qpdf on a file; nothing when it is not installed.
inline std::optional<QByteArray> toolOutput(const QString& tool, const QStringList& arguments, int* status = nullptr)
{
    const QString program = QStandardPaths::findExecutable(tool);
    if (program.isEmpty())
        return std::nullopt;
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    if (!process.waitForFinished(60'000))
        return std::nullopt;
    if (status)
        *status = process.exitCode();
    return process.readAllStandardOutput();
}

} // namespace plimsoll::test
