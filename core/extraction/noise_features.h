#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/features/feature_set.h"
#include "core/images/preprocess.h"
#include "core/model/classifier.h"

namespace dicescope {

/// The 8-bit pixels of Gaussian noise image `index`: every value drawn independently from N(0.5, 1), clipped
/// to 0..1 and rounded to 8 bits, as Liang et al. (ODIN, ICLR 2018) use for validation. The same on every
/// platform up to the last bit of the library's logarithm and cosine. Size: preprocess.pixelBytes().
[[nodiscard]] std::vector<std::uint8_t> gaussianNoisePixels(const Preprocess& preprocess,
                                                            std::uint64_t index);

/// Features of `count` Gaussian noise images at the model's input size, in memory. threads: CPU threads, 0:
/// all. Errors: those of Classifier::forward, Cancelled.
[[nodiscard]] Result<FeatureSetPtr> gaussianNoiseFeatures(const Classifier& classifier,
                                                          const Preprocess& preprocess, std::size_t count,
                                                          unsigned threads, const Job& job = {});

}  // namespace dicescope
