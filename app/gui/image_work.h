#pragma once

#include <QImage>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/error.h"
#include "core/explain/activation_map.h"
#include "core/images/preprocess.h"
#include "core/model/feature_maps.h"
#include "ui/inspect/image_detail.h"
#include "ui/inspect/image_list.h"

namespace dicescope {

// What the image view asks of core, as calls without state: on any thread.

/// Which image is looked at, of what.
struct LookedAt {
    InspectionPtr inspection;
    std::size_t row = 0;
    std::uint32_t record = 0;
    std::size_t set = 0;         ///< of the record
    std::size_t setRow = 0;      ///< likewise
    std::size_t classIndex = 0;  ///< whose contributions and maps are wanted
};

/// The images that answer a query at a row. Table and column of an earlier answer are used again where they
/// fit.
[[nodiscard]] Result<ImageList> answerQuery(const InspectionPtr& inspection, std::size_t row,
                                            const ImageQuery& query, const ImageList& earlier);

/// Top 5 of both heads and the contributions to one class.
[[nodiscard]] Result<ImageNumbers> imageNumbers(const LookedAt& at);

/// An image read again.
struct ReadImage {
    QImage picture;                    ///< as the model sees it; as the file has it without a preprocessing
    std::vector<std::uint8_t> pixels;  ///< the model's input; empty without a preprocessing
};
[[nodiscard]] Result<ReadImage> readImage(const std::filesystem::path& file,
                                          const std::optional<Preprocess>& preprocess);

/// Feature maps of an image, and the activation maps of a class made from them.
struct MadeMaps {
    std::shared_ptr<const FeatureMaps> features;
    ActivationMaps maps;
    std::size_t row = 0;  ///< of the masked head
};
/// features: those of the image, where they were computed before.
[[nodiscard]] Result<MadeMaps> makeMaps(const FeatureMapModel& model, const ReadImage& image,
                                        std::shared_ptr<const FeatureMaps> features, const LookedAt& at);

}  // namespace dicescope
