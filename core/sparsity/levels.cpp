#include "core/sparsity/levels.h"

#include <hwy/contrib/sort/vqsort.h>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <string>

#include "core/base/parallel.h"
#include "core/sparsity/contribution.h"

namespace dicescope {
namespace {

constexpr double kStepsPerPercent = 1e9;
constexpr std::size_t kValuesPerTask = std::size_t{1} << 16;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

Result<double> parseNumber(std::string_view text) {
    const std::string_view digits = trimmed(text);
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value)) {
        return fail(ErrorCode::InvalidArgument, "'" + std::string(text) +
                                                    "' is not a level; give percentages such as 90, "
                                                    "0,50,90 or 0:100:1.");
    }
    return value;
}

Result<std::vector<double>> parseList(std::string_view text, char separator) {
    std::vector<double> numbers;
    for (;;) {
        const auto end = text.find(separator);
        const auto number = parseNumber(text.substr(0, end));
        if (!number) return forwardError(number);
        numbers.push_back(*number);
        if (end == std::string_view::npos) return numbers;
        text.remove_prefix(end + 1);
    }
}

Result<std::vector<double>> expandRange(double from, double to, double step) {
    if (!(step > 0) || from < 0 || to > 100 || to < from) {
        return fail(ErrorCode::InvalidArgument,
                    "A range of levels is FROM:TO:STEP with 0 <= FROM <= TO <= 100 and STEP above 0, "
                    "such as 0:100:1.");
    }
    const double steps = std::floor((to - from) / step + 1e-9);
    if (steps >= static_cast<double>(kMaxLevels)) {
        return fail(ErrorCode::InvalidArgument, "The range has more than " + std::to_string(kMaxLevels) +
                                                    " levels; choose a larger step.");
    }
    std::vector<double> levels(static_cast<std::size_t>(steps) + 1);
    for (std::size_t i = 0; i < levels.size(); ++i) {
        const double level = from + static_cast<double>(i) * step;
        levels[i] = std::min(std::round(level * kStepsPerPercent) / kStepsPerPercent, to);
    }
    return levels;
}

std::vector<double> sorted(std::span<const double> values) {
    std::vector<double> copy(values.begin(), values.end());
    hwy::Sorter()(copy.data(), copy.size(), hwy::SortAscending());
    return copy;
}

std::vector<double> thresholdsAt(std::span<const double> levels, std::span<const double> sortedValues) {
    std::vector<double> thresholds(levels.size());
    std::ranges::transform(levels, thresholds.begin(),
                           [&](double p) { return percentileOfSorted(sortedValues, p); });
    return thresholds;
}

/// For each value the number of thresholds below it, less one: thresholds never decrease, so those below come
/// first.
Matrix<int> lastKeptLevels(MatrixView<const double> values, std::span<const double> thresholds) {
    Matrix<int> last(values.rows, values.cols);
    parallelFor(values.size(), kValuesPerTask, 0, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const auto below = std::ranges::lower_bound(thresholds, values.data[i]);
            last.data()[i] = static_cast<int>(below - thresholds.begin()) - 1;
        }
    });
    return last;
}

std::vector<std::size_t> keptCounts(std::span<const double> sortedValues,
                                    std::span<const double> thresholds) {
    std::vector<std::size_t> kept(thresholds.size());
    std::ranges::transform(thresholds, kept.begin(), [&](double threshold) {
        return static_cast<std::size_t>(sortedValues.end() -
                                        std::ranges::upper_bound(sortedValues, threshold));
    });
    return kept;
}

}  // namespace

Status checkLevels(std::span<const double> levels) {
    if (levels.empty() || levels.size() > kMaxLevels) {
        return fail(ErrorCode::InvalidArgument, "There are " + std::to_string(levels.size()) +
                                                    " levels; give 1 to " + std::to_string(kMaxLevels) + ".");
    }
    for (std::size_t i = 0; i < levels.size(); ++i) {
        if (!(levels[i] >= 0 && levels[i] <= 100)) {
            return fail(ErrorCode::InvalidArgument, "The level " + std::to_string(levels[i]) +
                                                        " is not a percentage; levels are in 0 to 100.");
        }
        if (i > 0 && !(levels[i] > levels[i - 1])) {
            return fail(ErrorCode::InvalidArgument, "The level " + std::to_string(levels[i]) +
                                                        " does not follow on a smaller one; give levels in "
                                                        "strictly increasing order.");
        }
    }
    return {};
}

Result<std::vector<double>> parseLevels(std::string_view text) {
    const bool isRange = text.find(':') != std::string_view::npos;
    auto numbers = parseList(text, isRange ? ':' : ',');
    if (!numbers) return numbers;
    if (isRange) {
        if (numbers->size() != 3) {
            return fail(ErrorCode::InvalidArgument,
                        "'" + std::string(text) + "' is not a range; write FROM:TO:STEP, such as 0:100:1.");
        }
        numbers = expandRange((*numbers)[0], (*numbers)[1], (*numbers)[2]);
        if (!numbers) return numbers;
    }
    std::ranges::sort(*numbers);
    numbers->erase(std::unique(numbers->begin(), numbers->end()), numbers->end());
    if (const auto valid = checkLevels(*numbers); !valid) return forwardError(valid);
    return numbers;
}

std::size_t nearestLevel(std::span<const double> levels, double p) {
    const auto nearest =
        std::ranges::min_element(levels, {}, [p](double level) { return std::abs(level - p); });
    return static_cast<std::size_t>(nearest - levels.begin());
}

Result<LevelPlan> planLevels(MatrixView<const double> values, std::span<const double> levels) {
    if (const auto valid = checkLevels(levels); !valid) return forwardError(valid);
    if (values.empty()) {
        return fail(ErrorCode::InvalidArgument, "There are no weights to rank; the head is empty.");
    }
    const auto flat = values.flat();
    if (!std::ranges::all_of(flat, [](double v) { return std::isfinite(v); })) {
        return fail(
            ErrorCode::InvalidArgument,
            "The ranking has values that are not finite numbers; check the weights and the mean features.");
    }
    const std::vector<double> ascending = sorted(flat);
    if (!std::isfinite(ascending.back() - ascending.front())) {
        return fail(ErrorCode::InvalidArgument,
                    "The ranking's values are too large to interpolate between; check the mean features.");
    }
    LevelPlan plan;
    plan.levels.assign(levels.begin(), levels.end());
    plan.thresholds = thresholdsAt(levels, ascending);
    plan.kept = keptCounts(ascending, plan.thresholds);
    plan.lastKept = lastKeptLevels(values, plan.thresholds);
    return plan;
}

}  // namespace dicescope
