// SPDX-License-Identifier: Apache-2.0
// Statements on whether a vulnerability matters: OpenVEX and the VEX profile of CSAF.
// Source: openvex/spec OPENVEX-SPEC.md 0.2.0; OASIS CSAF 2.0 (product_tree, product_status).
#include <algorithm>
#include <map>

#include "core/base/Text.h"
#include "core/evidence/detail/ScanReaders_p.h"

namespace plimsoll::evidence::detail {

namespace {

// A product or a part of one: its package URL where it has one.
std::string productId(Value product)
{
    if (product.isString())
        return cell(product);
    const Value identifiers = product["identifiers"];
    if (const auto purl = identifiers["purl"].text(); !purl.empty())
        return cell(purl);
    return cell(product["@id"]);
}

void readProducts(Value list, VexStatement& statement)
{
    for (const Value product : list) {
        VexProduct one { productId(product), {} };
        for (const Value part : product["subcomponents"])
            one.packages.push_back(productId(part));
        if (!one.id.empty())
            statement.products.push_back(std::move(one));
    }
}

struct CsafProduct {
    std::string id; // package URL, else the name
    std::string within; // of a composed one: what it is a part of
};
using CsafProducts = std::map<std::string, CsafProduct, std::less<>>;

void addProduct(Value product, CsafProducts& products)
{
    const Value helper = product["product_identification_helper"];
    std::string id = cell(helper["purl"]);
    for (const Value purl : helper["purls"]) {
        if (id.empty())
            id = cell(purl);
    }
    if (id.empty())
        id = cell(product["name"]);
    products[cell(product["product_id"])] = { std::move(id), {} };
}

void collectBranches(Value branches, int depth, CsafProducts& products)
{
    constexpr int deepest = 40;
    for (const Value branch : branches) {
        if (branch["product"].isObject())
            addProduct(branch["product"], products);
        if (depth < deepest)
            collectBranches(branch["branches"], depth + 1, products);
    }
}

CsafProducts csafProducts(Value tree)
{
    CsafProducts products;
    collectBranches(tree["branches"], 0, products);
    for (const Value product : tree["full_product_names"])
        addProduct(product, products);
    for (const Value relationship : tree["relationships"]) {
        const auto part = products.find(relationship["product_reference"].text());
        const auto whole = products.find(relationship["relates_to_product_reference"].text());
        const std::string id = cell(relationship["full_product_name"]["product_id"]);
        if (part != products.end() && whole != products.end()) {
            CsafProduct composed { part->second.id, whole->second.id };
            products[id] = std::move(composed);
        } else {
            addProduct(relationship["full_product_name"], products);
        }
    }
    return products;
}

void readCsafVulnerability(
    Value vulnerability, const CsafProducts& products, const VexStatement& common, Evidence& evidence)
{
    std::map<std::string_view, std::string> reasons; // why, by product id
    for (const Value flag : vulnerability["flags"]) {
        for (const Value id : flag["product_ids"])
            reasons.emplace(id.text(), cell(flag["label"]));
    }
    for (const Value status : vulnerability["product_status"]) {
        const std::string_view name = status.key();
        if (name == "recommended")
            continue;
        // One statement for each reason: it is shown with the decision.
        std::map<std::string, VexStatement> byReason;
        for (const Value id : status) {
            const auto product = products.find(id.text());
            const auto reason = reasons.find(id.text());
            const std::string why = reason == reasons.end() ? std::string() : reason->second;
            VexStatement& statement = byReason.try_emplace(why, common).first->second;
            statement.justification = why;
            statement.status = vexStatusOf(name);
            VexProduct one { product == products.end() ? cell(id) : product->second.id, {} };
            if (product != products.end() && !product->second.within.empty())
                one = { product->second.within, { product->second.id } };
            statement.products.push_back(std::move(one));
        }
        for (auto& [why, statement] : byReason)
            evidence.statements.push_back(std::move(statement));
    }
}

} // namespace

bool readOpenVex(Value root, const Source& source, Evidence& evidence)
{
    if (!root["statements"].isArray())
        return false;
    const auto made = timeOf(root["timestamp"]);
    for (const Value one : root["statements"]) {
        VexStatement statement;
        statement.file = source.file;
        statement.author = cell(root["author"]);
        const Value vulnerability = one["vulnerability"];
        addDistinct(statement.ids, vulnerability.isString() ? cell(vulnerability) : cell(vulnerability["name"]));
        if (statement.ids.empty())
            addDistinct(statement.ids, cell(vulnerability["@id"]));
        for (const Value alias : vulnerability["aliases"])
            addDistinct(statement.ids, cell(alias));
        readProducts(one["products"], statement);
        statement.status = vexStatusOf(one["status"].text());
        statement.justification = cell(one["justification"]);
        if (statement.justification.empty())
            statement.justification = cell(one["impact_statement"]);
        statement.time = timeOf(one["timestamp"]);
        if (!statement.time)
            statement.time = made;
        if (statement.ids.empty() || statement.products.empty())
            evidence.notes.push_back(
                source.file + ": a statement names no vulnerability or no product and is left out");
        else
            evidence.statements.push_back(std::move(statement));
    }
    return true;
}

bool readCsaf(Value root, const Source& source, Evidence& evidence)
{
    const Value document = root["document"];
    if (document["csaf_version"].text().empty())
        return false;
    const CsafProducts products = csafProducts(root["product_tree"]);
    VexStatement common;
    common.file = source.file;
    common.author = cell(document["publisher"]["name"]);
    common.time = timeOf(document["tracking"]["current_release_date"]);
    for (const Value vulnerability : root["vulnerabilities"]) {
        VexStatement statement = common;
        addDistinct(statement.ids, cell(vulnerability["cve"]));
        for (const Value id : vulnerability["ids"])
            addDistinct(statement.ids, cell(id["text"]));
        if (!statement.ids.empty())
            readCsafVulnerability(vulnerability, products, statement, evidence);
    }
    return true;
}

} // namespace plimsoll::evidence::detail
