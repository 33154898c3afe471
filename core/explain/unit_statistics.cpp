#include "core/explain/unit_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "core/base/exceptions.h"
#include "core/explain/row_blocks.h"

namespace dicescope {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kOutOfMemory =
    "There is not enough memory for the statistics of the units; close other programs.";

/// Statistics of some rows, as sums.
struct Part {
    double count = 0;
    std::vector<double> mean;
    std::vector<double> squares;  ///< sum of (h - mean)^2
    std::vector<double> zeros;
    std::vector<double> maximum;
};

Part partOf(MatrixView<const float> rows, float clip) {
    const std::size_t units = rows.cols;
    Part part{static_cast<double>(rows.rows), std::vector<double>(units), std::vector<double>(units),
              std::vector<double>(units),
              std::vector<double>(units, -std::numeric_limits<double>::infinity())};
    for (std::size_t r = 0; r < rows.rows; ++r) {
        const float* row = rows.row(r).data();
        for (std::size_t d = 0; d < units; ++d) {
            const auto h = static_cast<double>(std::min(row[d], clip));
            part.mean[d] += h;
            part.zeros[d] += h == 0 ? 1 : 0;
            part.maximum[d] = std::max(part.maximum[d], h);
        }
    }
    for (double& sum : part.mean) sum /= part.count;
    for (std::size_t r = 0; r < rows.rows; ++r) {
        const float* row = rows.row(r).data();
        for (std::size_t d = 0; d < units; ++d) {
            const double deviation = static_cast<double>(std::min(row[d], clip)) - part.mean[d];
            part.squares[d] += deviation * deviation;
        }
    }
    return part;
}

/// Chan, Golub and LeVeque's update of mean and sum of squares.
void add(const Part& part, Part& total) {
    if (total.count == 0) {
        total = part;
        return;
    }
    const double count = total.count + part.count;
    for (std::size_t d = 0; d < total.mean.size(); ++d) {
        const double difference = part.mean[d] - total.mean[d];
        total.mean[d] += difference * part.count / count;
        total.squares[d] += part.squares[d] + difference * difference * total.count * part.count / count;
        total.zeros[d] += part.zeros[d];
        total.maximum[d] = std::max(total.maximum[d], part.maximum[d]);
    }
    total.count = count;
}

UnitStatistics statisticsOf(Part total, std::size_t units) {
    if (total.count == 0) {
        const std::vector<double> none(units, kNan);
        return {0, none, none, none, none};
    }
    for (double& value : total.squares) value /= total.count;
    for (double& value : total.zeros) value /= total.count;
    return {static_cast<std::size_t>(total.count), std::move(total.mean), std::move(total.squares),
            std::move(total.zeros), std::move(total.maximum)};
}

/// The activations of a unit without NaN, and the share of exact zeros among them.
struct Activations {
    std::vector<float> values;
    double zeroShare = kNan;
};

Activations knownActivations(MatrixView<const float> features, std::size_t unit, std::optional<float> clip) {
    Activations result{unitActivations(features, unit, clip)};
    std::erase_if(result.values, [](float value) { return std::isnan(value); });
    if (!result.values.empty()) {
        result.zeroShare = static_cast<double>(std::ranges::count(result.values, 0.0F)) /
                           static_cast<double>(result.values.size());
    }
    return result;
}

Status checkSets(std::span<const MatrixView<const float>> sets, std::size_t unit) {
    for (const auto& set : sets) {
        if (set.cols != sets.front().cols) {
            return fail(ErrorCode::Mismatch, "The sets have features of " + std::to_string(set.cols) +
                                                 " and of " + std::to_string(sets.front().cols) +
                                                 " values; use features of one model.");
        }
    }
    return sets.empty() ? Status() : checkUnit(unit, sets.front().cols);
}

}  // namespace

Result<UnitStatistics> unitStatistics(MatrixView<const float> features, std::optional<float> clip,
                                      const Job& job) {
    if (const Status status = checkClip(clip); !status) return forwardError(status);
    return withoutExceptions("The statistics of the units", kOutOfMemory, [&]() -> Result<UnitStatistics> {
        Part total;
        const auto compute = [&](std::size_t begin, std::size_t end) {
            return partOf({features.data + begin * features.cols, end - begin, features.cols},
                          clipOrInfinity(clip));
        };
        const Status done = overRowBlocks<Part>(features.rows, job, "Statistics of the units", compute,
                                                [&](const Part& part) { add(part, total); });
        if (!done) return forwardError(done);
        return statisticsOf(std::move(total), features.cols);
    });
}

std::vector<float> unitActivations(MatrixView<const float> features, std::size_t unit,
                                   std::optional<float> clip) {
    const float most = clipOrInfinity(clip);
    std::vector<float> values(features.rows);
    for (std::size_t r = 0; r < values.size(); ++r) values[r] = std::min(features(r, unit), most);
    return values;
}

Result<UnitHistograms> unitHistograms(std::span<const MatrixView<const float>> sets, std::size_t unit,
                                      std::size_t bins, std::optional<float> clip) {
    for (const Status& status : {checkSets(sets, unit), checkClip(clip)}) {
        if (!status) return forwardError(status);
    }
    return withoutExceptions("The histogram of a unit", kOutOfMemory, [&]() -> Result<UnitHistograms> {
        std::vector<Activations> activations;
        activations.reserve(sets.size());
        for (const auto& set : sets) activations.push_back(knownActivations(set, unit, clip));
        std::vector<std::span<const float>> values;
        values.reserve(sets.size());
        for (const auto& set : activations) values.emplace_back(set.values);
        const auto common = commonBins(values, bins);
        if (!common) return forwardError(common);
        UnitHistograms result{*common, {}, {}};
        for (const auto& set : activations) {
            auto counted = histogram(set.values, *common);
            if (!counted) return forwardError(counted);
            result.sets.push_back(std::move(*counted));
            result.zeroShare.push_back(set.zeroShare);
        }
        return result;
    });
}

std::vector<UnitActivation> strongestRows(MatrixView<const float> features, std::size_t unit,
                                          std::size_t count) {
    std::vector<UnitActivation> rows;
    rows.reserve(features.rows);
    for (std::size_t r = 0; r < features.rows; ++r) {
        if (!std::isnan(features(r, unit))) rows.push_back({r, features(r, unit)});
    }
    const std::size_t wanted = std::min(count, rows.size());
    const auto end = rows.begin() + static_cast<std::ptrdiff_t>(wanted);
    std::partial_sort(rows.begin(), end, rows.end(), [](const UnitActivation& a, const UnitActivation& b) {
        return a.activation != b.activation ? a.activation > b.activation : a.row < b.row;
    });
    rows.resize(wanted);
    return rows;
}

Result<std::vector<OutgoingWeight>> outgoingWeights(const HeadView& head, const HeadMask& mask,
                                                    std::span<const double> mean, std::size_t unit) {
    for (const Status& status : {checkHead(head, mask), checkUnit(unit, head.units())}) {
        if (!status) return forwardError(status);
    }
    if (!mean.empty() && mean.size() != head.units()) {
        return fail(ErrorCode::Mismatch, "The mean features have " + std::to_string(mean.size()) +
                                             " values but the head has " + std::to_string(head.units()) +
                                             " units; use the mean that belongs to this model.");
    }
    std::vector<OutgoingWeight> weights(head.classes());
    for (std::size_t c = 0; c < weights.size(); ++c) {
        const auto weight = static_cast<double>(head.weight(c, unit));
        weights[c] = {c, weight, mean.empty() ? 0 : weight * mean[unit], mask.keeps(c, unit)};
    }
    return weights;
}

}  // namespace dicescope
