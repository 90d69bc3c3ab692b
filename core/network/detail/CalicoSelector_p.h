// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/network/detail/PolicyDef_p.h"

// The selector language of Calico: k == 'v', k != 'v', k in {'a', 'b'}, k not in {...}, has(k), !has(k), contains,
// starts with, ends with, &&, ||, !, parentheses, all(), global(). Source: projectcalico/calico
// libcalico-go/lib/selector (parser, tokenizer, ast). != and not in match objects that lack the key. Keys of endpoints
// are translated to those of Expression (pcns.KEY -> @namespace/KEY ...).
namespace plimsoll::network {

struct CalicoSelector {
    std::shared_ptr<const Expression> expression; // nullptr = all()
    bool isGlobal = false; // global(): of namespaces
};
// Nothing with the reason in `what` for anything else. "" is all(). ofNamespaces: keys are those of namespaces.
std::optional<CalicoSelector> parseCalicoSelector(std::string_view text, bool ofNamespaces, std::string& what);

} // namespace plimsoll::network
