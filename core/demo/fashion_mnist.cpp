#include "core/demo/fashion_mnist.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/demo/idx.h"

namespace dicescope {
namespace {

constexpr std::array<DemoClass, 8> kIdClasses{{{0, "0-t-shirt"},
                                               {1, "1-trouser"},
                                               {2, "2-pullover"},
                                               {3, "3-dress"},
                                               {4, "4-coat"},
                                               {7, "5-sneaker"},
                                               {8, "6-bag"},
                                               {9, "7-ankle-boot"}}};
constexpr std::array<DemoClass, 2> kNearOodClasses{{{5, "sandal"}, {6, "shirt"}}};

Result<IdxArray> readPart(const std::filesystem::path& path, std::size_t dimensions) {
    auto array = readGzippedIdx(path, dimensions);
    if (!array && array.error().code == ErrorCode::NotFound) {
        return fail(ErrorCode::NotFound,
                    "Fashion-MNIST is missing ('" + path.string() +
                        "' does not exist); run 'sudo apt install dataset-fashion-mnist', or name "
                        "the folder that holds its four .gz files.");
    }
    return array;
}

}  // namespace

std::span<const DemoClass> demoIdClasses() {
    return kIdClasses;
}

std::span<const DemoClass> demoNearOodClasses() {
    return kNearOodClasses;
}

Result<FashionImages> loadFashionMnist(const std::filesystem::path& folder, FashionSplit split) {
    const std::string prefix = split == FashionSplit::Train ? "train" : "t10k";
    auto images = readPart(folder / (prefix + "-images-idx3-ubyte.gz"), 3);
    if (!images) return forwardError(images);
    auto labels = readPart(folder / (prefix + "-labels-idx1-ubyte.gz"), 1);
    if (!labels) return forwardError(labels);

    const auto refuse = [&](const std::string& reason) {
        return fail(ErrorCode::Corrupt, "The " + prefix + " files in '" + folder.string() +
                                            "' are not Fashion-MNIST: " + reason +
                                            "; install or download them again.");
    };
    if (images->shape[1] != kFashionSide || images->shape[2] != kFashionSide) {
        return refuse("images of " + std::to_string(images->shape[2]) + " x " +
                      std::to_string(images->shape[1]) + " pixels, not 28 x 28");
    }
    if (images->shape[0] != labels->shape[0]) {
        return refuse(std::to_string(images->shape[0]) + " images and " + std::to_string(labels->shape[0]) +
                      " labels");
    }
    if (std::ranges::any_of(labels->values, [](std::uint8_t label) { return label >= kFashionClasses; })) {
        return refuse("a label above 9");
    }
    return FashionImages{std::move(images->values), std::move(labels->values)};
}

}  // namespace dicescope
