#include "core/explain/contribution_table.h"

#include <hwy/contrib/sort/vqsort.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/base/exceptions.h"
#include "core/explain/colour_range.h"
#include "core/sparsity/contribution.h"

namespace dicescope {
namespace {

std::vector<std::uint32_t> identity(std::size_t count) {
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0U);
    return order;
}

std::vector<std::uint32_t> descending(std::span<const double> values) {
    auto order = identity(values.size());
    std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) { return values[a] > values[b]; });
    return order;
}

std::vector<double> columnSums(MatrixView<const double> matrix) {
    std::vector<double> sums(matrix.cols);
    for (std::size_t c = 0; c < matrix.rows; ++c) {
        const auto row = matrix.row(c);
        for (std::size_t d = 0; d < sums.size(); ++d) sums[d] += row[d];
    }
    return sums;
}

/// The smallest p at which percentileOfSorted() reaches `value`, which is sorted[below] and larger than all
/// before.
double smallestDroppingLevel(std::span<const double> sorted, std::size_t below, double value) {
    if (below == 0) return 0;
    const auto last = static_cast<double>(sorted.size() - 1);
    // Doubles >= 0 are ordered like their bits. The ends are a whole weight away on either side, so that
    // rounding of the position cannot matter there.
    std::uint64_t kept = std::bit_cast<std::uint64_t>(100.0 * (static_cast<double>(below) - 1) / last);
    std::uint64_t dropped =
        std::bit_cast<std::uint64_t>(std::min(100.0, 100.0 * (static_cast<double>(below) + 1) / last));
    while (dropped - kept > 1) {
        const std::uint64_t middle = kept + (dropped - kept) / 2;
        (percentileOfSorted(sorted, std::bit_cast<double>(middle)) >= value ? dropped : kept) = middle;
    }
    return std::bit_cast<double>(dropped);
}

Status checkTable(const HeadView& head, std::span<const double> mean, const Matrix<double>& ranking,
                  std::span<const std::string> names) {
    if (Status status = checkHead(head); !status) return status;
    const bool fits = mean.size() == head.units() && ranking.rows() == head.classes() &&
                      ranking.cols() == head.units() && (names.empty() || names.size() == head.classes());
    if (!fits) {
        return fail(ErrorCode::Mismatch,
                    "The mean features, the ranking or the class names do not fit the head of " +
                        std::to_string(head.classes()) + " x " + std::to_string(head.units()) +
                        " weights; use those of this model.");
    }
    const auto finite = [](double value) { return std::isfinite(value); };
    if (std::ranges::all_of(ranking.view().flat(), finite) && std::ranges::all_of(mean, finite)) return {};
    return fail(ErrorCode::InvalidArgument,
                "The mean features or the ranking hold values that are not finite numbers; check the model.");
}

}  // namespace

struct ContributionTable::Data {
    HeadView head;
    std::vector<double> mean;
    Matrix<double> ranking;
    std::vector<double> sortedRanking;
    Matrix<float> contributions;
    std::vector<double> totals;
    double range = 1;
    std::vector<std::string> names;
};

Result<ContributionTable> ContributionTable::make(const HeadView& head, std::span<const double> mean,
                                                  Matrix<double> ranking,
                                                  std::span<const std::string> names) {
    return withoutExceptions(
        "The contribution map", "There is not enough memory for the contribution map; close other programs.",
        [&]() -> Result<ContributionTable> {
            if (const Status status = checkTable(head, mean, ranking, names); !status)
                return forwardError(status);
            const auto values = contribution(head.weight, mean);
            if (!values) return forwardError(values);
            if (!std::ranges::all_of(values->view().flat(), [](double v) { return std::isfinite(v); })) {
                return fail(ErrorCode::InvalidArgument,
                            "The head's weight has values that are not finite numbers; check the model.");
            }
            auto data = std::make_shared<Data>();
            data->head = head;
            data->mean.assign(mean.begin(), mean.end());
            const auto ranks = ranking.view().flat();
            data->sortedRanking.assign(ranks.begin(), ranks.end());
            hwy::Sorter()(data->sortedRanking.data(), data->sortedRanking.size(), hwy::SortAscending());
            data->ranking = std::move(ranking);
            data->contributions = Matrix<float>(head.classes(), head.units());
            const auto flat = values->view().flat();
            std::ranges::transform(flat, data->contributions.data(),
                                   [](double value) { return static_cast<float>(value); });
            data->totals = columnSums(values->view());
            data->range = symmetricRange({flat.begin(), flat.end()});
            data->names.assign(names.begin(), names.end());
            ContributionTable table;
            table.data_ = std::move(data);
            return table;
        });
}

std::size_t ContributionTable::classes() const {
    return data_->head.classes();
}
std::size_t ContributionTable::units() const {
    return data_->head.units();
}
MatrixView<const float> ContributionTable::contributions() const {
    return data_->contributions.view();
}
std::span<const double> ContributionTable::totals() const {
    return data_->totals;
}
double ContributionTable::colourRange() const {
    return data_->range;
}

std::vector<std::uint32_t> ContributionTable::unitOrder(UnitOrder order) const {
    switch (order) {
        case UnitOrder::AsTheyAre:
            break;
        case UnitOrder::TotalContribution:
            return descending(data_->totals);
        case UnitOrder::MeanActivation:
            return descending(data_->mean);
    }
    return identity(units());
}

std::vector<std::uint32_t> ContributionTable::classOrder(ClassOrder order) const {
    auto rows = identity(classes());
    const auto& names = data_->names;
    if (order == ClassOrder::Name && !names.empty()) {
        std::ranges::stable_sort(rows, [&](std::uint32_t a, std::uint32_t b) { return names[a] < names[b]; });
    }
    return rows;
}

CellFacts ContributionTable::facts(std::size_t c, std::size_t d) const {
    const auto& sorted = data_->sortedRanking;
    CellFacts facts;
    facts.classIndex = c;
    facts.unit = d;
    facts.weight = static_cast<double>(data_->head.weight(c, d));
    facts.meanActivation = data_->mean[d];
    facts.contribution = facts.weight * facts.meanActivation;
    facts.ranking = data_->ranking(c, d);
    facts.weights = sorted.size();
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), facts.ranking);
    facts.rank = 1 + static_cast<std::size_t>(sorted.end() - last);
    facts.droppedAt =
        smallestDroppingLevel(sorted, static_cast<std::size_t>(first - sorted.begin()), facts.ranking);
    return facts;
}

}  // namespace dicescope
