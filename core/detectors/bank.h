#pragma once

// Internal to core/detectors: similarities to training features, in tiles.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/base/progress_meter.h"
#include "core/detectors/training_data.h"

namespace dicescope {

/// Rows of the bank that are compared with at a time.
inline constexpr std::size_t kTileRows = 4096;

/// Rows of the training set that images are compared with. Nothing is copied where all rows are taken.
class Bank {
  public:
    /// A share of the rows (percent, at least `atLeast` of them), drawn with the seed.
    Bank(TrainingDataPtr training, double percent, std::size_t atLeast, std::uint64_t seed);

    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    [[nodiscard]] std::span<const float> row(std::size_t k) const {
        return training_->features().row(rows_[k]);
    }
    [[nodiscard]] const TrainingData& training() const { return *training_; }

    /// Called with the inner products of all queries with some rows of the bank: n x tile, and the index of
    /// the tile's first row in the bank.
    using Visit = std::function<Status(MatrixView<const float> products, std::size_t first)>;
    /// queries: n x D. The meter gets n a row of the bank, tile by tile. Stops within one tile. Errors: those
    /// of the linear algebra and of visit, Cancelled.
    [[nodiscard]] Status forEachTile(MatrixView<const float> queries, const Job& job, ProgressMeter& meter,
                                     const Visit& visit) const;

    /// Called with some rows of the bank (tile x D) and the index of the first.
    using VisitRows = std::function<Status(MatrixView<const float> rows, std::size_t first)>;
    /// Progress in rows under `stage`. Stops within one tile. Errors: those of visit, Cancelled.
    [[nodiscard]] Status forEachRows(const std::string& stage, const Job& job, const VisitRows& visit) const;

  private:
    [[nodiscard]] Status overTiles(const Job& job, const VisitRows& visit) const;

    TrainingDataPtr training_;
    std::vector<std::size_t> rows_;
};

/// Keeps the K largest values of a stream, each with where it came from.
class TopValues {
  public:
    struct Item {
        float value = 0;
        std::uint32_t row = 0;
    };

    explicit TopValues(std::size_t most) : most_(most) {}
    void add(float value, std::size_t row);
    /// Values that are not above this would not be kept.
    [[nodiscard]] float smallest() const { return smallest_; }
    /// In no order; at most K.
    [[nodiscard]] const std::vector<Item>& items() const { return items_; }

  private:
    std::size_t most_;
    float smallest_ = -std::numeric_limits<float>::infinity();
    std::vector<Item> items_;  ///< a heap, the smallest first
};

/// Of how many images the `most` nearest may be kept at a time without taking more than about 100 MB.
[[nodiscard]] std::size_t queriesAtATime(std::size_t most);

/// features with every row divided by its length; rows of zeros stay.
[[nodiscard]] Matrix<float> normalised(MatrixView<const float> features);

}  // namespace dicescope
