#include "core/features/feature_mean.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace dicescope {

MeanAccumulator::MeanAccumulator(std::size_t columns) : sums_(columns, 0.0) {}

Status MeanAccumulator::addRows(MatrixView<const float> rows) {
    if (rows.rows == 0) return {};
    if (rows.cols != sums_.size()) {
        return fail(ErrorCode::Mismatch, "The rows have " + std::to_string(rows.cols) + " features where " +
                                             std::to_string(sums_.size()) +
                                             " are expected; use features of one model.");
    }
    for (std::size_t r = 0; r < rows.rows; ++r) {
        const auto row = rows.row(r);
        if (!std::all_of(row.begin(), row.end(), [](float value) { return std::isfinite(value); })) {
            ++nonFiniteRows_;
            continue;
        }
        for (std::size_t c = 0; c < row.size(); ++c) sums_[c] += static_cast<double>(row[c]);
        ++count_;
    }
    return {};
}

Result<FeatureMean> MeanAccumulator::mean() const {
    if (count_ == 0) {
        return fail(ErrorCode::InvalidArgument,
                    nonFiniteRows_ == 0
                        ? "There is no row to take the mean of; give a set with images."
                        : "Every row holds NaN or infinity, so there is no mean; check the model.");
    }
    FeatureMean result{sums_, count_, nonFiniteRows_};
    for (double& value : result.mean) value /= static_cast<double>(count_);
    return result;
}

Result<FeatureMean> featureMean(MatrixView<const float> features) {
    MeanAccumulator accumulator(features.cols);
    if (auto added = accumulator.addRows(features); !added) return forwardError(added);
    return accumulator.mean();
}

}  // namespace dicescope
