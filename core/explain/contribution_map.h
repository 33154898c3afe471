#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/error.h"
#include "core/explain/contribution_table.h"
#include "core/sparsity/levels.h"

namespace dicescope {

/// Whole cells of the map: rows are classes and columns units in the order in which they are shown.
struct CellRegion {
    std::size_t firstRow = 0;
    std::size_t rows = 0;
    std::size_t firstColumn = 0;
    std::size_t columns = 0;

    friend bool operator==(const CellRegion&, const CellRegion&) = default;
};

/// A picture of a region, at most as many blocks as it has cells: where there are fewer cells than pixels,
/// one block is one cell, to be enlarged without smoothing. Block (x, y) shows the columns
/// [x * columns / width, (x + 1) * columns / width) of the region and likewise for rows.
struct MapPicture {
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<float> value;  ///< height x width: V of largest magnitude among the block's kept weights
    /// height x width: 1 where the block has no kept weight; value is then that of the largest dropped one.
    std::vector<std::uint8_t> dropped;
};

/// First cell of block `index` of `blocks` over `cells` cells; index may be `blocks`.
[[nodiscard]] constexpr std::size_t firstCellOfBlock(std::size_t index, std::size_t blocks,
                                                     std::size_t cells) {
    return index * cells / blocks;
}

/// V laid out in one order of classes and units, ready to be drawn at any level. Immutable and cheap to copy;
/// may be used by several threads at a time. Memory: 8 bytes a weight.
class ContributionMap {
  public:
    /// plan: of the same C x D ranking; rows, columns: permutations as of classOrder() and unitOrder().
    /// Nothing is kept alive. Errors: Mismatch (a plan of another shape, not a permutation), OutOfMemory.
    [[nodiscard]] static Result<ContributionMap> make(const ContributionTable& table, const LevelPlan& plan,
                                                      std::vector<std::uint32_t> rows,
                                                      std::vector<std::uint32_t> columns);

    [[nodiscard]] std::size_t classes() const;
    [[nodiscard]] std::size_t units() const;
    /// The class shown in a row, the unit shown in a column, and the other way round.
    [[nodiscard]] std::size_t classAt(std::size_t row) const;
    [[nodiscard]] std::size_t unitAt(std::size_t column) const;
    [[nodiscard]] std::size_t rowOf(std::size_t c) const;
    [[nodiscard]] std::size_t columnOf(std::size_t d) const;

    /// The picture of a region (clipped to the map) on `width` x `height` pixels (at least 1) at a level of
    /// the plan, or of the dense head where there is none (no block is then dropped). Every cell is looked
    /// at; of equal magnitudes the positive V shows. `out` is overwritten and its memory used again. On the
    /// calling thread; a few milliseconds for 1,000 x 2,048 cells. An empty region gives an empty picture.
    void reduce(const CellRegion& region, std::size_t width, std::size_t height,
                std::optional<std::size_t> level, MapPicture& out) const;

  private:
    struct Data;
    std::shared_ptr<const Data> data_;
};

}  // namespace dicescope
