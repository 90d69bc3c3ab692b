// SPDX-License-Identifier: Apache-2.0
#include "core/network/detail/CalicoSelector_p.h"

#include <algorithm>
#include <vector>

#include "core/base/Text.h"

namespace plimsoll::network {

namespace {

constexpr int deepestNesting = 100;

enum class CalicoOp : std::uint8_t { All, Has, Equals, In, Contains, StartsWith, EndsWith, Not, And, Or };

struct CalicoNode : Expression {
    CalicoOp op = CalicoOp::All;
    std::string key;
    std::vector<std::string> values;
    std::vector<std::shared_ptr<const CalicoNode>> children;

    bool matches(const LabelLookup& labels) const override
    {
        switch (op) {
        case CalicoOp::All:
            return true;
        case CalicoOp::Not:
            return !children.front()->matches(labels);
        case CalicoOp::And:
            return std::ranges::all_of(children, [&](const auto& child) { return child->matches(labels); });
        case CalicoOp::Or:
            return std::ranges::any_of(children, [&](const auto& child) { return child->matches(labels); });
        default:
            break;
        }
        const auto value = labels(key);
        return value && fits(*value);
    }

    bool fits(std::string_view value) const
    {
        switch (op) {
        case CalicoOp::Has:
            return true;
        case CalicoOp::Equals:
        case CalicoOp::In:
            return std::ranges::find(values, value) != values.end();
        case CalicoOp::Contains:
            return value.find(values.front()) != std::string_view::npos;
        case CalicoOp::StartsWith:
            return value.starts_with(values.front());
        case CalicoOp::EndsWith:
            return value.ends_with(values.front());
        default:
            return false;
        }
    }

    void collectKeys(std::vector<std::string>& keys) const override
    {
        if (!key.empty())
            keys.push_back(key);
        for (const auto& child : children)
            child->collectKeys(keys);
    }

    std::string text() const override
    {
        const auto joinedChildren = [&](std::string_view separator) {
            std::vector<std::string> parts;
            for (const auto& child : children)
                parts.push_back(child->text());
            return '(' + join(parts, separator) + ')';
        };
        const std::string list = join(values, ", ");
        switch (op) {
        case CalicoOp::All:
            return "all()";
        case CalicoOp::Has:
            return "has(" + key + ')';
        case CalicoOp::Equals:
            return key + " == '" + list + '\'';
        case CalicoOp::In:
            return key + " in {" + list + '}';
        case CalicoOp::Contains:
            return key + " contains '" + list + '\'';
        case CalicoOp::StartsWith:
            return key + " starts with '" + list + '\'';
        case CalicoOp::EndsWith:
            return key + " ends with '" + list + '\'';
        case CalicoOp::Not:
            return '!' + children.front()->text();
        case CalicoOp::And:
            return joinedChildren(" && ");
        case CalicoOp::Or:
            return joinedChildren(" || ");
        }
        return {};
    }
};
using NodePtr = std::shared_ptr<const CalicoNode>;

NodePtr combined(CalicoOp op, std::vector<NodePtr> children)
{
    if (children.size() == 1 && op != CalicoOp::Not)
        return children.front();
    auto node = std::make_shared<CalicoNode>();
    node->op = op;
    node->children = std::move(children);
    return node;
}

class CalicoParser {
public:
    CalicoParser(std::string_view text, bool ofNamespaces)
        : m_text(text)
        , m_ofNamespaces(ofNamespaces)
    {
    }

    std::optional<CalicoSelector> run(std::string& what)
    {
        CalicoSelector out;
        skipSpace();
        if (m_at == m_text.size())
            return out;
        NodePtr node = parseOr(0);
        skipSpace();
        if (m_problem.empty() && m_at < m_text.size())
            fail("something follows the end of the selector");
        if (!m_problem.empty()) {
            what = m_problem;
            return std::nullopt;
        }
        out.isGlobal = m_isGlobal;
        out.expression = node;
        return out;
    }

private:
    NodePtr fail(std::string what)
    {
        if (m_problem.empty())
            m_problem = std::move(what) + " (character " + std::to_string(m_at + 1) + ')';
        return std::make_shared<CalicoNode>();
    }

    void skipSpace()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t' || m_text[m_at] == '\n'))
            ++m_at;
    }

    bool take(std::string_view token)
    {
        skipSpace();
        if (!m_text.substr(m_at).starts_with(token))
            return false;
        m_at += token.size();
        return true;
    }

    // A word, so that "in" is not found in "info".
    bool takeWord(std::string_view word)
    {
        const std::size_t before = m_at;
        if (take(word) && (m_at == m_text.size() || !isKeyCharacter(m_text[m_at])))
            return true;
        m_at = before;
        return false;
    }

    static bool isKeyCharacter(char c)
    {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.'
            || c == '/' || c == '-';
    }

