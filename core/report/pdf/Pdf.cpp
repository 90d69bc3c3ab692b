// SPDX-License-Identifier: Apache-2.0
#include "core/base/Text.h"
#include "core/report/Formats.h"
#include "core/report/pdf/CairoSink.h"
#include "core/report/pdf/Finish.h"
#include "core/report/pdf/PangoShaper.h"
#include "core/report/pdf/Sections.h"

namespace plimsoll::report::pdf {

namespace {

Furniture furnitureOf(const Material& material)
{
    return { .headLeft = "Kubernetes security review: " + material.clusterName,
        .headRight = "Plimsoll " + std::string(toolVersion()),
        .footLeft = "Report " + material.id + "  ·  source SHA-256 "
            + material.assessment.cluster->snapshot().sourceHash().substr(0, 12) };
}

Plan writeAll(Flow flow, const Material& material, const Plan& before, Progress& progress)
{
    writeCover(flow, material);
    writeSummary(flow, material);
    writeContents(flow, before.bookmarks);
    writeScope(flow, material);
    writeFrameworks(flow, material);
    writeFindings(flow, material, progress);
    writeWaivers(flow, material);
    writeNotAssessed(flow, material);
    writeAppendix(flow, material, progress);
    return flow.finish();
}

// The first pass writes the contents before anything is known about them, on one page. What comes after moves by the
// pages they really need, which the contents alone tell.
Plan plan(Shaper& shaper, const Material& material, const Furniture& furniture, Progress& progress)
{
    NullSink sink;
    const Plan nothing;
    Plan plan = writeAll(Flow(shaper, sink, furniture, nothing), material, nothing, progress);
    Flow contents(shaper, sink, furniture, nothing);
    writeContents(contents, plan.bookmarks);
    const std::size_t more = contents.finish().pageCount - 1;
    const std::size_t contentsPage = plan.pageOf["contents"];
    for (auto& [destination, page] : plan.pageOf)
        page += page > contentsPage ? more : 0;
    plan.pageCount += more;
    return plan;
}

Result<void> write(const assess::Assessment& assessment, Progress& progress, const ByteSink& sink)
{
    auto shaper = PangoShaper::create();
    if (!shaper)
        return std::unexpected(shaper.error());
    const Material material = gather(assessment, progress);
    const Furniture furniture = furnitureOf(material);
    progress.enter("Laying out the PDF", assessment.findings.size() + material.groups.size());
    const Plan planned = plan(**shaper, material, furniture, progress);
    progress.enter("Drawing the PDF", assessment.findings.size() + material.groups.size());
    CairoSink cairo;
    writeAll(Flow(**shaper, cairo, furniture, planned), material, planned, progress);
    const auto drawn = cairo.finish();
    if (progress.isCancelled())
        return failure(ErrorKind::Cancelled, "cancelled");
    if (!drawn)
        return std::unexpected(drawn.error());
    progress.enter("Finishing the PDF");
    const DocumentInfo info { .title = "Kubernetes security review: " + material.clusterName,
        .subject = "Report " + material.id + ", source SHA-256 " + assessment.cluster->snapshot().sourceHash(),
        .creator = "Plimsoll " + std::string(toolVersion()),
        .identifier = "plimsoll-report-" + material.id,
        .date = assessment.assessedAt,
        .bookmarks = planned.bookmarks };
    const auto finished = finish(*drawn, cairo.marks(), info);
    if (!finished)
        return std::unexpected(finished.error());
    sink(*finished);
    return {};
}

} // namespace

} // namespace plimsoll::report::pdf

namespace plimsoll::report {

Result<void> writePdf(const assess::Assessment& assessment, const Options&, Progress& progress, const ByteSink& sink)
{
    return pdf::write(assessment, progress, sink);
}

} // namespace plimsoll::report
