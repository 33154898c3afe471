#include "core/explain/contribution_map.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "core/base/exceptions.h"

namespace dicescope {
namespace {

/// Lower than the key of any value.
constexpr std::int32_t kNothing = INT32_MIN;

/// A key that orders values by magnitude, of equal ones the positive last. It holds the value without loss:
/// its bits turned so that the sign is the lowest one. The key of -0 would be kNothing and counts as +0.
std::int32_t magnitudeKey(float value) {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value == 0 ? 0.0F : value);
    const std::uint32_t turned = std::rotl(bits, 1) ^ 1U;
    return static_cast<std::int32_t>(turned ^ 0x8000'0000U);
}

float valueOfKey(std::int32_t key) {
    const std::uint32_t turned = (static_cast<std::uint32_t>(key) ^ 0x8000'0000U) ^ 1U;
    return std::bit_cast<float>(std::rotr(turned, 1));
}

/// Folds one row of cells into the largest keys of each column.
void foldRow(const std::int32_t* keys, const std::int32_t* lastKept, std::int32_t level, std::size_t count,
             std::int32_t* kept, std::int32_t* dropped) {
    for (std::size_t i = 0; i < count; ++i) {
        // Without a branch, so that the compiler turns the loop into vector instructions.
        const std::int32_t mask = -static_cast<std::int32_t>(lastKept[i] >= level);
        const std::int32_t ifKept = (keys[i] & mask) | (kNothing & ~mask);
        const std::int32_t ifDropped = (keys[i] & ~mask) | (kNothing & mask);
        kept[i] = std::max(kept[i], ifKept);
        dropped[i] = std::max(dropped[i], ifDropped);
    }
}

/// Replaces the keys of the columns by the largest one of each block: starts[x] <= column < starts[x + 1].
void reduceColumns(std::span<const std::uint32_t> starts, std::int32_t* keys) {
    for (std::size_t x = 0; x + 1 < starts.size(); ++x) {
        const std::size_t last = starts[x + 1] - 1;
        std::int32_t largest = std::max(keys[starts[x]], keys[last]);
        // Most blocks are one or two cells wide; the loop is then passed over.
        for (std::size_t k = starts[x] + 1; k < last; ++k) largest = std::max(largest, keys[k]);
        keys[x] = largest;
    }
}

void writeRow(const std::int32_t* kept, const std::int32_t* dropped, std::size_t count, float* values,
              std::uint8_t* flags) {
    for (std::size_t x = 0; x < count; ++x) {
        const std::int32_t none = -static_cast<std::int32_t>(kept[x] == kNothing);
        values[x] = valueOfKey((kept[x] & ~none) | (dropped[x] & none));
    }
    for (std::size_t x = 0; x < count; ++x) flags[x] = kept[x] == kNothing ? 1 : 0;
}

bool isPermutation(std::span<const std::uint32_t> order, std::size_t count) {
    if (order.size() != count) return false;
    std::vector<bool> seen(count);
    for (const std::uint32_t index : order) {
        if (index >= count || seen[index]) return false;
        seen[index] = true;
    }
    return true;
}

std::vector<std::uint32_t> inverse(std::span<const std::uint32_t> order) {
    std::vector<std::uint32_t> places(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) places[order[i]] = static_cast<std::uint32_t>(i);
    return places;
}

CellRegion clipped(CellRegion region, std::size_t rows, std::size_t columns) {
    region.firstRow = std::min(region.firstRow, rows);
    region.firstColumn = std::min(region.firstColumn, columns);
    region.rows = std::min(region.rows, rows - region.firstRow);
    region.columns = std::min(region.columns, columns - region.firstColumn);
    return region;
}

}  // namespace

struct ContributionMap::Data {
    std::vector<std::uint32_t> rows;
    std::vector<std::uint32_t> columns;
    std::vector<std::uint32_t> rowOfClass;
    std::vector<std::uint32_t> columnOfUnit;
    Matrix<std::int32_t> keys;      ///< in the order shown
    Matrix<std::int32_t> lastKept;  ///< likewise
};

Result<ContributionMap> ContributionMap::make(const ContributionTable& table, const LevelPlan& plan,
                                              std::vector<std::uint32_t> rows,
                                              std::vector<std::uint32_t> columns) {
    const auto values = table.contributions();
    if (plan.lastKept.rows() != values.rows || plan.lastKept.cols() != values.cols ||
        !isPermutation(rows, values.rows) || !isPermutation(columns, values.cols)) {
        return fail(ErrorCode::Mismatch, "The plan of levels or the order of the map does not fit its " +
                                             std::to_string(values.rows) + " x " +
                                             std::to_string(values.cols) +
                                             " cells; make them for this head.");
    }
    return withoutExceptions("The contribution map",
                             "There is not enough memory for the contribution map; close other programs.",
                             [&]() -> Result<ContributionMap> {
                                 auto data = std::make_shared<Data>();
                                 data->keys = Matrix<std::int32_t>(values.rows, values.cols);
                                 data->lastKept = Matrix<std::int32_t>(values.rows, values.cols);
                                 for (std::size_t r = 0; r < values.rows; ++r) {
                                     const auto from = values.row(rows[r]);
                                     const auto last = plan.lastKept.view().row(rows[r]);
                                     for (std::size_t k = 0; k < values.cols; ++k) {
                                         data->keys(r, k) = magnitudeKey(from[columns[k]]);
                                         data->lastKept(r, k) = last[columns[k]];
                                     }
                                 }
                                 data->rowOfClass = inverse(rows);
                                 data->columnOfUnit = inverse(columns);
                                 data->rows = std::move(rows);
                                 data->columns = std::move(columns);
                                 ContributionMap map;
                                 map.data_ = std::move(data);
                                 return map;
                             });
}

std::size_t ContributionMap::classes() const {
    return data_->rows.size();
}
std::size_t ContributionMap::units() const {
    return data_->columns.size();
}
std::size_t ContributionMap::classAt(std::size_t row) const {
    return data_->rows[row];
}
std::size_t ContributionMap::unitAt(std::size_t column) const {
    return data_->columns[column];
}
std::size_t ContributionMap::rowOf(std::size_t c) const {
    return data_->rowOfClass[c];
}
std::size_t ContributionMap::columnOf(std::size_t d) const {
    return data_->columnOfUnit[d];
}

void ContributionMap::reduce(const CellRegion& wanted, std::size_t width, std::size_t height,
                             std::optional<std::size_t> level, MapPicture& out) const {
    const CellRegion region = clipped(wanted, classes(), units());
    out.width = region.rows == 0 ? 0 : std::min(std::max<std::size_t>(width, 1), region.columns);
    out.height = region.columns == 0 ? 0 : std::min(std::max<std::size_t>(height, 1), region.rows);
    out.value.resize(out.width * out.height);
    out.dropped.resize(out.width * out.height);
    // Every weight has lastKept >= -1.
    const std::int32_t threshold = level ? static_cast<std::int32_t>(*level) : -1;

    std::vector<std::int32_t> kept(region.columns);
    std::vector<std::int32_t> dropped(region.columns);
    std::vector<std::uint32_t> starts(out.width + 1);
    for (std::size_t x = 0; x <= out.width && out.width > 0; ++x)
        starts[x] = static_cast<std::uint32_t>(firstCellOfBlock(x, out.width, region.columns));

    for (std::size_t y = 0; y < out.height; ++y) {
        std::ranges::fill(kept, kNothing);
        std::ranges::fill(dropped, kNothing);
        const std::size_t end = region.firstRow + firstCellOfBlock(y + 1, out.height, region.rows);
        for (std::size_t r = region.firstRow + firstCellOfBlock(y, out.height, region.rows); r < end; ++r) {
            const std::size_t at = r * units() + region.firstColumn;
            foldRow(data_->keys.data() + at, data_->lastKept.data() + at, threshold, region.columns,
                    kept.data(), dropped.data());
        }
        const std::size_t at = y * out.width;
        if (out.width < region.columns) {
            reduceColumns(starts, kept.data());
            reduceColumns(starts, dropped.data());
        }
        writeRow(kept.data(), dropped.data(), out.width, out.value.data() + at, out.dropped.data() + at);
    }
}

}  // namespace dicescope
