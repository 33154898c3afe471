// fDBD and NCI: how features lie to the head's weights, as seen from the mean feature.
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/detectors/family.h"
#include "core/detectors/row_math.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {
namespace {

// A distance of 0 to the mean counts as this.
constexpr double kSmallestDistance = 1e-8;

class Fdbd final : public Detector {
  public:
    /// inverse: C x C, one over the distance of two classes' weights, 0 where they are equal.
    Fdbd(TrainingDataPtr training, Matrix<double> inverse, bool average, bool aboutMean)
        : training_(std::move(training)),
          inverse_(std::move(inverse)),
          average_(average),
          aboutMean_(aboutMean) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        const auto others = static_cast<double>(std::max<std::size_t>(2, block.logits.cols) - 1);
        forEachRow(scores.size(), [&](std::size_t r) {
            const auto logits = block.logits.row(r);
            const RowSummary summary = summarise(logits);
            const auto inverse = inverse_.view().row(summary.prediction);
            double sum = 0;
            for (std::size_t c = 0; c < logits.size(); ++c) {
                sum += (summary.largest - static_cast<double>(logits[c])) * inverse[c];
            }
            const auto row = block.features.row(r);
            const double length = aboutMean_ ? std::sqrt(squaredDistance(row, training_->mean())) : norm(row);
            scores[r] = sum / std::max(length, kSmallestDistance) / (average_ ? others : 1);
        });
        return {};
    }

    TrainingDataPtr training_;
    Matrix<double> inverse_;
    bool average_;
    bool aboutMean_;
};

/// One over the distance of every two rows; 0 for equal ones.
Result<Matrix<double>> inverseDistances(MatrixView<const float> weight) {
    Matrix<double> rows(weight.rows, weight.cols);
    std::ranges::copy(weight.flat(), rows.data());
    Matrix<double> products(weight.rows, weight.rows);
    const MatrixView<const double> view = std::as_const(rows).view();
    if (auto status = multiplyTransposed(view, view, products.view()); !status) return forwardError(status);
    std::vector<double> squares;
    for (std::size_t c = 0; c < weight.rows; ++c) squares.push_back(products(c, c));
    // A difference of products has lost too many digits where the rows are nearly equal.
    constexpr double kNear = 1e-6;
    forEachRow(weight.rows, [&](std::size_t a) {
        for (std::size_t b = 0; b < weight.rows; ++b) {
            double square = squares[a] + squares[b] - 2 * products(a, b);
            if (square < kNear * (squares[a] + squares[b]))
                square = squaredDistance(view.row(a), view.row(b));
            products(a, b) = square > 0 ? 1 / std::sqrt(square) : 0;
        }
    });
    return products;
}

class Nci final : public Detector {
  public:
    Nci(TrainingDataPtr training, double alpha) : training_(std::move(training)), alpha_(alpha) {}

    [[nodiscard]] bool usesLogits() const override { return true; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        const auto mean = training_->mean();
        const MatrixView<const float> weight = training_->head().weight;
        forEachRow(scores.size(), [&](std::size_t r) {
            const auto row = block.features.row(r);
            const auto classWeight = weight.row(summarise(block.logits.row(r)).prediction);
            double product = 0;
            for (std::size_t d = 0; d < row.size(); ++d) {
                product += static_cast<double>(classWeight[d]) * (static_cast<double>(row[d]) - mean[d]);
            }
            const double length = std::sqrt(squaredDistance(row, mean));
            scores[r] = (length > 0 ? product / length : 0) + alpha_ * sumOfMagnitudes(row);
        });
        return {};
    }

    TrainingDataPtr training_;
    double alpha_;
};

}  // namespace

DetectorEntry fdbdEntry() {
    DetectorInfo info;
    info.id = "fdbd";
    info.displayName = "fDBD";
    info.explanation =
        "How far the features are from the decision boundaries to all other classes, relative "
        "to their distance from the mean feature.";
    info.formula = "sum_c |l_c - l_pred| / ||w_c - w_pred|| / ||h - m||";
    info.citation = {"Liu and Qin", "Fast Decision Boundary based Out-of-Distribution Detector", "ICML 2024",
                     "2312.11536"};
    info.need = DetectorNeed::FeatureMean;
    info.parameters = {
        choiceOf("reduce", {"sum", "mean"}, "Distances are added, or averaged over the other classes."),
        choiceOf("length", {"centred", "raw"}, "Whether the length is that of h - m or of h.")};
    info.variants = {{"pytorch-ood", {{"reduce", 1}}, "The mean over the other classes."}};
    return {std::move(info),
            [](const Settings& settings, const TrainingDataPtr& training, const Job&) -> Result<DetectorPtr> {
                auto inverse = inverseDistances(training->head().weight);
                if (!inverse) return forwardError(inverse);
                return std::make_shared<Fdbd>(training, std::move(*inverse), settings.is("reduce", "mean"),
                                              settings.is("length", "centred"));
            }};
}

DetectorEntry nciEntry() {
    DetectorInfo info;
    info.id = "nci";
    info.displayName = "NCI";
    info.explanation =
        "How close the features, seen from the mean feature, lie to the predicted class's "
        "weights, plus a little of their size.";
    info.formula = "<w_pred, h - m> / ||h - m|| + a ||h||_1";
    info.citation = {"Liu and Qin", "Detecting Out-of-Distribution Through the Lens of Neural Collapse",
                     "CVPR 2025", "2311.01479"};
    info.need = DetectorNeed::FeatureMean;
    info.parameters = {anyNumber("a", 1e-4, 0, 1e3, "Weight of the sum of the activations.")};
    info.variants = {{"pytorch-ood", {{"a", 0}}, "Without the sum of the activations."}};
    return {std::move(info),
            [](const Settings& settings, const TrainingDataPtr& training, const Job&) -> Result<DetectorPtr> {
                return std::make_shared<Nci>(training, settings.number("a"));
            }};
}

}  // namespace dicescope
