// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "core/base/Result.h"
#include "core/format/Document.h"
#include "core/kube/Kubeconfig.h"

// What reading a kubeconfig and the files it names has in common.
namespace plimsoll::kube::detail {

constexpr std::size_t maxKubeconfigBytes = 32u << 20;
constexpr std::size_t maxCredentialBytes = 4u << 20; // a certificate bundle, a token

// Overwrites the text in a way the compiler keeps, then empties it.
void wipe(std::string& secret);
// Overwrites the strings of a document that owns its text and is about to go.
void wipeStrings(format::Document& document);

// Errors: NotFound, Access, Limit. With onlyRegular, devices and pipes are refused: a file named by somebody else must
// not make us wait or read for ever. The messages are those of the system: "open x: permission denied".
Result<std::string> readFile(const std::string& path, std::size_t maxBytes, bool onlyRegular);

std::string folderOf(const std::string& file);
// The path made absolute against a folder and cleaned; "" stays "". "~" and "$X" mean nothing, as in client-go.
std::string absolutePath(const std::string& path, const std::string& folder);
bool isInside(const std::string& path, const std::string& folder);

// Standard base64 as Go's encoding/base64 reads it: line ends are skipped, anything else wrong is an error with the
// offset of the byte.
std::expected<std::string, std::size_t> decodeBase64Strict(std::string_view text);
std::string encodeBase64(std::string_view bytes);
// Base64 for URLs without padding (the parts of a JWT).
std::expected<std::string, std::size_t> decodeBase64Url(std::string_view text);

// "\"name\"", one line, whatever the name holds.
std::string quotedName(std::string_view name);

// What is wrong with a CA bundle, "" when at least one certificate can be read.
std::string faultOfCertificates(const std::string& pem);
// What is wrong with a certificate and its key, "" when they belong together. Never asks for a passphrase.
std::string faultOfKeyPair(const std::string& certificatePem, const std::string& keyPem);

// One file. Paths in it are made absolute; entries keep where they came from. Oddities go to problems.
// Errors: Format; the message never holds text of the file besides names.
Result<Kubeconfig> decodeKubeconfig(std::string text, const std::string& file);

// As kube::inClusterLogin(), with the file system of the pod below root.
Result<Login> inClusterLogin(const Environment& environment, const std::string& root);

struct Url {
    std::string scheme; // lower case
    std::string userInfo; // still escaped
    std::string host; // without brackets
    std::string port; // "" = not given
    std::string path; // with its first slash; query and fragment are dropped

    std::string authority() const; // host[:port], bracketed when IPv6
};
// Nothing when it has no scheme, no host or a port that is none, as Go's url.Parse with the checks behind it.
std::expected<Url, std::string> parseUrl(std::string_view text);
std::string percentDecoded(std::string_view text);
// The URL without a user name and password in it, for messages.
std::string withoutUserInfo(std::string_view url);
bool isLoopback(std::string_view host); // localhost, 127.0.0.0/8, ::1

} // namespace plimsoll::kube::detail
