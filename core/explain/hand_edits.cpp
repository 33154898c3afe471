#include "core/explain/hand_edits.h"

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "core/base/exceptions.h"
#include "core/base/parallel.h"
#include "core/base/progress_meter.h"
#include "core/explain/edit_kernel.h"
#include "core/explain/row_blocks.h"
#include "core/linalg/linear_algebra.h"

namespace dicescope {
namespace {

using Buffer = hwy::AlignedFreeUniquePtr<float[]>;

constexpr const char* kOutOfMemory =
    "There is not enough memory for the logits of all images; use fewer images or close other programs.";
/// Rows of one product: enough to keep all processors busy.
constexpr std::size_t kProductRows = 1024;

Buffer allocate(std::size_t floats) {
    Buffer buffer = hwy::AllocateAligned<float>(std::max<std::size_t>(floats, 1));
    if (!buffer) throw std::bad_alloc();
    return buffer;
}

/// The features and base logits of one set.
struct BaseSet {
    std::string name;
    MatrixView<const float> features;
    Buffer logits;  ///< N x paddedClasses()
};

Matrix<float> maskedWeight(const HeadView& head, const HeadMask& mask) {
    Matrix<float> weight(head.classes(), head.units());
    for (std::size_t c = 0; c < head.classes(); ++c) {
        for (std::size_t d = 0; d < head.units(); ++d) {
            if (mask.keeps(c, d)) weight(c, d) = head.weight(c, d);
        }
    }
    return weight;
}

/// Rows of features as they are scored; a copy only where they are clipped.
class ClippedRows {
  public:
    ClippedRows(MatrixView<const float> features, std::optional<float> clip)
        : features_(features), clip_(clip) {}

    MatrixView<const float> block(std::size_t begin, std::size_t count) {
        const MatrixView<const float> rows{features_.data + begin * features_.cols, count, features_.cols};
        if (!clip_) return rows;
        copy_.resize(rows.size());
        std::ranges::transform(rows.flat(), copy_.begin(),
                               [most = *clip_](float h) { return std::min(h, most); });
        return {copy_.data(), count, features_.cols};
    }

  private:
    MatrixView<const float> features_;
    std::optional<float> clip_;
    std::vector<float> copy_;
};

/// Products plus bias, with the classes filled up to whole groups.
void storeLogits(MatrixView<const float> products, std::span<const float> bias, float* to) {
    const std::size_t stride = paddedClasses(bias.size());
    for (std::size_t r = 0; r < products.rows; ++r, to += stride) {
        std::ranges::transform(products.row(r), bias, to, [](float a, float b) { return a + b; });
        std::fill(to + bias.size(), to + stride, kNoLogit);
    }
}

Status computeBase(BaseSet& set, const Matrix<float>& weight, std::span<const float> bias,
                   std::optional<float> clip, ProgressMeter& meter, const Job& job) {
    const std::size_t stride = paddedClasses(bias.size());
    const std::size_t rows = set.features.rows;
    set.logits = allocate(rows * stride);
    Matrix<float> products(std::min(rows, kProductRows), bias.size());
    ClippedRows clipped(set.features, clip);
    for (std::size_t begin = 0; begin < rows; begin += kProductRows) {
        if (job.stopRequested()) return cancelled();
        const std::size_t count = std::min(kProductRows, rows - begin);
        const MatrixView<float> block{products.data(), count, bias.size()};
        if (Status done = multiplyTransposed(clipped.block(begin, count), weight.view(), block); !done)
            return done;
        storeLogits(block, bias, set.logits.get() + begin * stride);
        meter.add(count);
    }
    return {};
}

/// The units that are off, and their weights in the order in which the kernel reads them.
struct OffUnits {
    std::vector<std::size_t> units;
    Buffer weights;
};

OffUnits offUnits(const Matrix<float>& weight, std::span<const std::size_t> listed) {
    OffUnits off{{listed.begin(), listed.end()}, nullptr};
    std::ranges::sort(off.units);
    const auto repeated = std::unique(off.units.begin(), off.units.end());
    off.units.erase(repeated, off.units.end());
    const std::size_t count = off.units.size();
    const std::size_t padded = paddedClasses(weight.rows());
    off.weights = allocate(padded * count);
    std::fill_n(off.weights.get(), padded * count, 0.0F);
    for (std::size_t c = 0; c < weight.rows(); ++c) {
        float* group = off.weights.get() + c / kClassGroup * kClassGroup * count;
        for (std::size_t u = 0; u < count; ++u)
            group[u * kClassGroup + c % kClassGroup] = weight(c, off.units[u]);
    }
    return off;
}

SweepResult emptySummary(std::size_t samples) {
    SweepResult summary;
    summary.samples = samples;
    summary.hasDense = true;
    summary.maxLogit.resize(samples);
    summary.excess.resize(samples);
    summary.prediction.resize(samples);
    return summary;
}

/// The activations of the units that are off, row by row.
std::vector<float> activationsOf(const BaseSet& set, const OffUnits& off, float clip, std::size_t begin,
                                 std::size_t end) {
    std::vector<float> activations((end - begin) * off.units.size());
    auto to = activations.begin();
    for (std::size_t r = begin; r < end; ++r) {
        const auto row = set.features.row(r);
        for (const std::size_t unit : off.units) *to++ = std::min(row[unit], clip);
    }
    return activations;
}

}  // namespace

struct HandEdits::Base {
    EditOptions options;
    Matrix<float> weight;  ///< as the base mask leaves it
    std::size_t classes = 0;
    BaseSet id;
    std::vector<BaseSet> ood;

