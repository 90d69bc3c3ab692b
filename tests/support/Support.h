// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <QByteArray>
#include <QString>
#include <QTest>

#include "core/base/Result.h"
#include "core/cluster/Cluster.h"

// Prints the error of a Result that should have been a success.
#define VERIFY_RESULT(result)                                                                                          \
    QVERIFY2((result).has_value(), (result) ? "" : ::plimsoll::toText((result).error()).c_str())

namespace plimsoll::test {

// The pool all tests of an executable share (two threads, as on the machine the figures are stated for).
TaskPool& pool();

// A cluster made of YAML text (multi-document), as if it had been a file "test.yaml". Aborts the test program with the
// error when the text cannot be imported, so that tests stay short.
std::shared_ptr<const cluster::Cluster> clusterFrom(std::string_view yaml);
// The same from files or folders.
std::shared_ptr<const cluster::Cluster> clusterFromPath(const std::string& path);

// The folder with the shared ground truth (PLIMSOLL_SHARED, else ../shared beside the source tree); nothing when it is
// not there: then QSKIP with the reason.
std::optional<std::string> sharedPath(std::string_view relative);
// A path in the source tree.
std::string sourcePath(std::string_view relative);

inline QString q(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

} // namespace plimsoll::test

// std::string in QCOMPARE failures.
namespace QTest {
template <> inline char* toString(const std::string& text)
{
    return qstrdup(text.c_str());
}
template <> inline char* toString(const std::string_view& text)
{
    return qstrdup(std::string(text).c_str());
}
} // namespace QTest
