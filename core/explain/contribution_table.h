#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/matrix.h"
#include "core/explain/masked_head.h"

namespace dicescope {

/// How the columns of the map are laid out.
enum class UnitOrder {
    AsTheyAre,          ///< by index
    TotalContribution,  ///< sum over the classes of V, largest first
    MeanActivation,     ///< E[h_d], largest first
};
/// How the rows of the map are laid out.
enum class ClassOrder {
    Index,  ///< the order of the logits
    Name,   ///< by name, byte by byte
};

/// Everything about one weight, as shown under the mouse.
struct CellFacts {
    std::size_t classIndex = 0;
    std::size_t unit = 0;
    double weight = 0;          ///< W[c,d]
    double meanActivation = 0;  ///< E[h_d]
    double contribution = 0;    ///< V[c,d] = W[c,d] E[h_d]
    double ranking = 0;         ///< the value that orders it for dropping; V where the rule is DICE's
    /// 1: kept longest. One more than the number of weights with a larger ranking value, so equal ones share
    /// it.
    std::size_t rank = 1;
    std::size_t weights = 0;  ///< C * D
    /// The smallest p (percent dropped, a double) with ranking <= numpy.percentile(rankings, p), so that
    /// the strict > drops it: 100 i / (C D - 1) but for rounding, where i weights have a smaller ranking.
    double droppedAt = 0;
};

/// The facts behind the map: V, the ranking and the orders. Immutable and cheap to copy; may be used by
/// several threads at a time. Memory: 20 bytes a weight.
class ContributionTable {
  public:
    /// head must outlive the table; mean: D values; ranking: C x D, of rankingValues(); names: C, or empty
    /// where not known (Name is then the same as Index). Time: one sort of C * D values. Errors: those of
    /// checkHead(); Mismatch (shapes), InvalidArgument (values that are not finite), OutOfMemory.
    [[nodiscard]] static Result<ContributionTable> make(const HeadView& head, std::span<const double> mean,
                                                        Matrix<double> ranking,
                                                        std::span<const std::string> names = {});

    [[nodiscard]] std::size_t classes() const;
    [[nodiscard]] std::size_t units() const;
    /// V rounded to float32, C x D.
    [[nodiscard]] MatrixView<const float> contributions() const;
    /// sum_c V[c, d] for each unit, in float64.
    [[nodiscard]] std::span<const double> totals() const;
    /// Half the width of the symmetric colour range: the 99.5th percentile of |V| (numpy's), the largest |V|
    /// where that is 0, and 1 where all V are 0. Always > 0.
    [[nodiscard]] double colourRange() const;

    /// Permutations: element i is the unit (class) shown at column (row) i. Equal ones keep their order.
    [[nodiscard]] std::vector<std::uint32_t> unitOrder(UnitOrder order) const;
    [[nodiscard]] std::vector<std::uint32_t> classOrder(ClassOrder order) const;

    /// c < classes(), d < units(). A microsecond.
    [[nodiscard]] CellFacts facts(std::size_t c, std::size_t d) const;

  private:
    struct Data;
    std::shared_ptr<const Data> data_;
};

}  // namespace dicescope
