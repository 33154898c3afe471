// NECO: the share of the standardised features that lies in their principal space.
#include <cmath>
#include <span>
#include <utility>

#include "core/detectors/family.h"
#include "core/detectors/kept_fit.h"
#include "core/detectors/row_math.h"
#include "core/detectors/subspace.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {
namespace {

struct NecoFit {
    std::vector<double> mean;    ///< D
    std::vector<double> factor;  ///< D, one over the standard deviation; 1 for a unit without spread
    Matrix<double> axes;         ///< dim x D, of unit length in standardised units
    bool timesMaxLogit = true;
    bool rawLength = false;
};

class Neco final : public Detector {
  public:
    explicit Neco(NecoFit fit) : fit_(std::move(fit)) {}

    [[nodiscard]] bool usesLogits() const override { return fit_.timesMaxLogit; }

  private:
    [[nodiscard]] Status scoreRows(const FeatureBlock& block, std::span<double> scores,
                                   const Job& /*job*/) const override {
        Matrix<double> rows(block.features.rows, block.features.cols);
        forEachRow(rows.rows(), [&](std::size_t r) {
            for (std::size_t d = 0; d < rows.cols(); ++d) {
                rows(r, d) = (static_cast<double>(block.features(r, d)) - fit_.mean[d]) * fit_.factor[d];
            }
        });
        Matrix<double> inside(rows.rows(), fit_.axes.rows());
        if (auto status = multiplyTransposed(std::as_const(rows).view(), fit_.axes.view(), inside.view());
            !status)
            return status;
        forEachRow(scores.size(), [&](std::size_t r) {
            const double length =
                fit_.rawLength ? norm(block.features.row(r)) : norm(std::as_const(rows).view().row(r));
            const double share = length > 0 ? norm(std::as_const(inside).view().row(r)) / length : 0;
            scores[r] = fit_.timesMaxLogit ? share * summarise(block.logits.row(r)).largest : share;
        });
        return {};
    }

    NecoFit fit_;
};

/// One over the standard deviation of each unit, 1 for those without spread.
std::vector<double> factorsOf(const FeatureMoments& moments) {
    std::vector<double> factors(moments.mean.size());
    constexpr double kNoSpread = 1e-14;  // of the square of the mean: rounding errors of a constant unit
    for (std::size_t d = 0; d < factors.size(); ++d) {
        const double variance = moments.scatter(d, d) / static_cast<double>(moments.samples);
        const bool constant = variance <= kNoSpread * moments.mean[d] * moments.mean[d];
        factors[d] = constant ? 1 : 1 / std::sqrt(variance);
    }
    return factors;
}

/// The correlations of the units; 0 for those without spread.
Matrix<double> correlations(const FeatureMoments& moments, std::span<const double> factors) {
    Matrix<double> result = moments.scatter;
    for (std::size_t r = 0; r < factors.size(); ++r) {
        for (std::size_t c = 0; c < factors.size(); ++c) {
            result(r, c) *= factors[r] * factors[c] / static_cast<double>(moments.samples);
        }
    }
    return result;
}

/// The eigenvectors of the correlations with the largest eigenvalues, increasing.
struct PrincipalAxes {
    Matrix<double> axes;  ///< dim x D
};

void listFields(FitFields& fields, PrincipalAxes& fit, const TrainingData& training) {
    fields.matrix("axes", fit.axes, FitFields::kAny, training.head().units());
}

Result<PrincipalAxes> principalAxes(const FeatureMoments& moments, std::span<const double> factors,
                                    std::size_t dimensions) {
    const Matrix<double> matrix = correlations(moments, factors);
    const auto eigen = symmetricEigen(matrix.view());
    if (!eigen) return forwardError(eigen);
    const std::size_t first = (factors.size() - dimensions) * factors.size();
    return PrincipalAxes{
        Matrix<double>(dimensions, factors.size(),
                       {eigen->vectors.data() + first, eigen->vectors.data() + eigen->vectors.size()})};
}

Result<DetectorPtr> fitNeco(const Settings& settings, const TrainingDataPtr& training, const Job& job) {
    constexpr std::size_t kUsual = 100;
    const std::size_t units = training->head().units();
    const auto dimensions =
        principalDimensions(settings.count("dim"), units > kUsual ? kUsual : units / 2, units, "NECO");
    if (!dimensions) return forwardError(dimensions);
    const auto statistics = training->statistics(job);
    if (!statistics) return forwardError(statistics);

    NecoFit fit;
    fit.mean = (*statistics)->all.mean;
    fit.factor = factorsOf((*statistics)->all);
    fit.timesMaxLogit = settings.is("maxlogit", "on");
    fit.rawLength = settings.is("length", "raw");
    auto principal =
        keptFit<PrincipalAxes>(*training, "correlation-axes dim=" + std::to_string(*dimensions), job,
                               [&] { return principalAxes((*statistics)->all, fit.factor, *dimensions); });
    if (!principal) return forwardError(principal);
    fit.axes = std::move(principal->axes);
    return std::make_shared<Neco>(std::move(fit));
}

}  // namespace

DetectorEntry necoEntry() {
    DetectorInfo info;
    info.id = "neco";
    info.displayName = "NECO";
    info.explanation =
        "The share of the standardised features that lies in the main directions of the "
        "training images, times MaxLogit.";
    info.formula = "||P z|| / ||z|| max_c l_c, z the standardised h";
    info.citation = {"Ben Ammar, Belkhir, Popescu, Manzanera and Franchi",
                     "NECO: NEural Collapse Based Out-of-distribution detection", "ICLR 2024", "2310.06823"};
    info.need = DetectorNeed::TrainingFeatures;
    info.cost = DetectorCost::Covariance;
    info.parameters = {
        wholeNumber("dim", 0, 0, 1e6,
                    "Principal dimensions; 0: 100, or half the units where there are not more."),
        choiceOf("maxlogit", {"on", "off"}, "Whether the share is multiplied by the largest logit."),
        choiceOf("length", {"standardised", "raw"},
                 "Whether the length in the denominator is that of z or of h.")};
    info.variants = {
        {"authors-resnet", {{"maxlogit", 1}}, "Without the largest logit, as the authors' code for ResNets."},
        {"authors-swin",
         {{"length", 1}},
         "Divided by the length of h, as the authors' code for Swin and DeiT."}};
    return {std::move(info), fitNeco};
}

}  // namespace dicescope
