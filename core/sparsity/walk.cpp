#include "core/sparsity/walk.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

namespace dicescope {
namespace {

Status checkHead(MatrixView<const float> weight, std::span<const float> bias) {
    if (weight.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    "The head has no weights; choose a layer with at least one unit and class.");
    }
    if (bias.size() != weight.rows) {
        return fail(ErrorCode::Mismatch, "The head has " + std::to_string(weight.rows) +
                                             " classes but its bias " + std::to_string(bias.size()) +
                                             " values; use the weight and bias of one layer.");
    }
    constexpr auto kMost = std::numeric_limits<std::uint32_t>::max();
    if (weight.cols > kMost || weight.rows > std::numeric_limits<std::int32_t>::max()) {
        return fail(ErrorCode::Unsupported,
                    "The head is too large; at most 2^31 classes of 2^32 units are handled.");
    }
    const auto finite = [](float value) { return std::isfinite(value); };
    if (!std::ranges::all_of(weight.flat(), finite) || !std::ranges::all_of(bias, finite)) {
        return fail(
            ErrorCode::InvalidArgument,
            "The head's weight or bias has values that are not finite numbers; check the model file.");
    }
    return {};
}

Status checkPlan(MatrixView<const float> weight, const Matrix<int>& lastKept, std::size_t levels) {
    if (lastKept.rows() != weight.rows || lastKept.cols() != weight.cols) {
        return fail(ErrorCode::Mismatch, "The ranking is for a head of " + std::to_string(lastKept.rows()) +
                                             " x " + std::to_string(lastKept.cols()) +
                                             " weights but the head has " + std::to_string(weight.rows) +
                                             " x " + std::to_string(weight.cols) +
                                             "; rank this head's weights.");
    }
    const auto inRange = [most = static_cast<int>(levels)](int level) { return level >= -1 && level < most; };
    if (levels == 0 || levels > kMaxLevels || !std::ranges::all_of(lastKept.view().flat(), inRange)) {
        return fail(ErrorCode::InvalidArgument,
                    "The plan of levels is not consistent; make it with planLevels().");
    }
    return {};
}

/// The |h| up to which no partial sum of a logit exceeds `largest`; negative where a bias alone does.
float featureLimit(MatrixView<const float> weight, std::span<const float> bias, double largest) {
    double limit = std::numeric_limits<float>::max();
    for (std::size_t c = 0; c < weight.rows; ++c) {
        double sum = 0;
        for (const float w : weight.row(c)) sum += std::abs(double{w});
        const double room = largest - std::abs(double{bias[c]});
        if (room < 0) return -1;
        if (sum > 0) limit = std::min(limit, room / sum);
    }
    return static_cast<float>(limit);
}

/// Sorts the weights into visits: counts first, then orders the classes of each pass, then places the
/// entries.
class WalkBuilder {
  public:
    WalkBuilder(Walk& walk, MatrixView<const float> weight, const Matrix<int>* lastKept)
        : walk_(walk), weight_(weight), lastKept_(lastKept) {}

    void build() {
        countEntries();
        std::vector<std::size_t> next = placeGroups();
        walk_.entries.resize(total_ + kEntriesAhead);
        forEachEntry([&](std::size_t c, std::size_t unit, std::size_t step, float weight) {
            walk_.entries[next[step * walk_.classes + c]++] = {static_cast<std::uint32_t>(unit), weight};
        });
        measureReach();
        walk_.visits.resize(walk_.visits.size() + kVisitsAhead);
    }

  private:
    void countEntries() {
        walk_.visits.resize(walk_.passes() * walk_.classes);
        for (std::size_t i = 0; i < walk_.visits.size(); ++i) {
            walk_.visits[i].classIndex = static_cast<std::uint32_t>(i % walk_.classes);
        }
        forEachEntry([&](std::size_t c, std::size_t, std::size_t step, float) {
            ++walk_.visits[step / kStepsPerPass * walk_.classes + c].counts[step % kStepsPerPass];
        });
    }

    /// Orders the visits of each pass; returns where the entries of a class and step begin, at [step * C +
    /// class].
    std::vector<std::size_t> placeGroups() {
        std::vector<std::size_t> begins(walk_.passes() * kStepsPerPass * walk_.classes);
        for (std::size_t pass = 0; pass < walk_.passes(); ++pass) {
            const auto visits = std::span(walk_.visits).subspan(pass * walk_.classes, walk_.classes);
            // Neighbours of equal counts let the processor foresee where its loops end.
            std::ranges::stable_sort(visits, std::greater{}, &WalkVisit::counts);
            for (const WalkVisit& visit : visits) {
                for (std::size_t k = 0; k < kStepsPerPass; ++k) {
                    begins[(pass * kStepsPerPass + k) * walk_.classes + visit.classIndex] = total_;
                    total_ += visit.counts[k];
                }
            }
        }
        return begins;
    }

    void measureReach() {
        walk_.reach.assign(walk_.passes(), 0);
        std::size_t entry = 0;
        for (std::size_t i = 0; i < walk_.visits.size(); ++i) {
            double sum = 0;
            const auto& counts = walk_.visits[i].counts;
            for (const std::size_t end = entry + counts[0] + counts[1]; entry < end; ++entry) {
                sum += std::abs(double{walk_.entries[entry].weight});
            }
            float& reach = walk_.reach[i / walk_.classes];
            reach = std::max(reach, static_cast<float>(sum));
        }
    }

    template <class Visit>
    void forEachEntry(const Visit& visit) const {
        const auto levels = static_cast<std::ptrdiff_t>(walk_.levels);
        for (std::size_t c = 0; c < walk_.classes; ++c) {
            for (std::size_t d = 0; d < walk_.units; ++d) {
                const int last = lastKept_ != nullptr ? (*lastKept_)(c, d) : -1;
                const auto step = static_cast<std::size_t>(levels - 1 - last);
                // A weight of 0 would add nothing; without it a pass without entries changes nothing.
                if (step < walk_.steps() && weight_(c, d) != 0) visit(c, d, step, weight_(c, d));
            }
        }
    }

    Walk& walk_;
    MatrixView<const float> weight_;
    const Matrix<int>* lastKept_;
    std::size_t total_ = 0;
};

}  // namespace

Result<Walk> makeWalk(MatrixView<const float> weight, std::span<const float> bias,
                      const Matrix<int>* lastKept, std::size_t levels, bool dense) {
    if (const auto valid = checkHead(weight, bias); !valid) return forwardError(valid);
    if (lastKept != nullptr) {
        if (const auto valid = checkPlan(weight, *lastKept, levels); !valid) return forwardError(valid);
    }
    const float limit = featureLimit(weight, bias, kLargestLogit);
    if (limit < 1) {
        return fail(
            ErrorCode::InvalidArgument,
            "The head's weights are so large that its logits overflow float32; check the model file.");
    }
    Walk walk{.classes = weight.rows,
              .units = weight.cols,
              .levels = lastKept != nullptr ? levels : 0,
              .dense = dense,
              .bias = {bias.begin(), bias.end()},
              .visits = {},
              .entries = {},
              .reach = {},
              .largestFeature = limit,
              .largestFastFeature = featureLimit(weight, bias, kLargestFastLogit)};
    WalkBuilder(walk, weight, lastKept).build();
    return walk;
}

}  // namespace dicescope
