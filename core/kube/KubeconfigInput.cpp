// SPDX-License-Identifier: Apache-2.0
#include "core/kube/detail/KubeconfigInput.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/Text.h"

namespace plimsoll::kube::detail {

namespace {

class OpenFile {
public:
    explicit OpenFile(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    ~OpenFile()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int descriptor() const { return m_descriptor; }

private:
    int m_descriptor;
};

// As Go words it.
std::unexpected<Error> systemFailure(std::string_view call, const std::string& path, int code)
{
    const ErrorKind kind = code == ENOENT || code == ENOTDIR ? ErrorKind::NotFound : ErrorKind::Access;
    std::string text = std::strerror(code);
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    return failure(kind, std::string(call) + " " + printable(path) + ": " + text);
}

constexpr std::string_view base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::expected<std::string, std::size_t> decodeLetters(std::string_view text, bool isUrl)
{
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t word = 0;
    std::size_t letters = 0;
    std::size_t padding = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '\n' || c == '\r')
            continue;
        if (isUrl)
            c = c == '-' ? '+' : c == '_' ? '/' : c == '+' || c == '/' || c == '=' ? '\0' : c;
        if (c == '=') {
            // Only where the last group lacks one or two letters, and nothing behind it.
            if (letters % 4 < 2 || letters % 4 + ++padding > 4)
                return std::unexpected(i);
            continue;
        }
        const std::size_t value = c == '\0' ? std::string_view::npos : base64Letters.find(c);
        if (value == std::string_view::npos || padding > 0)
            return std::unexpected(i);
        word = (word << 6) | static_cast<std::uint32_t>(value);
        if (++letters % 4 == 0) {
            for (int shift = 16; shift >= 0; shift -= 8)
                bytes += static_cast<char>((word >> shift) & 0xFFu);
            word = 0;
        }
    }
    const std::size_t left = letters % 4;
    if (left == 1 || (!isUrl && left != 0 && left + padding != 4))
        return std::unexpected(text.size());
    if (left >= 2)
        bytes += static_cast<char>((word << (left == 2 ? 12 : 6) >> 16) & 0xFFu);
    if (left == 3)
        bytes += static_cast<char>((word << 6 >> 8) & 0xFFu);
    return bytes;
}

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeCertificate {
    void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

// Without this OpenSSL would ask on the terminal.
int noPassphrase(char* /*buffer*/, int /*size*/, int /*isWriting*/, void* /*user*/)
{
    return -1;
}

Bio bioOf(const std::string& pem)
{
    return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

Certificate firstCertificate(const std::string& pem)
{
    const Bio bio = bioOf(pem);
    Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, noPassphrase, nullptr));
    ERR_clear_error();
    return certificate;
}

} // namespace

void wipe(std::string& secret)
{
    // Up to the capacity: an assignment of a shorter text leaves the end of the longer one behind.
    secret.resize(secret.capacity());
    OPENSSL_cleanse(secret.data(), secret.size());
    secret.clear();
}

void wipeStrings(format::Document& document)
{
    for (std::uint32_t i = 0; i < document.nodeCount(); ++i) {
        const auto& node = document.node(i);
        // The document's own memory, which only its interface makes constant.
        if (node.type == format::Type::String && !node.text.empty())
            OPENSSL_cleanse(const_cast<char*>(node.text.data()), node.text.size());
    }
}

Result<std::string> readFile(const std::string& path, std::size_t maxBytes, bool onlyRegular)
{
    const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | (onlyRegular ? O_NONBLOCK : 0)));
    if (file.descriptor() < 0)
        return systemFailure("open", path, errno);
    struct stat status = {};
    if (::fstat(file.descriptor(), &status) != 0)
        return systemFailure("stat", path, errno);
    if (S_ISDIR(status.st_mode))
        return failure(ErrorKind::Access, "read " + printable(path) + ": is a directory");
    if (onlyRegular && !S_ISREG(status.st_mode))
        return failure(ErrorKind::Access, "read " + printable(path) + ": is not a regular file");
    std::string bytes;
    bytes.reserve(static_cast<std::size_t>(status.st_size > 0 ? status.st_size : 0) + 1);
    std::array<char, 16384> buffer;
    for (;;) {
        const ssize_t size = ::read(file.descriptor(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return systemFailure("read", path, errno);
        if (size == 0)
            break;
        bytes.append(buffer.data(), static_cast<std::size_t>(size));
        if (bytes.size() > maxBytes) {
            wipe(bytes);
            return failure(ErrorKind::Limit,
                "read " + printable(path) + ": larger than " + std::to_string(maxBytes >> 20) + " MB");
        }
    }
    OPENSSL_cleanse(buffer.data(), buffer.size());
    return bytes;
}

std::string folderOf(const std::string& file)
{
    return std::filesystem::path(file).parent_path().string();
}

std::string absolutePath(const std::string& path, const std::string& folder)
{
    if (path.empty())
        return {};
    const std::filesystem::path given(path);
    return (given.is_absolute() ? given : std::filesystem::path(folder) / given).lexically_normal().string();
}

bool isInside(const std::string& path, const std::string& folder)
{
    // Links may lead out: compare where the paths really are, as far as they exist.
    std::error_code ignored;
    const auto real = std::filesystem::weakly_canonical(path, ignored);
    const auto realFolder = std::filesystem::weakly_canonical(folder, ignored);
    const auto relative = (real.empty() ? std::filesystem::path(path) : real)
                              .lexically_relative(realFolder.empty() ? std::filesystem::path(folder) : realFolder);
    return !relative.empty() && *relative.begin() != "..";
}

std::expected<std::string, std::size_t> decodeBase64Strict(std::string_view text)
{
    return decodeLetters(text, false);
}

std::expected<std::string, std::size_t> decodeBase64Url(std::string_view text)
{
    return decodeLetters(text, true);
}

std::string encodeBase64(std::string_view bytes)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t word = 0;
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t k = 0; k < 3; ++k)
            word = (word << 8) | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k)
            text += k <= count ? base64Letters[(word >> (18 - 6 * k)) & 63u] : '=';
    }
    return text;
}

std::string quotedName(std::string_view name)
{
    return '"' + printable(shortened(name, 253)) + '"';
}

std::string faultOfCertificates(const std::string& pem)
{
    return firstCertificate(pem) ? std::string() : "no PEM certificate can be read in it";
}

std::string faultOfKeyPair(const std::string& certificatePem, const std::string& keyPem)
{
    const Certificate certificate = firstCertificate(certificatePem);
    if (!certificate)
        return "no PEM certificate can be read in the client certificate";
    if (keyPem.find("ENCRYPTED") != std::string::npos)
        return "the client key is protected by a passphrase, which no Kubernetes client supports";
    const Bio bio = bioOf(keyPem);
    const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, nullptr));
    const bool isMatching = key && X509_check_private_key(certificate.get(), key.get()) == 1;
    ERR_clear_error();
    if (!key)
        return "no PEM private key can be read in the client key";
    return isMatching ? std::string() : "the client key does not belong to the client certificate";
}

} // namespace plimsoll::kube::detail
