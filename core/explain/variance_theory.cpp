#include "core/explain/variance_theory.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/base/exceptions.h"
#include "core/base/parallel.h"
#include "core/base/progress_meter.h"
#include "core/explain/row_blocks.h"

namespace dicescope {
namespace {

constexpr const char* kOutOfMemory =
    "There is not enough memory for the variances of the outputs; close other programs.";

Status checkPlanAndClass(const HeadView& head, const LevelPlan& plan, std::size_t c) {
    if (Status status = checkHead(head, {&plan, 0}); !status) return status;
    return checkClass(head, c);
}

/// Units that enter a logit one after the other, from the sparsest level to the dense head.
/// visit(row, first, last): the entries of order[first, last) make the difference to the row; rows come from
/// L - 1 down to 0 and then L.
template <class Visit>
void walkRows(const EntryOrder& entry, const Visit& visit) {
    const std::size_t levels = entry.end.size() - 1;
    std::size_t first = 0;
    for (std::size_t k = levels; k-- > 0;) {
        visit(k, first, entry.end[k]);
        first = entry.end[k];
    }
    visit(levels, first, entry.end[levels]);
}

PredictedOutput emptyPrediction(std::size_t rows) {
    return {std::vector<double>(rows), std::vector<double>(rows), std::vector<double>(rows)};
}

/// The variance of a sum of weighted units that grows by one unit at a time.
class GrowingVariance {
  public:
    explicit GrowingVariance(const FeatureMoments& moments)
        : scatter_(moments.scatter.view()), withSum_(moments.mean.size()) {}

    /// O(D).
    void add(std::size_t unit, double weight) {
        const double* row = scatter_.row(unit).data();
        independent_ += weight * weight * row[unit];
        full_ += 2 * weight * withSum_[unit] + weight * weight * row[unit];
        for (std::size_t d = 0; d < withSum_.size(); ++d) withSum_[d] += weight * row[d];
    }
    /// Times the number of samples.
    [[nodiscard]] double independent() const { return independent_; }
    [[nodiscard]] double full() const { return full_; }

  private:
    MatrixView<const double> scatter_;
    std::vector<double> withSum_;  ///< covariance of each unit with the sum so far, times the samples
    double independent_ = 0;
    double full_ = 0;
};

PredictedOutput predict(const FeatureMoments& moments, const HeadView& head, const LevelPlan& plan,
                        std::size_t c) {
    const EntryOrder entry = entryOrder(plan, c);
    PredictedOutput output = emptyPrediction(entry.end.size());
    GrowingVariance variance(moments);
    double mean = static_cast<double>(head.bias[c]);
    const auto samples = static_cast<double>(moments.samples);
    walkRows(entry, [&](std::size_t row, std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) {
            const std::uint32_t unit = entry.order[i];
            const auto weight = static_cast<double>(head.weight(c, unit));
            mean += weight * moments.mean[unit];
            // A weight of 0 changes nothing; pruned heads are full of them.
            if (weight != 0) variance.add(unit, weight);
        }
        output.mean[row] = mean;
        output.independent[row] = variance.independent() / samples;
        // Rounding must not make a variance negative.
        output.full[row] = std::max(0.0, variance.full() / samples);
    });
    return output;
}

void addTo(PredictedOutput& total, const PredictedOutput& output, double share) {
    for (auto member : {&PredictedOutput::mean, &PredictedOutput::independent, &PredictedOutput::full}) {
        for (std::size_t row = 0; row < (total.*member).size(); ++row)
            (total.*member)[row] += share * (output.*member)[row];
    }
}

/// Classes whose curves are held before they are added up, in their order whatever the number of threads.
constexpr std::size_t kClassesAtATime = 32;

/// One class's logits of some images at every level, as sums of their distances from expected means.
struct MeasuredPart {
    std::vector<double> sums;
    std::vector<double> squares;
};

/// The logit of one class at all levels, image by image.
class ClassWalk {
  public:
    ClassWalk(const HeadView& head, const LevelPlan& plan, std::size_t c)
        : entry_(entryOrder(plan, c)), bias_(static_cast<double>(head.bias[c])) {
        for (const std::uint32_t unit : entry_.order)
            weights_.push_back(static_cast<double>(head.weight(c, unit)));
    }

    [[nodiscard]] std::size_t rows() const { return entry_.end.size(); }

    /// see(row of the result, logit) for every level and the dense head.
    template <class See>
    void walk(std::span<const float> feature, const See& see) const {
        double logit = bias_;
        walkRows(entry_, [&](std::size_t row, std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i)
                logit += weights_[i] * static_cast<double>(feature[entry_.order[i]]);
            see(row, logit);
        });
    }

  private:
    EntryOrder entry_;
    std::vector<double> weights_;  ///< in the order of entry
    double bias_;
};