    [[nodiscard]] Result<SweepResult> score(const BaseSet& set, const OffUnits& off, const Job& job) const {
        SweepResult summary = emptySummary(set.features.rows);
        const std::size_t stride = paddedClasses(classes);
        parallelFor(
            set.features.rows, kExplainBlockRows, options.threads, [&](std::size_t begin, std::size_t end) {
                if (job.stopRequested()) return;
                const auto activations = activationsOf(set, off, clipOrInfinity(options.clip), begin, end);
                const Buffer scratch = allocate(stride);
                summariseEdited({.logits = set.logits.get() + begin * stride,
                                 .rows = end - begin,
                                 .stride = stride,
                                 .activations = activations.data(),
                                 .weights = off.weights.get(),
                                 .units = off.units.size(),
                                 .maxLogit = summary.maxLogit.data() + begin,
                                 .excess = summary.excess.data() + begin,
                                 .prediction = summary.prediction.data() + begin},
                                scratch.get());
            });
        if (job.stopRequested()) return cancelled();
        return summary;
    }
};

Result<HandEdits> HandEdits::make(const HeadView& head, const HeadMask& mask, EditedSet id,
                                  std::vector<EditedSet> ood, const EditOptions& options, const Job& job) {
    if (const Status status = checkHead(head, mask); !status) return forwardError(status);
    if (ood.empty()) {
        return fail(ErrorCode::InvalidArgument, "There is no OOD set to evaluate; name at least one.");
    }
    return withoutExceptions("Switching units off", kOutOfMemory, [&]() -> Result<HandEdits> {
        auto base = std::make_shared<Base>();
        base->options = options;
        base->weight = maskedWeight(head, mask);
        base->classes = head.classes();
        base->id = {std::move(id.name), id.features, nullptr};
        for (EditedSet& set : ood) base->ood.push_back({std::move(set.name), set.features, nullptr});

        std::vector<BaseSet*> all{&base->id};
        for (BaseSet& set : base->ood) all.push_back(&set);
        std::size_t samples = 0;
        for (const BaseSet* set : all) {
            if (const Status status = checkFeatures(set->features, head, options.clip); !status)
                return forwardError(status);
            samples += set->features.rows;
        }
        ProgressMeter meter(job, "Logits of all images", samples);
        for (BaseSet* set : all) {
            const Status done = computeBase(*set, base->weight, head.bias, options.clip, meter, job);
            if (!done) return forwardError(done);
        }
        HandEdits edits;
        edits.base_ = std::move(base);
        return edits;
    });
}

std::size_t HandEdits::units() const {
    return base_->weight.cols();
}

std::size_t HandEdits::samples() const {
    std::size_t count = base_->id.features.rows;
    for (const BaseSet& set : base_->ood) count += set.features.rows;
    return count;
}

Result<EditedScores> HandEdits::score(std::span<const std::size_t> unitsOff, const Job& job) const {
    for (const std::size_t unit : unitsOff) {
        if (const Status status = checkUnit(unit, units()); !status) return forwardError(status);
    }
    return withoutExceptions("Switching units off", kOutOfMemory, [&]() -> Result<EditedScores> {
        const OffUnits off = offUnits(base_->weight, unitsOff);
        EditedScores scores;
        auto id = base_->score(base_->id, off, job);
        if (!id) return forwardError(id);
        scores.id = std::move(*id);
        for (const BaseSet& set : base_->ood) {
            auto ood = base_->score(set, off, job);
            if (!ood) return forwardError(ood);
            scores.ood.push_back(std::move(*ood));
        }
        return scores;
    });
}

Result<EditOutcome> HandEdits::evaluate(std::span<const std::size_t> unitsOff, ScoreKind kind,
                                        double tprLevel, const Job& job) const {
    auto scores = score(unitsOff, job);
    if (!scores) return forwardError(scores);
    LevelMetricsRequest request;
    request.score = kind;
    request.tprLevel = tprLevel;
    request.threads = base_->options.threads;
    request.id = {base_->id.name, &scores->id, {}};
    for (std::size_t s = 0; s < base_->ood.size(); ++s)
        request.ood.push_back({base_->ood[s].name, &scores->ood[s], {}});
    auto metrics = computeLevelMetrics(request, job);
    if (!metrics) return forwardError(metrics);
    return EditOutcome{std::move(*scores), std::move(*metrics)};
}

}  // namespace dicescope
