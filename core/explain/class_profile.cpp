#include "core/explain/class_profile.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "core/base/exceptions.h"
#include "core/base/parallel.h"
#include "core/base/progress_meter.h"
#include "core/explain/dot.h"
#include "core/explain/row_blocks.h"

namespace dicescope {
namespace {

constexpr const char* kOutOfMemory = "There is not enough memory for the view of a class; use fewer images.";

ProfileLine lineOf(std::span<const float> weight, const UnitStatistics& statistics,
                   std::span<const std::uint32_t> units) {
    ProfileLine line{std::vector<double>(units.size()), std::vector<double>(units.size())};
    for (std::size_t i = 0; i < units.size(); ++i) {
        const std::uint32_t d = units[i];
        const auto w = static_cast<double>(weight[d]);
        line.mean[i] = w * statistics.mean[d];
        line.sd[i] = std::abs(w) * std::sqrt(statistics.variance[d]);
    }
    return line;
}

std::vector<std::uint32_t> byContribution(std::span<const float> weight, std::span<const double> mean) {
    std::vector<double> contribution(mean.size());
    for (std::size_t d = 0; d < mean.size(); ++d) {
        const double value = static_cast<double>(weight[d]) * mean[d];
        // A set without images has no mean; its units then stay in their order.
        contribution[d] = std::isnan(value) ? 0 : value;
    }
    std::vector<std::uint32_t> units(mean.size());
    std::iota(units.begin(), units.end(), 0U);
    std::ranges::stable_sort(
        units, [&](std::uint32_t a, std::uint32_t b) { return contribution[a] > contribution[b]; });
    return units;
}

Status checkStatistics(const UnitStatistics& statistics, const HeadView& head) {
    if (statistics.units() == head.units()) return {};
    return fail(ErrorCode::Mismatch, "The statistics are of " + std::to_string(statistics.units()) +
                                         " units but the head has " + std::to_string(head.units()) +
                                         "; take them from features of this model.");
}

/// The weights of one class as the mask leaves them.
std::vector<double> maskedWeights(const HeadView& head, const HeadMask& mask, std::size_t c) {
    std::vector<double> weights(head.units());
    for (std::size_t d = 0; d < weights.size(); ++d)
        weights[d] = mask.keeps(c, d) ? static_cast<double>(head.weight(c, d)) : 0;
    return weights;
}

Status checkLogitRequest(MatrixView<const float> features, const HeadView& head,
                         std::span<const HeadMask> masks, std::size_t c, std::optional<float> clip) {
    if (masks.empty()) {
        return fail(ErrorCode::InvalidArgument, "No mask was chosen; choose the dense head or a level.");
    }
    for (const HeadMask& mask : masks) {
        if (Status status = checkHead(head, mask); !status) return status;
    }
    if (Status status = checkClass(head, c); !status) return status;
    return checkFeatures(features, head, clip);
}

}  // namespace

Result<ClassProfile> classProfile(const HeadView& head, const HeadMask& mask, std::size_t c,
                                  const UnitStatistics& id, std::span<const UnitStatistics> ood) {
    for (const Status& status : {checkHead(head, mask), checkClass(head, c), checkStatistics(id, head)}) {
        if (!status) return forwardError(status);
    }
    const auto weight = head.weight.row(c);
    ClassProfile profile;
    profile.classIndex = c;
    profile.units = byContribution(weight, id.mean);
    profile.kept = profileKept(profile, mask);
    profile.id = lineOf(weight, id, profile.units);
    for (const UnitStatistics& set : ood) {
        if (const Status status = checkStatistics(set, head); !status) return forwardError(status);
        profile.ood.push_back(lineOf(weight, set, profile.units));
    }
    return profile;
}

std::vector<std::uint8_t> profileKept(const ClassProfile& profile, const HeadMask& mask) {
    std::vector<std::uint8_t> kept(profile.units.size());
    std::ranges::transform(profile.units, kept.begin(), [&](std::uint32_t unit) {
        return static_cast<std::uint8_t>(mask.keeps(profile.classIndex, unit) ? 1 : 0);
    });
    return kept;
}

Result<ClassLogits> classLogits(MatrixView<const float> features, const HeadView& head,
                                std::span<const HeadMask> masks, std::size_t c, std::optional<float> clip,
                                const Job& job) {
    if (const Status status = checkLogitRequest(features, head, masks, c, clip); !status)
        return forwardError(status);
    return withoutExceptions("The logits of a class", kOutOfMemory, [&]() -> Result<ClassLogits> {
        std::vector<std::vector<double>> weights;
        for (const HeadMask& mask : masks) weights.push_back(maskedWeights(head, mask, c));
        const auto bias = static_cast<double>(head.bias[c]);
        const float most = clipOrInfinity(clip);
        ClassLogits result{c, Matrix<float>(masks.size(), features.rows)};
        ProgressMeter meter(job, "Logits of a class", features.rows);
        parallelFor(features.rows, kExplainBlockRows, 0, [&](std::size_t begin, std::size_t end) {
            if (job.stopRequested()) return;
            for (std::size_t r = begin; r < end; ++r) {
                for (std::size_t m = 0; m < weights.size(); ++m) {
                    result.logits(m, r) =
                        static_cast<float>(bias + clippedDot(weights[m], features.row(r).data(), most));
                }
            }
            meter.add(end - begin);
        });
        if (job.stopRequested()) return cancelled();
        return result;
    });
}

}  // namespace dicescope
