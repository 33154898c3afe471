#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/metrics/ood_metrics.h"

namespace dicescope {

/// One set of images, as columns of N values (those that may be missing are empty). Nothing is kept alive.
struct TableSet {
    std::string name;
    bool inDistribution = false;
    std::span<const int> labels = {};         ///< index of the class, -1 unknown; empty: all unknown
    std::span<const std::int32_t> predicted;  ///< argmax of the DENSE head: the dense row of a sweep, or of
                                              ///< denseSummary() (sweep.h), which streams it
    std::span<const float> dense;             ///< score of the dense head, high: ID; NaN: not finite
    std::span<const float> atLevel;           ///< the same score at the current p (dense again without a p)
};

/// One image. Accepted: its score is >= the threshold, which is fitted anew for the dense head and for p.
struct ImageRecord {
    std::uint32_t set = 0;
    std::uint32_t row = 0;
    std::int32_t label = -1;
    std::int32_t predicted = -1;
    float dense = 0;
    float atLevel = 0;
    bool inDistribution = false;
    bool acceptedDense = false;
    bool acceptedAtLevel = false;

    [[nodiscard]] bool changed() const { return acceptedDense != acceptedAtLevel; }
};

/// Which of the two scores of a record.
enum class ScoreSide { Dense, AtLevel };

/// Which records are wanted: those that meet all that is set.
struct ImageFilter {
    std::vector<std::uint32_t> sets = {};  ///< indices; empty: all
    std::optional<std::int32_t> label = {};
    std::optional<std::int32_t> predicted = {};
    bool wronglyAccepted = false;  ///< OOD accepted; together with wronglyRejected: either of them
    bool wronglyRejected = false;  ///< ID rejected
    bool changed = false;          ///< accepted by the dense head and not at p, or the other way round
    /// Whose acceptance and scores the members above and below speak of.
    ScoreSide side = ScoreSide::AtLevel;
    /// Scores in [low, high]; a NaN score meets no bound.
    std::optional<float> low = {};
    std::optional<float> high = {};

    friend bool operator==(const ImageFilter&, const ImageFilter&) = default;
};

/// In which order. NaN comes last either way, equal ones stay in the order of sets and rows; AsTheyAre is
/// turned round where descending is asked for.
enum class ImageOrder {
    AsTheyAre,     ///< by set and row
    DenseScore,    ///< of the dense head
    LevelScore,    ///< at p
    MarginChange,  ///< ImageTable::marginChange()
    Column,        ///< by a column of one's own, such as rankDisagreement()
};

/// The images of all sets with their scores. Immutable once made; rebuilt for another p or score, which takes
/// a few ms for 90,000 images.
class ImageTable {
  public:
    /// Thresholds are the largest ID score that at least `tprLevel` of the ID scores reach, NaN left out; NaN
    /// where there is no ID score (nothing is then accepted). Errors: Mismatch (columns of different
    /// lengths), InvalidArgument (TPR level), OutOfMemory.
    [[nodiscard]] static Result<ImageTable> make(std::span<const TableSet> sets,
                                                 double tprLevel = kDefaultTprLevel);

    [[nodiscard]] std::span<const ImageRecord> records() const { return records_; }
    [[nodiscard]] double threshold(ScoreSide side) const {
        return side == ScoreSide::Dense ? denseThreshold_ : levelThreshold_;
    }
    /// Index of the record of an image; its set and row must exist.
    [[nodiscard]] std::size_t indexOf(std::size_t set, std::size_t row) const { return starts_[set] + row; }

    /// (score - threshold) at p less the same for the dense head: in units of the score how far the image
    /// moved towards acceptance. NaN where a score or threshold is.
    [[nodiscard]] float marginChange(const ImageRecord& record) const;

    /// Indices of the records that meet the filter, in order. column: one value a record, for
    /// ImageOrder::Column only (too few values count as NaN). A few ms for 90,000 records.
    [[nodiscard]] std::vector<std::uint32_t> select(const ImageFilter& filter, ImageOrder order,
                                                    bool descending,
                                                    std::span<const float> column = {}) const;

  private:
    std::vector<ImageRecord> records_;
    std::vector<std::size_t> starts_;
    double denseThreshold_ = 0;
    double levelThreshold_ = 0;
};

/// How much two scores disagree about each image: the difference of its ranks among all, ID and OOD together,
/// as shares in 0..1; equal scores share their mean rank. Both scores high for ID; n values each. NaN where
/// either score is NaN; such images have no rank and do not count. Errors: Mismatch (lengths).
[[nodiscard]] Result<std::vector<float>> rankDisagreement(std::span<const float> first,
                                                          std::span<const float> second);

}  // namespace dicescope