MeasuredPart measureRows(const ClassWalk& walk, MatrixView<const float> features, std::size_t begin,
                         std::size_t end, std::span<const double> origin) {
    MeasuredPart part{std::vector<double>(walk.rows()), std::vector<double>(walk.rows())};
    for (std::size_t r = begin; r < end; ++r) {
        walk.walk(features.row(r), [&](std::size_t row, double logit) {
            const double distance = logit - origin[row];
            part.sums[row] += distance;
            part.squares[row] += distance * distance;
        });
    }
    return part;
}

}  // namespace

Status checkMoments(const FeatureMoments& moments, const HeadView& head) {
    const std::size_t units = head.units();
    if (moments.mean.size() != units || moments.scatter.rows() != units || moments.scatter.cols() != units) {
        return fail(ErrorCode::Mismatch, "The covariance is of " + std::to_string(moments.mean.size()) +
                                             " units but the head has " + std::to_string(units) +
                                             "; take it from features of this model.");
    }
    if (moments.samples > 0) return {};
    return fail(ErrorCode::InvalidArgument, "A set without images has no covariance; choose another set.");
}

Result<PredictedOutput> predictOutput(const FeatureMoments& moments, const HeadView& head,
                                      const LevelPlan& plan, std::size_t c) {
    for (const Status& status : {checkPlanAndClass(head, plan, c), checkMoments(moments, head)}) {
        if (!status) return forwardError(status);
    }
    return withoutExceptions("The predicted variance", kOutOfMemory,
                             [&]() -> Result<PredictedOutput> { return predict(moments, head, plan, c); });
}

Result<PredictedOutput> predictAverageOutput(const FeatureMoments& moments, const HeadView& head,
                                             const LevelPlan& plan, const Job& job) {
    for (const Status& status : {checkPlanAndClass(head, plan, 0), checkMoments(moments, head)}) {
        if (!status) return forwardError(status);
    }
    return withoutExceptions("The predicted variance", kOutOfMemory, [&]() -> Result<PredictedOutput> {
        PredictedOutput average = emptyPrediction(plan.levels.size() + 1);
        const double share = 1 / static_cast<double>(head.classes());
        ProgressMeter meter(job, "Variance of the outputs", head.classes());
        for (std::size_t first = 0; first < head.classes(); first += kClassesAtATime) {
            const std::size_t count = std::min(kClassesAtATime, head.classes() - first);
            std::vector<PredictedOutput> outputs(count);
            parallelFor(count, 1, 0, [&](std::size_t i, std::size_t) {
                if (job.stopRequested()) return;
                outputs[i] = predict(moments, head, plan, first + i);
                meter.add(1);
            });
            if (job.stopRequested()) return cancelled();
            for (const PredictedOutput& output : outputs) addTo(average, output, share);
        }
        return average;
    });
}

Result<MeasuredOutput> measureOutput(MatrixView<const float> features, const HeadView& head,
                                     const LevelPlan& plan, std::size_t c, const Job& job) {
    for (const Status& status : {checkPlanAndClass(head, plan, c), checkFeatures(features, head)}) {
        if (!status) return forwardError(status);
    }
    if (features.rows == 0) {
        return fail(ErrorCode::InvalidArgument, "A set without images has no variance; choose another set.");
    }
    return withoutExceptions("The measured variance", kOutOfMemory, [&]() -> Result<MeasuredOutput> {
        const ClassWalk walk(head, plan, c);
        // Sums of squares about a value among the logits do not cancel as those about 0 would.
        std::vector<double> origin(walk.rows());
        walk.walk(features.row(0), [&](std::size_t row, double logit) { origin[row] = logit; });

        MeasuredOutput output{features.rows, std::vector<double>(walk.rows()),
                              std::vector<double>(walk.rows())};
        const Status done = overRowBlocks<MeasuredPart>(
            features.rows, job, "Variance of a class",
            [&](std::size_t begin, std::size_t end) {
                return measureRows(walk, features, begin, end, origin);
            },
            [&](const MeasuredPart& part) {
                for (std::size_t row = 0; row < walk.rows(); ++row) {
                    output.mean[row] += part.sums[row];
                    output.variance[row] += part.squares[row];
                }
            });
        if (!done) return forwardError(done);
        const auto samples = static_cast<double>(features.rows);
        for (std::size_t row = 0; row < walk.rows(); ++row) {
            const double offset = output.mean[row] / samples;
            output.mean[row] = origin[row] + offset;
            output.variance[row] = std::max(0.0, output.variance[row] / samples - offset * offset);
        }
        return output;
    });
}

std::vector<double> meanGap(std::span<const double> id, std::span<const double> ood) {
    std::vector<double> gap(std::min(id.size(), ood.size()));
    for (std::size_t row = 0; row < gap.size(); ++row) gap[row] = id[row] - ood[row];
    return gap;
}

}  // namespace dicescope
