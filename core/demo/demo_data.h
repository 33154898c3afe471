#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"

namespace dicescope {

/// Where Debian's and Ubuntu's package dataset-fashion-mnist puts its four .gz files.
inline constexpr const char* kFashionMnistFolder = "/usr/share/datasets/fashion-mnist";

/// What the demo layout is made of. The same options give the same files, byte for byte, on the same OpenCV.
struct DemoDataOptions {
    std::filesystem::path source = kFashionMnistFolder;  ///< folder of the four Fashion-MNIST .gz files
    std::uint64_t seed = 1;                              ///< of the three synthetic sets
    std::size_t trainPerClass = 2000;    ///< the first so many training images of each class, 1..6000
    std::size_t testPerClass = 1000;     ///< the first so many test images of each class, 1..1000
    std::size_t syntheticImages = 1500;  ///< of each of the three synthetic sets, 1..100000
    unsigned threads = 0;                ///< 0: one a processor
};

enum class DemoRole { IdTrain, IdTest, Ood };

/// One image folder of the layout.
struct DemoSet {
    std::string name;  ///< "id-train", "id-test", "ood-near", "ood-glyphs", "ood-textures", "ood-noise"
    DemoRole role = DemoRole::Ood;
    std::filesystem::path folder;  ///< absolute or relative as `folder` was given
    std::size_t images = 0;
};

struct DemoDataSummary {
    std::vector<DemoSet> sets;  ///< id-train, id-test, then the OOD sets
    bool alreadyThere = false;  ///< a complete layout of these options was found and left alone
};

/// Lays out the demo's image folders as 28 x 28 grey PNG files below `folder`:
///
///     id-train/0-t-shirt/00000.png ...  training images of the eight ID classes; label = natural order of
///     the folders id-test/0-t-shirt/00000.png ...   test images of the same classes
///     ood-near/<class>/00000.png ...    test images of the two Fashion-MNIST classes the demo network has
///     never seen ood-glyphs/00000.png ...          rendered characters under random affine maps
///     ood-textures/00000.png ...        procedural textures
///     ood-noise/00000.png ...           noise without structure
///     demo-data.json                    what was written: content version, options, images of each set
///
/// All of it is built in a hidden sibling of `folder` and renamed at the end, so `folder` holds everything or
/// does not exist. A complete layout of the same version and options is left alone. Any other folder with
/// something in it is never written to. Progress counts images. Errors: NotFound (the package's files),
/// Corrupt (they are damaged), InvalidArgument (options out of range; `folder` holds something else),
/// WriteFailed, Cancelled.
[[nodiscard]] Result<DemoDataSummary> writeDemoData(const std::filesystem::path& folder,
                                                    const DemoDataOptions& options = {}, const Job& job = {});

}  // namespace dicescope
