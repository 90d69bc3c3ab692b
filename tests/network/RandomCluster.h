// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

namespace plimsoll::test {

// A small cluster with policies of every form, as YAML. The same text for the same seed, on every machine.
std::string randomCluster(std::uint64_t seed);
// Only the policies of it: to be shown when something is wrong.
std::string randomPolicies(std::uint64_t seed);

// Addresses outside that the policies of random clusters tell apart; one of them is that of a node without pods.
std::vector<std::string> randomOutsideAddresses();

// Numbers without the standard's distributions, which every library may implement in its own way.
class Dice {
public:
    explicit Dice(std::uint64_t seed)
        : m_engine(seed * 0x9E3779B97F4A7C15ULL + 1)
    {
    }
    int below(int count) { return static_cast<int>(m_engine() % static_cast<std::uint64_t>(count)); }
    bool oneIn(int count) { return below(count) == 0; }
    std::string of(std::initializer_list<const char*> choices)
    {
        return *(choices.begin() + below(static_cast<int>(choices.size())));
    }

private:
    std::mt19937_64 m_engine;
};

} // namespace plimsoll::test
