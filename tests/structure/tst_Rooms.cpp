// SPDX-License-Identifier: Apache-2.0
#include <QDirIterator>
#include <QFile>
#include <QHash>
#include <QSet>
#include <QTest>

#include <algorithm>

// Holds what packaging/ARCHITECTURE.md says: which room may include which, and what core does without.
class tst_Rooms : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void knowsEveryRoom();
    void includesOnlyAllowedRooms_data();
    void includesOnlyAllowedRooms();
    void keepsOutOfCore_data();
    void keepsOutOfCore();
    void namesItsLicence();

private:
    struct Source {
        QString path; // "core/base/Text.cpp"
        QStringList lines;
    };
    QStringList offences(const Source& source) const;
    QString includeOffence(const QString& from, const QString& path, const QString& included) const;

    QList<Source> m_sources;
    QHash<QString, QSet<QString>> m_allowed; // transitively, itself included
};

namespace {

QString root()
{
    return qEnvironmentVariable("PLIMSOLL_SOURCE", QStringLiteral("."));
}

QStringList linesOf(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QString::fromUtf8(file.readAll()).split(u'\n');
}

// "core/base" of "core/base/Text.h"; "app" of "app/commands/Assess.cpp".
QString roomOf(const QString& path)
{
    const QStringList parts = path.split(u'/');
    const bool isNested = parts.value(0) == u"core" || parts.value(0) == u"ui";
    return isNested && parts.size() > 2 ? parts.value(0) + u'/' + parts.value(1) : parts.value(0);
}

bool isPrivate(const QString& path)
{
    return path.contains(u"/detail/") || path.endsWith(u"_p.h");
}

// What a line includes: "core/base/Text.h" or "<QString>" with its bracket; empty for other lines.
QString includeOf(const QString& line)
{
    const QString text = line.trimmed();
    if (!text.startsWith(u"#include"))
        return {};
    const qsizetype quote = text.indexOf(u'"');
    if (quote >= 0)
        return text.mid(quote + 1, text.indexOf(u'"', quote + 1) - quote - 1);
    const qsizetype bracket = text.indexOf(u'<');
    return bracket < 0 ? QString() : text.mid(bracket, text.indexOf(u'>') - bracket + 1);
}

// A line without comments and the contents of string literals.
QString codeOf(const QString& line)
{
    QString code;
    bool isInString = false;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line[i];
        if (isInString && c == u'\\') {
            ++i;
        } else if (c == u'"') {
            isInString = !isInString;
        } else if (!isInString) {
            if (c == u'/' && i + 1 < line.size() && line[i + 1] == u'/')
                break;
            code += c;
        }
    }
    return code;
}

bool hasWord(const QString& code, QStringView word)
{
    const auto isNamePart = [](QChar c) { return c.isLetterOrNumber() || c == u'_'; };
    for (qsizetype at = code.indexOf(word); at >= 0; at = code.indexOf(word, at + 1)) {
        const bool beginsThere = at == 0 || !isNamePart(code[at - 1]);
        const qsizetype behind = at + word.size();
        if (beginsThere && (behind == code.size() || !isNamePart(code[behind])))
            return true;
    }
    return false;
}

// What a line of core may not say, and why; empty when it may.
QString coreOffence(const QString& path, const QString& line)
{
    const QString included = includeOf(line);
    if (included.startsWith(u"<Q"))
        return QStringLiteral("Qt in core");
    if (included == u"<iostream>" || included == u"<regex>")
        return included + QStringLiteral(" in core");
    const bool isParser
        = included.startsWith(u"<simdjson") || included.startsWith(u"<yaml-cpp") || included.startsWith(u"<archive");
    if (isParser && !path.startsWith(u"core/format/"))
        return QStringLiteral("a parser's library outside core/format");
    if (included.startsWith(u"<curl") && !path.startsWith(u"core/kube/"))
        return QStringLiteral("libcurl outside core/kube");
    if (!included.isEmpty())
        return {};
    const QString code = codeOf(line);
    if (hasWord(code, u"throw") && !path.startsWith(u"core/format/"))
        return QStringLiteral("throw in core");
    if (path == u"core/base/Result.cpp") // ends the program for a broken invariant
        return {};
    for (const QStringView word : { QStringView(u"cout"), QStringView(u"cerr"), QStringView(u"printf"),
             QStringView(u"fprintf"), QStringView(u"puts"), QStringView(u"abort"), QStringView(u"quick_exit") }) {
        if (hasWord(code, word))
            return word.toString() + QStringLiteral(" in core");
    }
    if (code.contains(u"exit(") && hasWord(code, u"exit"))
        return QStringLiteral("exit in core");
    return {};
}

