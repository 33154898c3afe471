#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace dicescope {

/// The OOD sets of a group by their index, in the order of the sets; `group` may name them in any order.
[[nodiscard]] inline std::vector<std::size_t> setsOfGroup(const std::vector<std::string>& oodNames,
                                                          const std::vector<std::string>& group) {
    std::vector<std::size_t> sets;
    for (std::size_t s = 0; s < oodNames.size(); ++s) {
        if (std::ranges::find(group, oodNames[s]) != group.end()) sets.push_back(s);
    }
    return sets;
}

}  // namespace dicescope
