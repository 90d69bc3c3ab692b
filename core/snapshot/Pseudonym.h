// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/snapshot/Origin.h"

namespace plimsoll::snapshot {

// Redaction level 2: names, hosts and addresses become others, the same everywhere, so that who may do what, what runs
// where and what reaches what can still be seen, but not whose cluster it is.
// Threads: object() may be called from any.
class Pseudonymiser {
public:
    // key: 32 bytes; "" = fresh random ones, so that two captures have nothing in common.
    explicit Pseudonymiser(const std::string& key);
    ~Pseudonymiser();
    Pseudonymiser(Pseudonymiser&&) noexcept;

    // One object as compact JSON, replaced. It must be redacted already.
    std::string object(std::string_view json, std::string_view apiVersion, std::string_view kind) const;
    std::string name(std::string_view name) const;
    std::string host(std::string_view host) const;
    std::string address(std::string_view address) const; // IPv4, IPv6 or CIDR; anything else is a host

private:
    struct Private;
    std::unique_ptr<const Private> m_private;
};

// Where it comes from, without what tells whose it is.
void hideOrigin(Origin& origin, std::vector<NotCollected>& notCollected, const Pseudonymiser& pseudonyms);

} // namespace plimsoll::snapshot
