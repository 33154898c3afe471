// Residual and ViM: how much of the features lies outside the space that training features span.
#include "core/detectors/subspace.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/detectors/kept_fit.h"
#include "core/detectors/row_math.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {
namespace {

/// The axes along which training features vary least, about their origin.
struct ResidualSpace {
    std::vector<double> centre;  ///< D, the mean feature: rows are nearer to it than to the origin
    Matrix<float> axes;          ///< K x D
    std::vector<double> offset;  ///< K, of the centre from the origin
    double scale = 0;            ///< root of the largest variance about the origin

    /// The length of each row within the space.
    [[nodiscard]] Status lengths(MatrixView<const float> features, std::span<double> out) const {
        Matrix<float> centred(features.rows, features.cols);
        forEachRow(features.rows, [&](std::size_t r) {
            for (std::size_t d = 0; d < features.cols; ++d) {
                centred(r, d) = static_cast<float>(static_cast<double>(features(r, d)) - centre[d]);
            }
        });
        Matrix<float> inside(features.rows, axes.rows());
        if (auto status = multiplyTransposed(std::as_const(centred).view(), axes.view(), inside.view());
            !status)
            return status;
        forEachRow(out.size(), [&](std::size_t r) {
            double sum = 0;
            for (std::size_t k = 0; k < offset.size(); ++k) {
                const double value = static_cast<double>(inside(r, k)) + offset[k];
                sum += value * value;
            }
            out[r] = std::sqrt(sum);
        });
        return {};
    }
};

/// 1000 of 2048 units, 512 of 768, as the authors of ViM; half of fewer.
std::size_t automaticDimensions(std::size_t units) {
    constexpr std::size_t kMany = 2048;
    constexpr std::size_t kSome = 768;
    if (units >= kMany) return 1000;
    return units >= kSome ? 512 : units / 2;
}

Result<ResidualSpace> fitSpace(const Settings& settings, const TrainingData& training, const Job& job) {
    const std::size_t units = training.head().units();
    const auto dimensions =
        principalDimensions(settings.count("dim"), automaticDimensions(units), units, settings.displayName());
    if (!dimensions) return forwardError(dimensions);
    const auto origin = training.originAxes(job);
    if (!origin) return forwardError(origin);
    const auto statistics = training.statistics(job);
    if (!statistics) return forwardError(statistics);
    const Matrix<double>& vectors = (*origin)->axes.vectors;
    ResidualSpace space{(*statistics)->all.mean,
                        Matrix<float>(units - *dimensions, units),
                        {},
                        std::sqrt((*origin)->axes.values.back())};
    std::ranges::transform(std::span(vectors.data(), space.axes.size()), space.axes.data(),
                           [](double value) { return static_cast<float>(value); });
    std::vector<double> shift = space.centre;
    for (std::size_t d = 0; d < units; ++d) shift[d] -= (*origin)->origin[d];
    for (std::size_t k = 0; k < space.axes.rows(); ++k) {
        space.offset.push_back(dotProduct(vectors.view().row(k), std::span<const double>(shift)));
    }
    return space;
}

class Residual final : public Detector {
  public:
    explicit Residual(ResidualSpace space) : space_(std::move(space)) {}

    [[nodiscard]] bool usesLogits() const override { return false; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        if (auto status = space_.lengths(block.features, scores); !status) return status;
        for (double& score : scores) score = -score;
        return {};
    }

    ResidualSpace space_;
};

class Vim final : public Detector {
  public:
    Vim(ResidualSpace space, double alpha) : space_(std::move(space)), alpha_(alpha) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        if (auto status = space_.lengths(block.features, scores); !status) return status;
        forEachRow(scores.size(), [&](std::size_t r) {
            scores[r] = summarise(block.logits.row(r)).energy() - alpha_ * scores[r];
        });
        return {};
    }

    ResidualSpace space_;
    double alpha_;
};

Result<DetectorPtr> fitResidual(const Settings& settings, const TrainingDataPtr& training, const Job& job) {
    auto space = fitSpace(settings, *training, job);
    if (!space) return forwardError(space);
    return std::make_shared<Residual>(std::move(*space));
}

/// The mean length of the training features' part outside the principal space.
Result<double> meanResidual(const ResidualSpace& space, const TrainingData& training, const Job& job) {
    double sum = 0;
    const Status status = training.forEachBlock(
        false, "Fitting ViM", job, [&](const FeatureBlock& block, std::size_t) -> Status {
            std::vector<double> lengths(block.features.rows);
            if (auto measured = space.lengths(block.features, lengths); !measured) return measured;
            for (const double length : lengths) sum += length;
            return {};
        });
    if (!status) return forwardError(status);
    return sum / static_cast<double>(training.size());
}

Result<DetectorPtr> fitVim(const Settings& settings, const TrainingDataPtr& training, const Job& job) {
    auto space = fitSpace(settings, *training, job);
    if (!space) return forwardError(space);
    const auto predictions = training->predictions(job);
    if (!predictions) return forwardError(predictions);
    const std::size_t dimensions = training->head().units() - space->axes.rows();
    const auto mean = keptNumber(*training, "mean-residual dim=" + std::to_string(dimensions), job,
                                 [&] { return meanResidual(*space, *training, job); });
    if (!mean) return forwardError(mean);
    // What is left of numbers of the features' size after rounding counts as nothing.
    constexpr double kNothing = 1e-6;
    if (!(*mean > kNothing * space->scale)) {
        return fail(ErrorCode::InvalidArgument,
                    "The training features lie entirely in ViM's principal space of " +
                        std::to_string(dimensions) + " dimensions; choose a smaller dim.");
    }
    return std::make_shared<Vim>(std::move(*space), (*predictions)->meanMaxLogit / *mean);
}

DetectorInfo subspaceInfo() {
    DetectorInfo info;
    info.citation = {"Wang, Li, Feng and Zhang", "ViM: Out-Of-Distribution with Virtual-logit Matching",
                     "CVPR 2022", "2203.10807"};
    info.need = DetectorNeed::TrainingFeatures;
    info.cost = DetectorCost::Covariance;
    info.parameters = {wholeNumber("dim", 0, 0, 1e6,
                                   "Principal dimensions; 0: 1000 of 2048 units or more, 512 of 768 or more, "
                                   "else half the units.")};
    return info;
}

}  // namespace

Result<std::size_t> principalDimensions(std::size_t asked, std::size_t automatic, std::size_t units,
                                        const std::string& detector) {
    if (asked == 0) return automatic;
    if (asked < units) return asked;
    return fail(ErrorCode::InvalidArgument,
                detector + " needs dim to be below the number of units, which is " + std::to_string(units) +
                    "; " + std::to_string(asked) + " leaves nothing to measure.");
}

std::vector<DetectorEntry> subspaceEntries() {
    DetectorInfo residual = subspaceInfo();
    residual.id = "residual";
    residual.displayName = "Residual";
    residual.explanation =
        "How much of the features lies outside the directions in which training images "
        "vary most.";
    residual.formula = "-||R (h - u)||, u = -pinv(W) b";
    residual.variants = {{"openood", {{"dim", 512}}, "dim = 512."}};
    DetectorInfo vim = subspaceInfo();
    vim.id = "vim";
    vim.displayName = "ViM";
    vim.explanation = "Energy less the residual, scaled so that both weigh the same on training images.";
    vim.formula = "E(l) - a ||R (h - u)||, a = mean max l / mean ||R (h - u)||";
    vim.variants = {{"openood", {{"dim", 256}}, "dim = 256."}};
    return {{std::move(residual), fitResidual}, {std::move(vim), fitVim}};
}

}  // namespace dicescope
