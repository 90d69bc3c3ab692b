// SPDX-License-Identifier: Apache-2.0
#include "ui/model/FindingsFilter.h"

#include <algorithm>

#include <QCoreApplication>

#include "core/control/Control.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

QString tr(const char* source)
{
    return QCoreApplication::translate("FindingsFilter", source);
}

struct ListKey {
    const char* name;
    QStringList FindingsFilter::*field;
};
constexpr ListKey listKeys[] = {
    { "ns", &FindingsFilter::namespaces },
    { "kind", &FindingsFilter::kinds },
    { "framework", &FindingsFilter::frameworks },
    { "requirement", &FindingsFilter::requirements },
    { "control", &FindingsFilter::controls },
    { "team", &FindingsFilter::teams },
};

constexpr const char* statusNames[] = { "open", "waived", "not-assessed", "all" };

QString severityWord(std::size_t severity)
{
    return text(toText(static_cast<control::Severity>(severity)));
}

// In quotes when a reader would take it for something else.
QString quotedValue(const QString& value)
{
    const bool isPlain = !value.isEmpty() && std::ranges::none_of(value, [](QChar c) {
        return c.isSpace() || c == QLatin1Char(',') || c == QLatin1Char(':') || c == QLatin1Char('"')
            || c == QLatin1Char('\\') || c == QLatin1Char('>');
    });
    if (isPlain)
        return value;
    QString result = QStringLiteral("\"");
    for (const QChar c : value) {
        if (c == QLatin1Char('"') || c == QLatin1Char('\\'))
            result += QLatin1Char('\\');
        result += c;
    }
    return result + QLatin1Char('"');
}

QString severitiesText(const char* name, const std::array<bool, 5>& severities)
{
    QStringList words;
    for (std::size_t i = 0; i < severities.size(); ++i) {
        if (severities[i])
            words.append(severityWord(i));
    }
    return QLatin1String(name) + QLatin1Char(':')
        + (words.isEmpty() ? QStringLiteral("none") : words.join(QLatin1Char(',')));
}

// One piece of the text: a key with its values, or a word to look for.
struct Term {
    QString key; // "" for a word
    bool isAtLeast = false;
    QStringList values;
};

struct TermReader {
    const QString& whole;
    qsizetype at = 0;

    bool isAtEnd() const { return at >= whole.size(); }
    void skipBlanks()
    {
        while (!isAtEnd() && whole.at(at).isSpace())
            ++at;
    }
    // Reads up to a blank or one of the stops outside quotes. Nothing when a quote is not closed.
    std::optional<QString> value(QLatin1String stops)
    {
        QString result;
        bool isQuoted = false;
        for (; !isAtEnd(); ++at) {
            const QChar c = whole.at(at);
            if (isQuoted && c == QLatin1Char('\\') && at + 1 < whole.size()) {
                result += whole.at(++at);
            } else if (c == QLatin1Char('"')) {
                isQuoted = !isQuoted;
            } else if (!isQuoted && (c.isSpace() || stops.contains(c))) {
                break;
            } else {
                result += c;
            }
        }
        return isQuoted ? std::nullopt : std::optional(result);
    }
    bool take(const char* sign)
    {
        const QLatin1String wanted(sign);
        if (!QStringView(whole).mid(at).startsWith(wanted))
            return false;
        at += wanted.size();
        return true;
    }
    std::optional<Term> term()
    {
        Term result;
        std::optional<QString> first = value(QLatin1String(":>"));
        if (!first)
            return std::nullopt;
        result.isAtLeast = take(">=");
        if (!result.isAtLeast && !take(":")) {
            result.values.append(*first);
            if (!isAtEnd() && !whole.at(at).isSpace())
                ++at; // a lone sign is passed over
            return result;
        }
        result.key = first->toLower();
        do {
            std::optional<QString> next = value(QLatin1String(","));
            if (!next)
                return std::nullopt;
            result.values.append(*next);
        } while (take(","));
        return result;
    }
};

