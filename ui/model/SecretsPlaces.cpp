// SPDX-License-Identifier: Apache-2.0
// Certificates, stores outside of the cluster, and encryption at rest, for the Secrets view.
#include "ui/model/SecretsData.h"
#include "ui/model/SecretsWords.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

void fillCertificates(SecretTables&, const Secrets&)
{
}
void fillStores(SecretTables&, const Secrets&)
{
}
EncryptionBanner encryptionBanner(const Secrets&)
{
    EncryptionBanner out;
    out.headline = secretsTr("Encryption at rest: not assessed");
    return out;
}

} // namespace plimsoll::ui::model
