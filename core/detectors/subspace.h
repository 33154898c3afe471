#pragma once

// Internal to core/detectors: how much of a feature vector lies outside the training set's principal space.

#include <cstddef>
#include <string>

#include "core/base/error.h"
#include "core/detectors/family.h"

namespace dicescope {

/// The number of principal dimensions: `asked`, or `automatic` where that is 0. Errors: InvalidArgument where
/// asked >= units.
[[nodiscard]] Result<std::size_t> principalDimensions(std::size_t asked, std::size_t automatic,
                                                      std::size_t units, const std::string& detector);

}  // namespace dicescope
