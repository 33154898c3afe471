#pragma once

#include <vector>

#include "core/images/preprocess.h"

namespace dicescope {

/// The normalisation tables of all channels, 256 values each, channel after channel, as Classifier::forward
/// takes them.
[[nodiscard]] inline std::vector<float> normalisationTables(const Preprocess& preprocess) {
    std::vector<float> tables;
    for (int channel = 0; channel < preprocess.channels; ++channel) {
        const auto table = normalisationTable(preprocess, channel);
        tables.insert(tables.end(), table.begin(), table.end());
    }
    return tables;
}

}  // namespace dicescope