// A Qt header that is a whole module, and costs seconds a file.
bool isModule(const QString& included)
{
    static const QSet<QString> topics { QStringLiteral("<QtGlobal>"), QStringLiteral("<QtMath>"),
        QStringLiteral("<QtNumeric>"), QStringLiteral("<QtPlugin>"), QStringLiteral("<QtDebug>"),
        QStringLiteral("<QtEndian>"), QStringLiteral("<QtAlgorithms>"), QStringLiteral("<QtLogging>") };
    return included.startsWith(u"<Qt") && included.size() > 4 && included[3].isUpper() && !topics.contains(included)
        && !included.contains(u'/');
}

} // namespace

void tst_Rooms::initTestCase()
{
    for (const QString& folder : { QStringLiteral("core"), QStringLiteral("ui"), QStringLiteral("app"),
             QStringLiteral("resources"), QStringLiteral("tests") }) {
        QDirIterator files(root() + u'/' + folder, { QStringLiteral("*.cpp"), QStringLiteral("*.h") }, QDir::Files,
            QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QString path = files.next();
            m_sources.append({ path.mid(root().size() + 1), linesOf(path) });
        }
    }
    std::ranges::sort(m_sources, {}, &Source::path);
    QVERIFY(m_sources.size() > 50);

    QHash<QString, QStringList> direct;
    for (const QString& line : linesOf(root() + QStringLiteral("/packaging/ARCHITECTURE.md"))) {
        const QStringList cells = line.split(u'|');
        if (cells.size() != 5 || !cells[1].startsWith(u" `"))
            continue;
        const QString room = cells[1].trimmed().remove(u'`');
        direct.insert(room, cells[3].trimmed().remove(u'`').split(u' ', Qt::SkipEmptyParts));
    }
    for (auto room = direct.keyBegin(); room != direct.keyEnd(); ++room) {
        QStringList open { *room };
        while (!open.isEmpty()) {
            const QString next = open.takeLast();
            if (next == u"-" || m_allowed[*room].contains(next))
                continue;
            m_allowed[*room].insert(next);
            open += direct.value(next);
        }
    }
    QVERIFY(m_allowed.size() > 10);
}

void tst_Rooms::knowsEveryRoom()
{
    QSet<QString> found;
    for (const Source& source : std::as_const(m_sources)) {
        if (source.path.count(u'/') > 1 || !source.path.startsWith(u"ui/")) // ui/pch.h belongs to no room
            found.insert(roomOf(source.path));
    }
    QStringList strange;
    for (const QString& room : std::as_const(found)) {
        if (!m_allowed.contains(room))
            strange.append(room);
    }
    for (auto room = m_allowed.keyBegin(); room != m_allowed.keyEnd(); ++room) {
        if (!found.contains(*room))
            strange.append(*room);
    }
    strange.sort();
    QVERIFY2(strange.isEmpty(),
        qPrintable(QStringLiteral("in the tree or in the table, but not in both: ") + strange.join(u' ')));
}

QString tst_Rooms::includeOffence(const QString& from, const QString& path, const QString& included) const
{
    if (isModule(included))
        return QStringLiteral("a whole Qt module");
    const QString to = roomOf(included);
    const QString top = included.section(u'/', 0, 0);
    if (top != u"core" && top != u"ui" && top != u"app" && top != u"resources" && top != u"tests")
        return {};
    if (to != from && !m_allowed.value(from).contains(to))
        return from + QStringLiteral(" may not use ") + to;
    // tests/format may look into core/format, and tests/ui into all of ui.
    const bool isItsTest = path.startsWith(u"tests/")
        && (to.endsWith(u'/' + path.section(u'/', 1, 1)) || to.startsWith(path.section(u'/', 1, 1) + u'/'));
    if (isPrivate(included) && to != from && !isItsTest)
        return QStringLiteral("a private header of ") + to;
    const bool isView = path.startsWith(u"ui/view/") && path.count(u'/') > 2;
    const bool isOtherView = included.startsWith(u"ui/view/") && included.count(u'/') > 2
        && included.section(u'/', 2, 2) != path.section(u'/', 2, 2);
    if (isView && isOtherView)
        return QStringLiteral("a view may not use another view");
    return {};
}

