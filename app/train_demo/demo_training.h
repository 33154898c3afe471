#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/error.h"

namespace dicescope {

struct DemoTrainingOptions {
    std::filesystem::path source;  ///< folder of the Fashion-MNIST .gz files
    std::filesystem::path output;  ///< the TorchScript file to write; a .json of the same name goes beside it
    std::uint64_t seed = 3;        ///< of the first weights, the order of the images and their flips
    int epochs = 6;                ///< passes over the training images of the eight classes
    int threads = 1;  ///< LibTorch's; another number rounds sums differently and gives another model
};

/// What the exported model does on the images that take no part in training.
struct DemoTrainingResult {
    double trainAccuracy = 0;     ///< of the eight classes, in 0..1
    double testAccuracy = 0;      ///< of the eight classes, in 0..1
    double exportDifference = 0;  ///< max |exported logit - logit of the trained network| on the test images
    std::size_t parameters = 0;   ///< values in the exported model
    std::string sha256OfWeights;  ///< of all parameters, float32, in the order of the layers
    double seconds = 0;           ///< of training
};

/// Trains the demo network and writes it as TorchScript. `log` receives one line an epoch.
/// Errors: those of loadFashionMnist(); WriteFailed; Internal when the exported model does not repeat the
/// trained one.
[[nodiscard]] Result<DemoTrainingResult> trainDemoNetwork(const DemoTrainingOptions& options,
                                                          const std::function<void(const std::string&)>& log);

}  // namespace dicescope