// "" when all is understood.
QString setSeverities(const Term& term, std::array<bool, 5>& severities)
{
    severities.fill(false);
    for (const QString& value : term.values) {
        if (value == QLatin1String("none"))
            continue;
        const auto severity = control::severityFromText(value.toLower().toStdString());
        if (!severity)
            return tr("\u201c%1\u201d is no severity; they are critical, high, medium, low and info").arg(value);
        const auto place = static_cast<std::size_t>(*severity);
        for (std::size_t i = term.isAtLeast ? 0 : place; i <= place; ++i)
            severities[i] = true;
    }
    return {};
}

QString apply(const Term& term, FindingsFilter& filter)
{
    if (term.key == QLatin1String("severity"))
        return setSeverities(term, filter.severities);
    if (term.key == QLatin1String("incontext"))
        return setSeverities(term, filter.inContext);
    if (term.isAtLeast)
        return tr("\u201c>=\u201d is for severities only");
    if (term.key == QLatin1String("status")) {
        for (std::size_t i = 0; i < std::size(statusNames); ++i) {
            if (term.values.size() == 1 && term.values.first() == QLatin1String(statusNames[i])) {
                filter.status = static_cast<FindingsFilter::Status>(i);
                return {};
            }
        }
        return tr("\u201c%1\u201d is no status; they are open, waived, not-assessed and all")
            .arg(term.values.join(QLatin1Char(',')));
    }
    for (const ListKey& key : listKeys) {
        if (term.key == QLatin1String(key.name)) {
            filter.*key.field = term.values;
            (filter.*key.field).sort();
            return {};
        }
    }
    return tr("\u201c%1\u201d is nothing to filter by; a word with a colon stands in quotes").arg(term.key);
}

} // namespace

QString filterText(const FindingsFilter& filter)
{
    const FindingsFilter everything;
    QStringList terms;
    if (filter.severities != everything.severities)
        terms.append(severitiesText("severity", filter.severities));
    if (filter.inContext != everything.inContext)
        terms.append(severitiesText("incontext", filter.inContext));
    if (filter.status != everything.status)
        terms.append(QStringLiteral("status:") + QLatin1String(statusNames[static_cast<std::size_t>(filter.status)]));
    for (const ListKey& key : listKeys) {
        const QStringList& values = filter.*key.field;
        if (values.isEmpty())
            continue;
        QStringList words;
        for (const QString& value : values)
            words.append(quotedValue(value));
        terms.append(QLatin1String(key.name) + QLatin1Char(':') + words.join(QLatin1Char(',')));
    }
    if (!filter.text.isEmpty()) {
        // Word by word where that reads the same again, which is what a person would type.
        QStringList words;
        for (const QString& word : filter.text.split(QLatin1Char(' ')))
            words.append(quotedValue(word));
        const bool isPlain = filter.text.simplified() == filter.text;
        terms.append(isPlain ? words.join(QLatin1Char(' ')) : quotedValue(filter.text));
    }
    return terms.join(QLatin1Char(' '));
}

std::optional<FindingsFilter> filterFromText(const QString& whole, QString* problem)
{
    FindingsFilter filter;
    QStringList words;
    TermReader reader { .whole = whole };
    const auto fail = [&](const QString& why) {
        if (problem)
            *problem = why;
        return std::nullopt;
    };
    for (reader.skipBlanks(); !reader.isAtEnd(); reader.skipBlanks()) {
        const std::optional<Term> term = reader.term();
        if (!term)
            return fail(tr("a quote is not closed"));
        if (term->key.isEmpty()) {
            words.append(term->values);
            continue;
        }
        if (const QString why = apply(*term, filter); !why.isEmpty())
            return fail(why);
    }
    filter.text = words.join(QLatin1Char(' '));
    return filter;
}

} // namespace plimsoll::ui::model
