// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/KubeBench.h"

#include <fstream>

#include "core/base/Text.h"
#include "core/format/Json.h"

namespace plimsoll::evidence {

using format::Value;

namespace {

constexpr std::size_t maxBytes = 64u << 20;
constexpr std::size_t maxActualBytes = 200; // a table cell
constexpr std::string_view advice = "write it with kube-bench --json --outputfile FILE";

NodeCheck::Status statusOf(std::string_view text)
{
    if (text == "PASS")
        return NodeCheck::Status::Pass;
    return text == "FAIL" ? NodeCheck::Status::Fail : NodeCheck::Status::Undecided;
}

// One element of Controls: a part of a benchmark on one kind of node.
void readControls(Value controls, NodeReport& report)
{
    const std::string benchmark = printable(controls["version"].text());
    const std::string nodeType = printable(controls["node_type"].text());
    for (const Value group : controls["tests"]) {
        for (const Value check : group["results"]) {
            const std::string_view id = check["test_number"].text();
            if (!check.isObject() || id.empty())
                continue;
            report.checks.push_back({ benchmark, printable(id), statusOf(check["status"].text()),
                shortened(printable(check["actual_value"].text()), maxActualBytes), nodeType });
        }
    }
}

} // namespace

bool isKubeBench(std::string_view head)
{
    return head.find("\"node_type\"") != std::string_view::npos || head.find("\"Controls\"") != std::string_view::npos;
}

Result<NodeReport> parseKubeBench(std::string_view json, const std::string& path)
{
    format::JsonParser parser;
    format::Document document;
    if (auto parsed = parser.parseCopy(json, document); !parsed) {
        Error error = parsed.error();
        error.where = path + (error.where.empty() ? std::string() : ": " + error.where);
        error.advice = advice;
        return std::unexpected(std::move(error));
    }
    // Before 0.6.2 the list stood alone.
    const Value root = document.root();
    const Value list = root.isArray() ? root : root["Controls"];
    NodeReport report { path, {} };
    for (const Value controls : list)
        readControls(controls, report);
    if (report.checks.empty())
        return failure(ErrorKind::Format, "no report of kube-bench: it has no results", path, std::string(advice));
    return report;
}

Result<NodeReport> readKubeBench(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return failure(ErrorKind::NotFound, "the evidence cannot be opened", path, "check the path");
    std::string text;
    std::string piece(1u << 20, '\0');
    while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
        text.append(piece, 0, static_cast<std::size_t>(file.gcount()));
        if (text.size() > maxBytes)
            return failure(ErrorKind::Limit, "the evidence is larger than 64 MB", path, std::string(advice));
    }
    if (file.bad())
        return failure(ErrorKind::Access, "the evidence cannot be read", path);
    if (!isKubeBench(text))
        return failure(ErrorKind::Format, "this evidence is not understood: it is no report of kube-bench", path,
            std::string(advice));
    return parseKubeBench(text, path);
}

} // namespace plimsoll::evidence
