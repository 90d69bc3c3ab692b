// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace plimsoll::snapshot::detail {

// What the name of a variable, flag or field promises its value to be.
enum class NameClass : std::uint8_t {
    None,
    Password, // password, passwd, passphrase, pwd, _PASS
    Token, // token
    Key, // api key, access key, private key, encryption key ...
    Secret, // secret, credential
    Connection, // DSN, connection string: a credential only if one is inside
    Login, // BASIC_AUTH: "user:password", or something random
    Perhaps, // _KEY and the like: a credential only if the value has the shape of one
};

// "DB_PASSWORD", "apiKey", "--client-secret". Names of something about a credential (PASSWORD_FILE, secretName,
// tokenExpirationSeconds) are None.
NameClass classOfName(std::string_view name);

// "login.password=Password": the label of a field, not what goes into it.
bool isLabel(std::string_view name, std::string_view value);

// "password", "token" ... as the end of a rule id.
std::string_view toText(NameClass nameClass);

// How sure a name alone makes us.
enum class Trust : std::uint8_t {
    Variable, // environment variables, flags, keys of a ConfigMap: people write secrets there under such names
    Field, // fields of any API and lines of any text: many are names of other things, so the value must look random
};

enum class Judgement : std::uint8_t {
    Harmless, // a reference, path, number, placeholder or mask
    WeakDefault, // "changeme", "admin": what every manual prints; nothing leaked, but nothing is protected either
    Credential,
};
// What a literal value under such a name is. Keeps no copy of it.
Judgement judge(NameClass nameClass, std::string_view value, Trust trust);

// Whether a text has the shape of a generated token: long, letters and digits mixed, in one piece.
bool isTokenShaped(std::string_view value);

} // namespace plimsoll::snapshot::detail
