#include "core/detectors/bank.h"

#include <algorithm>
#include <utility>

#include "core/detectors/logits.h"
#include "core/detectors/row_math.h"
#include "core/detectors/subsample.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {
namespace {

bool larger(const TopValues::Item& a, const TopValues::Item& b) {
    return a.value > b.value;
}

}  // namespace

Bank::Bank(TrainingDataPtr training, double percent, std::size_t atLeast, std::uint64_t seed)
    : training_(std::move(training)),
      rows_(drawRows(training_->size(), shareOf(training_->size(), percent, atLeast), seed)) {}

Status Bank::overTiles(const Job& job, const VisitRows& visit) const {
    const MatrixView<const float> features = training_->features();
    const bool all = rows_.size() == features.rows;
    Matrix<float> copy(all ? 0 : std::min(kTileRows, rows_.size()), features.cols);
    for (std::size_t first = 0; first < rows_.size(); first += kTileRows) {
        if (job.stopRequested()) return cancelled();
        const std::size_t count = std::min(kTileRows, rows_.size() - first);
        MatrixView<const float> tile = rowsOf(features, first, count);
        if (!all) {
            const auto copied = firstRows(copy, count);
            copyRows(features, rows_, first, copied);
            tile = copied;
        }
        if (auto status = visit(tile, first); !status) return status;
    }
    return {};
}

Status Bank::forEachRows(const std::string& stage, const Job& job, const VisitRows& visit) const {
    ProgressMeter meter(job, stage, rows_.size());
    return overTiles(job, [&](MatrixView<const float> rows, std::size_t first) -> Status {
        if (auto status = visit(rows, first); !status) return status;
        meter.add(rows.rows);
        return {};
    });
}

Status Bank::forEachTile(MatrixView<const float> queries, const Job& job, ProgressMeter& meter,
                         const Visit& visit) const {
    Matrix<float> products(queries.rows, std::min(kTileRows, rows_.size()));
    return overTiles(job, [&](MatrixView<const float> rows, std::size_t first) -> Status {
        const MatrixView<float> out{products.data(), queries.rows, rows.rows};
        if (auto status = multiplyTransposed(queries, rows, out); !status) return status;
        if (auto status = visit(out, first); !status) return status;
        meter.add(queries.rows * rows.rows);
        return {};
    });
}

std::size_t queriesAtATime(std::size_t most) {
    // A heap may hold room for twice as many.
    constexpr std::size_t kMostItems = 100'000'000 / (2 * sizeof(TopValues::Item));
    return std::clamp<std::size_t>(kMostItems / most, 1, kDetectorBlockRows);
}

void TopValues::add(float value, std::size_t row) {
    if (items_.size() == most_) {
        if (!(value > smallest_)) return;
        std::ranges::pop_heap(items_, larger);
        items_.pop_back();
    }
    items_.push_back({value, static_cast<std::uint32_t>(row)});
    std::ranges::push_heap(items_, larger);
    if (items_.size() == most_) smallest_ = items_.front().value;
}

Matrix<float> normalised(MatrixView<const float> features) {
    Matrix<float> result(features.rows, features.cols);
    forEachRow(features.rows, [&](std::size_t r) {
        const auto row = features.row(r);
        const double factor = inverseNorm(row);
        const auto out = result.view().row(r);
        for (std::size_t d = 0; d < row.size(); ++d)
            out[d] = static_cast<float>(static_cast<double>(row[d]) * factor);
    });
    return result;
}

}  // namespace dicescope
