// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include "core/base/Text.h"
#include "core/report/Content.h"
#include "core/report/Formats.h"

namespace plimsoll::report {

namespace {

// Writes indented JSON piece by piece, so that a report of any size takes no memory to speak of.
class JsonStream {
public:
    explicit JsonStream(const ByteSink& sink)
        : m_sink(sink)
    {
    }
    ~JsonStream() { flush(); }
    JsonStream(const JsonStream&) = delete;
    JsonStream& operator=(const JsonStream&) = delete;

    void open(char bracket)
    {
        before();
        m_out += bracket;
        m_isFirst.push_back(true);
    }
    void close(char bracket)
    {
        const bool wasEmpty = m_isFirst.back();
        m_isFirst.pop_back();
        if (!wasEmpty)
            newLine();
        m_out += bracket;
        if (m_out.size() > 60'000)
            flush();
    }
    JsonStream& key(std::string_view name)
    {
        before();
        appendJsonQuoted(m_out, name);
        m_out += ": ";
        m_isAfterKey = true;
        return *this;
    }
    void text(std::string_view value)
    {
        before();
        appendJsonQuoted(m_out, value);
    }
    void number(std::uint64_t value)
    {
        before();
        m_out += std::to_string(value);
    }
    void boolean(bool value)
    {
        before();
        m_out += value ? "true" : "false";
    }
    void null()
    {
        before();
        m_out += "null";
    }
    void texts(std::span<const std::string> values)
    {
        open('[');
        for (const std::string& value : values)
            text(value);
        close(']');
    }
    void flush()
    {
        m_sink(m_out);
        m_out.clear();
    }

private:
    void before()
    {
        if (m_isAfterKey) {
            m_isAfterKey = false;
            return;
        }
        if (m_isFirst.empty())
            return;
        if (!m_isFirst.back())
            m_out += ',';
        m_isFirst.back() = false;
        newLine();
    }
    void newLine()
    {
        m_out += '\n';
        m_out.append(m_isFirst.size() * 2, ' ');
    }

    const ByteSink& m_sink;
    std::string m_out;
    std::vector<bool> m_isFirst; // of the containers that are open
    bool m_isAfterKey = false;
};

constexpr std::array jsonSeverities { control::Severity::Critical, control::Severity::High, control::Severity::Medium,
    control::Severity::Low, control::Severity::Info };

void writeObject(JsonStream& json, const cluster::Cluster& model, cluster::ObjectId id)
{
    const cluster::Object& object = model.object(id);
    json.open('{');
    json.key("apiVersion").text(model.text(model.kindOf(object).apiVersion));
    json.key("kind").text(model.kindName(id));
    json.key("namespace").text(model.text(object.ns));
    json.key("name").text(model.text(object.name));
    json.close('}');
}

std::string_view originKind(snapshot::Origin::Kind kind)
{
    switch (kind) {
    case snapshot::Origin::Kind::Files:
        return "files";
    case snapshot::Origin::Kind::Live:
        return "live";
    case snapshot::Origin::Kind::SnapshotFile:
        return "snapshot";
    }
    std::unreachable();
}

void writeTime(JsonStream& json, std::string_view key, const std::optional<UnixSeconds>& time)
{
    json.key(key);
    if (time)
        json.text(formatTime(*time));
    else
        json.null();
}

// Where the objects come from, and what a capture was denied.
void writeOrigin(JsonStream& json, const snapshot::Snapshot& snapshot)
{
    const snapshot::Origin& origin = snapshot.origin();
    json.key("origin").open('{');
    json.key("kind").text(originKind(origin.kind));
    json.key("layout").text(origin.layout);
    json.key("source").text(snapshot.label());
    json.key("sourceSha256").text(snapshot.sourceHash());
    json.key("tool").text(origin.tool);
    json.key("context").text(origin.context);
    json.key("server").text(origin.server);
    json.key("user").text(origin.user);
    json.key("groups").texts(origin.groups);
    writeTime(json, "capturedFrom", origin.capturedFrom);
    writeTime(json, "capturedTo", origin.capturedTo);
    json.key("namespaces").texts(origin.namespaces);
    json.key("redaction").number(origin.redaction);
    json.key("serverIdentityVerified").boolean(origin.isIdentityVerified);
    json.key("peerCertificate").text(origin.peerCertificate);
    json.key("integrity").text(toText(origin.integrity));
    json.key("signer").text(origin.signer);
    json.key("encrypted").boolean(origin.isEncrypted);
    json.key("warnings").texts(origin.warnings);
    json.close('}');
    json.key("notCollected").open('[');
    for (const snapshot::NotCollected& one : snapshot.notCollected()) {
        json.open('{');
        json.key("group").text(one.group);
        json.key("version").text(one.version);
        json.key("resource").text(one.plural);
        json.key("kind").text(one.kind);
        json.key("namespace").text(one.ns);
        json.key("reason").text(one.reason);
        json.key("message").text(one.message);
        json.key("missingPermission").text(one.missingPermission);
        json.close('}');
    }
    json.close(']');
}

// What other tools said, in figures; the objects have it in their inventories.
void writeObserved(JsonStream& json, const assess::Assessment& assessment)
{
    const images::ScanResults& scans = *assessment.scans;
    json.key("observed").open('{');
    json.key("imageScans").number(scans.evidence.scans.size());
    json.key("imagesScanned")
        .number(static_cast<std::uint64_t>(
            std::ranges::count_if(scans.images, [](const images::ScannedImage& image) { return image.isScanned; })));
    json.key("imagesWithoutReport")
        .number(static_cast<std::uint64_t>(
            std::ranges::count_if(scans.images, [](const images::ScannedImage& image) { return !image.isScanned; })));
    json.key("scansOfOtherImages").number(scans.unmatched.size());
    json.key("openVulnerabilities").number(scans.ranked.size());
    json.key("updates").open('[');
    for (const images::ImageUpdate& update : scans.updates)
        json.text(update.words);
    json.close(']');
    json.key("audit").open('[');
    for (const evidence::AuditFinding& finding : assessment.auditFindings.findings)
        json.text(finding.sentence());
    json.close(']');
    json.key("alerts").open('[');
    if (assessment.alerts) {
        for (const evidence::Alert& alert : assessment.alerts->alerts)
            json.text(alert.sentence());
    }
    json.close(']');
    json.close('}');
}

void writeHead(JsonStream& json, const assess::Assessment& assessment)
{
    const cluster::Cluster& model = *assessment.cluster;
    json.key("schema").text("plimsoll/assessment/v1");
    json.key("tool").open('{');
    json.key("name").text("plimsoll");
    json.key("version").text(toolVersion());
    json.close('}');
    json.key("cluster").open('{');
    json.key("name").text(displayName(model));
    json.key("uid").text(model.clusterUid());
    json.key("version").text(model.version().text);
    json.key("versionSource").text(model.versionSource());
    json.key("objects").number(model.objects().size());
    writeOrigin(json, model.snapshot());
    json.close('}');
    json.key("assessedAt");
    if (assessment.assessedAt)
        json.text(formatTime(*assessment.assessedAt));
    else
        json.null();
    json.key("scope").open('{');
    json.key("namespaces").texts(assessment.scope.namespaces);
    json.key("frameworks").texts(assessment.scope.frameworks);
    json.key("controls").texts(assessment.scope.controls);
    if (assessment.scope.leastSeverity)
        json.key("severity").text(toText(*assessment.scope.leastSeverity));
    // Without anything in it there is no file: the same whether the source has a place for one or not.
    control::Review nothing;
    nothing.path = assessment.review.path;
    json.key("review").text(assessment.review == nothing ? std::string() : assessment.review.path);
    json.key("evidence").texts(assessment.evidenceFiles);
    json.key("settings").open('{');
    json.key("allowedRegistries").texts(assessment.settings.allowedRegistries);
    if (!assessment.settings.targetRelease.empty())
        json.key("targetRelease").text(assessment.settings.targetRelease);
    if (const auto& scans = assessment.settings.scans; scans != control::Settings::ScanLimits {}) {
        json.key("scanLimits").open('{');
        json.key("fixableCritical").number(scans.fixableCritical);
        json.key("fixableHigh").number(scans.fixableHigh);
        json.key("scanDays").number(scans.scanDays);
        json.key("imageDays").number(scans.imageDays);
        json.close('}');
    }
    if (assessment.settings.certificateDays != control::Settings {}.certificateDays)
        json.key("certificateDays").number(assessment.settings.certificateDays);
    if (!assessment.settings.requiredLabels.empty())
        json.key("requiredLabels").texts(assessment.settings.requiredLabels);
    json.close('}');
    json.close('}');
    writeObserved(json, assessment);
}

void writeSummary(JsonStream& json, const assess::Assessment& assessment)
{
    const ControlCounts controls = countControls(assessment);
    json.key("summary").open('{');
    json.key("findings").number(assessment.findings.size());
    json.key("open").number(openCount(assessment));
    json.key("waived").number(waivedCount(assessment));
    json.key("objects").number(distinctObjects(assessment));
    for (const auto& [key, counts] : { std::pair("bySeverity", &assessment.countBySeverity),
             std::pair("waivedBySeverity", &assessment.waivedBySeverity) }) {
        json.key(key).open('{');
        for (const control::Severity severity : jsonSeverities)
            json.key(toText(severity)).number((*counts)[static_cast<std::size_t>(severity)]);
        json.close('}');
    }
    json.key("controls").open('{');
    json.key("pass").number(controls.passed);
    json.key("fail").number(controls.failed);
    json.key("waived").number(controls.waived);
    json.key("notAssessed").number(controls.notAssessed);
    json.close('}');
    json.close('}');
}

// The waiver that accepts a finding, in short; "waivers" has it in full.
void writeWaiverOf(JsonStream& json, const control::Waiver& waiver)
{
    json.key("waiver").open('{');
    json.key("id").text(waiver.id);
    json.key("reason").text(waiver.reason);
    json.key("owner").text(waiver.owner);
    json.key("approver").text(waiver.approver);
    json.key("expires").text(untilText(waiver));
    json.key("file").text(waiver.file);
    json.key("line").number(waiver.line);
    json.close('}');
}

void writeWaivers(JsonStream& json, const assess::Assessment& assessment)
{
    json.key("waivers").open('[');
    for (std::size_t i = 0; i < assessment.waivers.size(); ++i) {
        const control::Waiver& waiver = assessment.waivers[i];
        const assess::WaiverResult& result = assessment.waiverResults[i];
        json.open('{');
        json.key("id").text(waiver.id);
        json.key("state").text(toText(result.state));
        json.key("findings").number(result.findings);
        json.key("tooBroad").text(result.tooBroad);
        json.key("controls").texts(waiver.controls);
        json.key("covers").text(coverageText(waiver));
        json.key("reason").text(waiver.reason);
        json.key("owner").text(waiver.owner);
        json.key("approver").text(waiver.approver);
        json.key("created").text(formatDate(waiver.created));
        json.key("expires").text(untilText(waiver));
        json.key("file").text(waiver.file);
        json.key("line").number(waiver.line);
        json.close('}');
    }
    json.close(']');
    json.key("waiverSuggestions").open('[');
    for (const control::WaiverSuggestion& suggestion : assessment.waiverSuggestions) {
        json.open('{');
        json.key("tool").text(suggestion.tool);
        json.key("rule").text(suggestion.rule);
        json.key("controls").texts(suggestion.controls);
        if (!suggestion.object.isNone())
            json.key("object").text(assessment.cluster->refOf(suggestion.object));
        json.key("reason").text(suggestion.reason);
        json.key("place").text(suggestion.place);
        json.close('}');
    }
    json.close(']');
}

void writeFinding(
    JsonStream& json, const assess::Assessment& assessment, const Places& places, const assess::Finding& finding)
{
    const cluster::Cluster& model = *assessment.cluster;
    const control::Catalogue::Entry& entry = assessment.entry(finding);
    json.open('{');
    json.key("id").text(finding.id);
    json.key("control").text(entry.text.id);
    json.key("title").text(entry.text.title);
    json.key("severity").text(toText(finding.severity));
    if (finding.effectiveSeverity != finding.severity || !finding.severityReasons.empty()) {
        json.key("effectiveSeverity").text(toText(finding.effectiveSeverity));
        json.key("severityReasons").texts(finding.severityReasons);
    }
    json.key("status").text(finding.isWaived() ? "waived" : "fail");
    if (finding.isWaived())
        writeWaiverOf(json, assessment.waivers[*finding.waiver]);
    json.key("object");
    writeObject(json, model, finding.object);
    if (!finding.owner.isNone()) {
        json.key("owner");
        writeObject(json, model, model.workloads()[finding.owner.index].object);
    }
    json.key("evidence").open('[');
    for (std::size_t index = 0; index < finding.evidence.size(); ++index) {
        const control::Evidence& evidence = finding.evidence[index];
        json.open('{');
        json.key("pointer").text(evidence.pointer);
        json.key("value").text(evidence.value);
        if (!evidence.object.isNone() && evidence.object != finding.object)
            json.key("object").text(model.refOf(evidence.object));
        if (const auto place = places.of(finding, index); !place.file.empty()) {
            json.key("file").text(place.file);
            json.key("line").number(place.line);
        }
        json.close('}');
    }
    json.close(']');
    json.key("message").text(finding.message);
    json.key("remediation").text(remediationText(assessment, finding));
    json.key("frameworks").texts(entry.frameworks);
    json.key("affected").number(finding.affected);
    json.close('}');
}

void writeRequirement(JsonStream& json, const assess::Assessment& assessment, const control::Requirement& requirement,
    const assess::RequirementResult& row)
{
    json.open('{');
    json.key("id").text(requirement.id);
    json.key("title").text(requirement.title);
    json.key("section").text(requirement.section);
    json.key("level").text(requirement.level);
    json.key("status").text(toText(row.status));
    json.key("failedObjects").number(row.failedObjects);
    json.key("waivedObjects").number(row.waivedObjects);
    json.key("passedObjects").number(row.passedObjects);
    json.key("controls").texts(requirement.controls);
    json.key("reason").text(row.reason);
    if (row.recorded) {
        const control::RecordedVerdict& recorded = assessment.review.verdicts[*row.recorded];
        json.key("recorded").open('{');
        json.key("verdict").text(toText(recorded.verdict));
        json.key("note").text(recorded.note);
        json.key("evidence").texts(recorded.evidence);
        json.key("by").text(recorded.by);
        json.key("date").text(formatDate(recorded.date));
        json.close('}');
    }
    json.close('}');
}

void writeFrameworks(JsonStream& json, const assess::Assessment& assessment)
{
    json.key("frameworks").open('[');
    for (const assess::FrameworkResult& result : assessment.frameworks) {
        const control::Framework& framework = assessment.catalogue->frameworks[result.framework];
        json.open('{');
        json.key("id").text(framework.id);
        json.key("title").text(framework.title);
        json.key("version").text(framework.version);
        json.key("note").text(framework.note);
        json.key("pass").number(result.passed);
        json.key("fail").number(result.failed);
        json.key("waived").number(result.waived);
        json.key("manual").number(result.manual);
        json.key("notAssessed").number(result.notAssessed);
        json.key("recorded").open('{');
        json.key("pass").number(result.recordedPass);
        json.key("fail").number(result.recordedFail);
        json.key("notApplicable").number(result.recordedNotApplicable);
        json.close('}');
        json.key("requirements").open('[');
        for (const assess::RequirementResult& row : result.requirements)
            writeRequirement(json, assessment, framework.requirements[row.requirement], row);
        json.close(']');
        json.close('}');
    }
    json.close(']');
}

void writeTail(JsonStream& json, const assess::Assessment& assessment)
{
    const cluster::Cluster& model = *assessment.cluster;
    json.key("notAssessed").open('[');
    for (const assess::NotAssessedObject& row : assessment.notAssessed) {
        json.open('{');
        json.key("control").text(assessment.catalogue->entries[row.control].text.id);
        if (!row.object.isNone()) {
            json.key("object");
            writeObject(json, model, row.object);
        }
        json.key("reason").text(row.reason);
        json.close('}');
    }
    json.close(']');
    json.key("problems").open('[');
    for (const snapshot::Problem& problem : model.problems()) {
        json.open('{');
        json.key("level").text(problem.level == snapshot::Problem::Level::Error ? "error" : "note");
        json.key("what").text(problem.error.what);
        json.key("where").text(problem.error.where);
        json.key("advice").text(problem.error.advice);
        json.close('}');
    }
    json.close(']');
}

} // namespace

Result<void> writeJson(const assess::Assessment& assessment, const Options&, Progress& progress, const ByteSink& sink)
{
    std::vector<const assess::Finding*> all;
    all.reserve(assessment.findings.size());
    for (const assess::Finding& finding : assessment.findings)
        all.push_back(&finding);
    const Places places(assessment, all, progress);
    progress.enter("Writing JSON", all.size());
    JsonStream json(sink);
    json.open('{');
    writeHead(json, assessment);
    writeSummary(json, assessment);
    json.key("findings").open('[');
    for (const assess::Finding& finding : assessment.findings) {
        if (progress.isCancelled())
            return failure(ErrorKind::Cancelled, "cancelled");
        writeFinding(json, assessment, places, finding);
        progress.advance(1);
    }
    json.close(']');
    writeFrameworks(json, assessment);
    writeWaivers(json, assessment);
    writeTail(json, assessment);
    json.close('}');
    json.flush();
    sink("\n");
    return {};
}

} // namespace plimsoll::report
