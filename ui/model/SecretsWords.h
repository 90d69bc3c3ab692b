// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "core/secrets/Inventory.h"

// Words and parts that ui/model/Secrets*.cpp share.
namespace plimsoll::ui::model {

struct Secrets;
struct SecretTables;

QString secretsTr(const char* source);
QString bytesText(qint64 bytes); // "1,204 B"
QString daysText(qint64 days); // "12 days", "3 days ago"
QString wayName(secrets::Way way); // "Read it"
QString wayWhy(secrets::Way way); // what it is, as a sentence
QString useName(secrets::Use use); // "mounted as files"
QString effectOf(secrets::Use use); // of a reference to what is not there
QString usageName(secrets::Usage usage); // "unused"
// What base64 text of a length stands for, about: padding is not known.
constexpr qint64 decodedBytes(std::uint32_t length)
{
    return qint64 { length } / 4 * 3;
}
void fillCertificates(SecretTables& out, const Secrets& shown);
void fillStores(SecretTables& out, const Secrets& shown);

} // namespace plimsoll::ui::model
