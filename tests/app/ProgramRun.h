// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QProcess>
#include <QString>
#include <QStringList>

// Runs the program as a person at a terminal without a display does.
namespace plimsoll::test {

struct Run {
    int status = -1;
    QString output;
    QString errors;
};

inline Run run(const QStringList& arguments, const QByteArray& input = {}, const QProcessEnvironment& additions = {})
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    // Without a display: what a server has.
    environment.remove(QStringLiteral("QT_QPA_PLATFORM"));
    environment.remove(QStringLiteral("DISPLAY"));
    environment.remove(QStringLiteral("WAYLAND_DISPLAY"));
    environment.insert(additions);
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(PLIMSOLL_PROGRAM), arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(120'000) || process.exitStatus() != QProcess::NormalExit)
        return {};
    return { process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
        QString::fromUtf8(process.readAllStandardError()) };
}

inline constexpr const char* privilegedPod = "apiVersion: v1\n"
                                             "kind: Pod\n"
                                             "metadata:\n"
                                             "  name: miner\n"
                                             "  namespace: shop\n"
                                             "spec:\n"
                                             "  containers:\n"
                                             "    - name: miner\n"
                                             "      image: example.com/miner:1\n"
                                             "      securityContext:\n"
                                             "        privileged: true\n";

} // namespace plimsoll::test
