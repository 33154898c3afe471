#include "core/detectors/shaped_energy.h"

#include <algorithm>
#include <vector>

#include "core/detectors/row_math.h"
#include "core/linalg/linear_algebra.h"
#include "core/sparsity/contribution.h"

namespace dicescope {
namespace {

/// The energy of factor * products + bias.
double energyOf(std::span<const float> products, double factor, std::span<const float> bias) {
    std::vector<double> logits(products.size());
    for (std::size_t c = 0; c < logits.size(); ++c) {
        logits[c] = factor * static_cast<double>(products[c]) + static_cast<double>(bias[c]);
    }
    return summarise(std::span<const double>(logits)).energy();
}

}  // namespace

Status ShapedEnergy::scoreRows(const FeatureBlock& block, std::span<double> scores,
                               const Job& /*job*/) const {
    const HeadView& head = head_->head();
    const MatrixView<const float> weight = weight_.size() == 0 ? head.weight : weight_.view();
    std::vector<double> factors(scores.size(), 1.0);
    Matrix<float> shaped;
    MatrixView<const float> features = block.features;
    if (shaper_) {
        shaped = Matrix<float>(features.rows, features.cols);
        forEachRow(features.rows, [&](std::size_t r) {
            std::ranges::copy(block.features.row(r), shaped.view().row(r).begin());
            factors[r] = shaper_(shaped.view().row(r));
        });
        features = shaped.view();
    }
    Matrix<float> products(features.rows, head.classes());
    if (auto status = multiplyTransposed(features, weight, products.view()); !status) return status;
    forEachRow(scores.size(),
               [&](std::size_t r) { scores[r] = energyOf(products.view().row(r), factors[r], head.bias); });
    return {};
}

Status ScaledEnergy::scoreRows(const FeatureBlock& block, std::span<double> scores,
                               const Job& /*job*/) const {
    const std::span<const float> bias = head_->head().bias;
    forEachRow(scores.size(), [&](std::size_t r) {
        const double factor = factor_(block.features.row(r));
        const auto row = block.logits.row(r);
        std::vector<double> logits(row.size());
        for (std::size_t c = 0; c < row.size(); ++c) {
            const auto shift = static_cast<double>(bias[c]);
            logits[c] = factor * (static_cast<double>(row[c]) - shift) + shift;
        }
        scores[r] = summarise(std::span<const double>(logits)).energy();
    });
    return {};
}

Result<Matrix<float>> diceWeight(const TrainingData& training, double p) {
    const MatrixView<const float> dense = training.head().weight;
    const auto values = contribution(dense, training.mean());
    if (!values) return forwardError(values);
    const double threshold = percentile(values->view().flat(), p);
    Matrix<float> masked(dense.rows, dense.cols);
    for (std::size_t i = 0; i < masked.size(); ++i) {
        if (values->data()[i] > threshold) masked.data()[i] = dense.data[i];
    }
    return masked;
}

}  // namespace dicescope
