// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/Result.h"
#include "core/base/Time.h"

// What a reviewer adds to a source: NAME.review.yaml beside it (decisions.md; schema
// resources/schemas/review-v1.schema.json). Values; changing one means writing the file anew.
//
//   schema: plimsoll/review/v1
//   waivers: [accepted-risks.yaml]            # paths relative to this file
//   verdicts:
//     - requirement: cis-2.0.1 3.1.1          # framework id, blank, requirement id
//       verdict: pass                         # pass, fail or not-applicable
//       note: OIDC is the only way in; checked the API server's flags with the platform team.
//       evidence: [tickets/SEC-123.pdf]       # files or links; never opened
//       by: Jane Doe
//       date: 2026-11-20
//   reviewed: [PLM-W01-0123456789abcdef]      # findings that somebody looked at
//   notes: {PLM-W01-0123456789abcdef: "Moves to its own node pool in May"}
//   filters: {Exposed and critical: "severity>=critical exposed:yes"}
//   crownJewels: [secret/payments/db]
namespace plimsoll::control {

enum class ManualVerdict : std::uint8_t { Pass, Fail, NotApplicable };
std::string_view toText(ManualVerdict verdict); // "pass", "fail", "not-applicable"

struct RecordedVerdict {
    std::string framework; // "cis-2.0.1"
    std::string requirement; // "3.1.1"
    ManualVerdict verdict = ManualVerdict::Pass;
    std::string note;
    std::vector<std::string> evidence;
    std::string by;
    UnixSeconds date = 0;
    bool operator==(const RecordedVerdict&) const = default;
};

struct Review {
    std::string path; // "" when there is no file yet
    std::vector<std::string> waiverFiles; // as written, relative to the review file
    std::vector<RecordedVerdict> verdicts; // at most one for a requirement
    std::vector<std::string> reviewed; // ids of findings, sorted
    std::vector<std::pair<std::string, std::string>> notes; // by id of finding, sorted
    std::vector<std::pair<std::string, std::string>> filters; // name and text, in the reviewer's order
    std::vector<std::string> crownJewels; // references "secret/payments/db"

    const RecordedVerdict* verdictOf(std::string_view framework, std::string_view requirement) const;
    std::string resolved(const std::string& waiverFile) const; // the path of one of waiverFiles
    bool operator==(const Review&) const = default;
};

// "cluster.plimsoll" -> "cluster.review.yaml", "dumps/harbor" (a folder) -> "dumps/harbor.review.yaml".
std::string reviewPathFor(const std::string& source);

// A file that is not there is an empty review with that path. Errors: Access, Limit, Format (file:line).
Result<Review> readReview(const std::string& path);

// Held while a review may be changed, so that two windows do not overwrite each other.
class ReviewLock {
public:
    // Errors: Access (somebody else holds it; the folder cannot be written).
    static Result<ReviewLock> take(const std::string& reviewPath);
    ReviewLock(ReviewLock&& other) noexcept;
    ReviewLock& operator=(ReviewLock&& other) noexcept;
    ~ReviewLock();

private:
    ReviewLock() = default;
    int m_file = -1;
};

// Whole or not at all (temporary file beside it, renamed). Errors: Access.
Result<void> writeReview(const Review& review);

} // namespace plimsoll::control
