// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include "core/base/Result.h"
#include "core/kube/Kubeconfig.h"

// Kubeconfigs, programs and certificates that tests write.
namespace plimsoll::test {

// A process environment of the given variables only.
inline kube::Environment environmentOf(
    std::vector<std::pair<std::string, std::string>> variables, const std::string& home)
{
    kube::Environment environment;
    environment.variables = variables;
    environment.variable = [variables](std::string_view name) -> std::optional<std::string> {
        for (const auto& [known, value] : variables) {
            if (known == name)
                return value;
        }
        return std::nullopt;
    };
    environment.home = home;
    environment.workingFolder = home;
    return environment;
}

class Folder {
public:
    std::string path(std::string_view name = {}) const
    {
        const std::string folder = QFileInfo(m_folder.path()).canonicalFilePath().toStdString();
        return name.empty() ? folder : folder + '/' + std::string(name);
    }
    std::string write(std::string_view name, std::string_view content, bool isProgram = false) const
    {
        const QString file = QString::fromStdString(path(name));
        QDir().mkpath(QFileInfo(file).path());
        QFile out(file);
        if (!out.open(QIODevice::WriteOnly) || out.write(content.data(), static_cast<qint64>(content.size())) < 0)
            qFatal("a test file cannot be written");
        out.close();
        if (isProgram)
            QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return file.toStdString();
    }
    std::string read(std::string_view name) const
    {
        QFile in(QString::fromStdString(path(name)));
        return in.open(QIODevice::ReadOnly) ? in.readAll().toStdString() : std::string();
    }

private:
    QTemporaryDir m_folder;
};

struct KeyPair {
    std::string certificate, key;
};

// A self-signed certificate and its key.
inline KeyPair makeKeyPair(const char* passphrase = nullptr)
{
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const auto textOf = [](auto&& write) {
        const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
        write(bio.get());
        char* bytes = nullptr;
        const long size = BIO_get_mem_data(bio.get(), &bytes);
        return std::string(bytes, static_cast<std::size_t>(size));
    };
    const std::size_t length = passphrase != nullptr ? std::string_view(passphrase).size() : 0;
    return { textOf([&](BIO* bio) { PEM_write_bio_X509(bio, certificate.get()); }), textOf([&](BIO* bio) {
                PEM_write_bio_PrivateKey(bio, key.get(), passphrase != nullptr ? EVP_aes_256_cbc() : nullptr,
                    reinterpret_cast<const unsigned char*>(passphrase), static_cast<int>(length), nullptr, nullptr);
            }) };
}

inline std::string base64(std::string_view bytes)
{
    return QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())).toBase64().toStdString();
}

inline std::string indented(std::string_view text, std::string_view by)
{
    std::string out;
    bool isStart = true;
    for (const char c : text) {
        if (isStart)
            out += by;
        out += c;
        isStart = c == '\n';
    }
    return out;
}

} // namespace plimsoll::test