QStringList tst_Rooms::offences(const Source& source) const
{
    QStringList found;
    for (qsizetype i = 0; i < source.lines.size(); ++i) {
        const QString included = includeOf(source.lines[i]);
        QString offence = included.isEmpty() ? QString() : includeOffence(roomOf(source.path), source.path, included);
        if (offence.isEmpty() && source.path.startsWith(u"core/"))
            offence = coreOffence(source.path, source.lines[i]);
        if (!offence.isEmpty())
            found.append(QStringLiteral("%1:%2: %3").arg(source.path).arg(i + 1).arg(offence));
    }
    return found;
}

void tst_Rooms::includesOnlyAllowedRooms_data()
{
    QTest::addColumn<int>("source");
    for (int i = 0; i < m_sources.size(); ++i)
        QTest::addRow("%s", qPrintable(m_sources[i].path)) << i;
}

void tst_Rooms::includesOnlyAllowedRooms()
{
    QFETCH(int, source);
    const QStringList found = offences(m_sources[source]);
    QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
}

// The checks themselves, on lines that must be caught and lines that must not.
void tst_Rooms::keepsOutOfCore_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("line");
    QTest::addColumn<bool>("isCaught");
    const auto row = [](const char* path, const char* line, bool isCaught) {
        QTest::addRow("%s in %s", line, path) << QString::fromUtf8(path) << QString::fromUtf8(line) << isCaught;
    };
    row("core/cluster/Cluster.cpp", "#include <QString>", true);
    row("core/cluster/Cluster.cpp", "#include <iostream>", true);
    row("core/cluster/Cluster.cpp", "#include <yaml-cpp/yaml.h>", true);
    row("core/format/Yaml.cpp", "#include <yaml-cpp/parser.h>", false);
    row("core/snapshot/Collect.cpp", "#include <curl/curl.h>", true);
    row("core/kube/Transport.cpp", "#include <curl/curl.h>", false);
    row("core/cluster/Cluster.cpp", "#include \"ui/model/Text.h\"", true);
    row("core/base/Text.cpp", "#include \"core/format/Json.h\"", true);
    row("core/report/Text.cpp", "#include \"core/base/Text.h\"", false);
    row("core/report/Text.cpp", "#include \"core/cluster/detail/Batch.h\"", true);
    row("core/cluster/Load.cpp", "#include \"core/cluster/detail/Batch.h\"", false);
    row("tests/cluster/tst_A.cpp", "#include \"core/cluster/detail/Batch.h\"", false);
    row("ui/view/paths/A.cpp", "#include \"ui/view/findings/FindingsView.h\"", true);
    row("ui/view/Views.cpp", "#include \"ui/view/findings/FindingsView.h\"", false);
    row("ui/widget/A.cpp", "#include \"core/assess/Assessment.h\"", true);
    row("ui/widget/A.cpp", "#include <QtWidgets>", true);
    row("ui/widget/A.cpp", "#include <QtGlobal>", false);
    row("core/cluster/A.cpp", "    throw 1;", true);
    row("core/cluster/A.cpp", "    // never throw here", false);
    row("core/cluster/A.cpp", "    say(\"throw\");", false);
    row("core/cluster/A.cpp", "    std::cerr << 1;", true);
    row("core/cluster/A.cpp", "    std::exit(1);", true);
    row("core/cluster/A.cpp", "    onExit(1);", false);
}

void tst_Rooms::keepsOutOfCore()
{
    QFETCH(QString, path);
    QFETCH(QString, line);
    QFETCH(bool, isCaught);
    QCOMPARE(!offences({ path, { line } }).isEmpty(), isCaught);
}

void tst_Rooms::namesItsLicence()
{
    QStringList without;
    for (const Source& source : std::as_const(m_sources)) {
        if (source.lines.value(0) != u"// SPDX-License-Identifier: Apache-2.0")
            without.append(source.path);
    }
    QVERIFY2(without.isEmpty(), qPrintable(without.join(u'\n')));
}

QTEST_GUILESS_MAIN(tst_Rooms)
#include "tst_Rooms.moc"