    NodePtr parseOr(int depth)
    {
        std::vector<NodePtr> children { parseAnd(depth) };
        while (m_problem.empty() && take("||"))
            children.push_back(parseAnd(depth));
        return combined(CalicoOp::Or, std::move(children));
    }

    NodePtr parseAnd(int depth)
    {
        std::vector<NodePtr> children { parseOne(depth) };
        while (m_problem.empty() && take("&&"))
            children.push_back(parseOne(depth));
        return combined(CalicoOp::And, std::move(children));
    }

    NodePtr parseOne(int depth)
    {
        if (depth > deepestNesting)
            return fail("the selector is nested too deeply");
        if (take("!"))
            return combined(CalicoOp::Not, { parseOne(depth + 1) });
        if (take("(")) {
            NodePtr inner = parseOr(depth + 1);
            return take(")") ? inner : fail("a parenthesis is not closed");
        }
        if (take("all()"))
            return std::make_shared<CalicoNode>();
        if (take("global()")) {
            m_isGlobal = true;
            return std::make_shared<CalicoNode>();
        }
        if (take("has(")) {
            auto node = std::make_shared<CalicoNode>();
            node->op = CalicoOp::Has;
            node->key = translated(takeKey());
            return take(")") ? NodePtr(node) : fail("has( is not closed");
        }
        return parseTest();
    }

    std::string_view takeKey()
    {
        skipSpace();
        const std::size_t begin = m_at;
        while (m_at < m_text.size() && isKeyCharacter(m_text[m_at]))
            ++m_at;
        if (begin == m_at)
            fail("a key of a label is missing");
        return m_text.substr(begin, m_at - begin);
    }

    NodePtr parseTest()
    {
        auto node = std::make_shared<CalicoNode>();
        node->key = translated(takeKey());
        bool isNot = false;
        if (take("==")) {
            node->op = CalicoOp::Equals;
        } else if (take("!=")) {
            node->op = CalicoOp::Equals;
            isNot = true;
        } else if (takeWord("not")) {
            isNot = true;
            if (!takeWord("in"))
                return fail("\"in\" is missing after \"not\"");
            node->op = CalicoOp::In;
        } else if (takeWord("in")) {
            node->op = CalicoOp::In;
        } else if (takeWord("contains")) {
            node->op = CalicoOp::Contains;
        } else if (takeWord("starts")) {
            node->op = CalicoOp::StartsWith;
            if (!takeWord("with"))
                return fail("\"with\" is missing after \"starts\"");
        } else if (takeWord("ends")) {
            node->op = CalicoOp::EndsWith;
            if (!takeWord("with"))
                return fail("\"with\" is missing after \"ends\"");
        } else if (take("=")) {
            node->op = CalicoOp::Equals;
        } else {
            return fail("an operator is missing");
        }
        if (node->op == CalicoOp::In)
            takeList(node->values);
        else
            node->values.push_back(takeString());
        return isNot ? combined(CalicoOp::Not, { node }) : NodePtr(node);
    }

    void takeList(std::vector<std::string>& values)
    {
        if (!take("{")) {
            fail("a list begins with {");
            return;
        }
        if (take("}"))
            return;
        do
            values.push_back(takeString());
        while (m_problem.empty() && take(","));
        if (!take("}"))
            fail("a list is not closed");
        std::ranges::sort(values);
    }

    std::string takeString()
    {
        skipSpace();
        const char quote = m_at < m_text.size() ? m_text[m_at] : '\0';
        const auto end = quote == '"' || quote == '\'' ? m_text.find(quote, m_at + 1) : std::string_view::npos;
        if (end == std::string_view::npos) {
            fail("a text in quotes is missing");
            return {};
        }
        std::string out(m_text.substr(m_at + 1, end - m_at - 1));
        m_at = end + 1;
        return out;
    }

    // Labels that Calico gives endpoints besides those of the pod.
    std::string translated(std::string_view key) const
    {
        if (m_ofNamespaces)
            return key == "projectcalico.org/name" ? "@namespace" : "@namespace/" + std::string(key);
        if (key == "projectcalico.org/namespace")
            return "@namespace";
        if (key == "projectcalico.org/serviceaccount")
            return "@serviceaccount";
        if (key.starts_with("pcns."))
            return "@namespace/" + std::string(key.substr(5));
        if (key.starts_with("pcsa."))
            return "@serviceaccount/" + std::string(key.substr(5));
        return std::string(key);
    }

    std::string_view m_text;
    bool m_ofNamespaces;
    std::size_t m_at = 0;
    bool m_isGlobal = false;
    std::string m_problem;
};

} // namespace

std::optional<CalicoSelector> parseCalicoSelector(std::string_view text, bool ofNamespaces, std::string& what)
{
    return CalicoParser(text, ofNamespaces).run(what);
}

} // namespace plimsoll::network
