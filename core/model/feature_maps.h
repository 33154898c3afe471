#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/model/classifier.h"

namespace dicescope {

/// Where a model averages a feature map into its penultimate features.
struct FeatureMapInfo {
    std::size_t features = 0;    ///< D
    std::size_t height = 0;      ///< of the map, in positions; row 0 is the top of the image
    std::size_t width = 0;       ///< of the map; column 0 is the left of the image
    std::string pooling;         ///< the operator behind the map ("aten::mean"), or "1x1 convolution head"
    double probeDifference = 0;  ///< max |mean of map - features| over a probe batch
    double probeScale = 0;       ///< max |features| there
};

/// The last feature map of one image.
struct FeatureMaps {
    Matrix<float> values;         ///< D x (height * width), positions row by row; the mean of a row is h_d
    std::vector<float> features;  ///< D, the penultimate features h as the model computes them
};

/// The part of a TorchScript classifier up to its head, cut open at the last feature map before pooling. With
/// A the map and W the head, sum_d W[c,d] A[d,position] is what a position adds to the logit of class c: its
/// mean over the positions is W h (class activation maps, Zhou et al., CVPR 2016).
class FeatureMapModel {
  public:
    /// Finds the head as Classifier::load does, follows the graph back from its input through operators that
    /// keep numbers (flatten, view, squeeze, dropout, ReLU, type changes) to an average over positions, and
    /// checks on a probe batch that the mean of the map is the features within 1e-4 of the largest; for a 1x1
    /// convolution in front of the pooling the map is the head's own input. Of several maps the last one with
    /// more than one position is taken. Errors: Unsupported, with a sentence that says why there is no map (a
    /// class token, a layer between pooling and head); those of Classifier::load that concern the file, the
    /// head, the input and the device.
    [[nodiscard]] static Result<FeatureMapModel> load(const std::filesystem::path& path,
                                                      const ClassifierOptions& options, const Job& job = {});
    FeatureMapModel(FeatureMapModel&&) noexcept;
    FeatureMapModel& operator=(FeatureMapModel&&) noexcept;
    ~FeatureMapModel();

    [[nodiscard]] const FeatureMapInfo& info() const;

    /// The map of one image: preprocessed 8-bit pixels (H x W x channels, interleaved) and tables as
    /// Classifier::forward() takes them. Safe to call from several threads at once; on the CPU a call uses
    /// `intraOpThreads` threads. Errors: InvalidArgument (shapes), OutOfMemory, Device, Internal.
    [[nodiscard]] Result<FeatureMaps> maps(std::span<const std::uint8_t> pixels,
                                           std::span<const float> tables, int intraOpThreads = 1) const;

  private:
    struct Impl;
    explicit FeatureMapModel(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
