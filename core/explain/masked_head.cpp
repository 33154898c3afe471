#include "core/explain/masked_head.h"

#include <algorithm>
#include <string>

namespace dicescope {
namespace {

Status checkPlan(const HeadView& head, const LevelPlan& plan, std::size_t level) {
    if (plan.lastKept.rows() != head.classes() || plan.lastKept.cols() != head.units()) {
        return fail(ErrorCode::Mismatch, "The plan of levels is for " + std::to_string(plan.lastKept.rows()) +
                                             " x " + std::to_string(plan.lastKept.cols()) +
                                             " weights but the head has " + std::to_string(head.classes()) +
                                             " x " + std::to_string(head.units()) +
                                             "; rank this head's weights.");
    }
    if (level < plan.levels.size()) return {};
    return fail(ErrorCode::InvalidArgument, "There is no level number " + std::to_string(level) +
                                                "; the plan has " + std::to_string(plan.levels.size()) + ".");
}

}  // namespace

Status checkHead(const HeadView& head, const HeadMask& mask) {
    if (head.weight.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    "The head has no weights; choose a layer with at least one unit and class.");
    }
    if (head.bias.size() != head.classes()) {
        return fail(ErrorCode::Mismatch, "The head has " + std::to_string(head.classes()) +
                                             " classes but its bias " + std::to_string(head.bias.size()) +
                                             " values; use the weight and bias of one layer.");
    }
    return mask.plan == nullptr ? Status() : checkPlan(head, *mask.plan, mask.level);
}

Status checkFeatures(MatrixView<const float> features, const HeadView& head, std::optional<float> clip) {
    if (features.rows > 0 && features.cols != head.units()) {
        return fail(ErrorCode::Mismatch, "The features have " + std::to_string(features.cols) +
                                             " values an image but the head has " +
                                             std::to_string(head.units()) +
                                             " units; use features of this model.");
    }
    return checkClip(clip);
}

Status checkClip(std::optional<float> clip) {
    if (!clip || *clip > 0) return {};
    return fail(ErrorCode::InvalidArgument,
                "ReAct's clip must be a positive number, not " + std::to_string(*clip) + ".");
}

Status checkClass(const HeadView& head, std::size_t c) {
    if (c < head.classes()) return {};
    return fail(ErrorCode::InvalidArgument, "There is no class number " + std::to_string(c) +
                                                "; the head has " + std::to_string(head.classes()) + ".");
}

Status checkUnit(std::size_t unit, std::size_t units) {
    if (unit < units) return {};
    return fail(ErrorCode::InvalidArgument, "There is no unit number " + std::to_string(unit) +
                                                "; the features have " + std::to_string(units) + ".");
}

EntryOrder entryOrder(const LevelPlan& plan, std::size_t c) {
    const std::size_t levels = plan.levels.size();
    const auto last = plan.lastKept.view().row(c);
    // A counting sort: lastKept is -1..L-1, and end[k] counts the units kept at level k.
    EntryOrder entry{std::vector<std::uint32_t>(last.size()), std::vector<std::size_t>(levels + 1)};
    const auto rowOf = [levels](int lastKept) {
        return lastKept < 0 ? levels : static_cast<std::size_t>(lastKept);
    };
    for (const int level : last) ++entry.end[rowOf(level)];
    for (std::size_t k = levels; k-- > 0;) {
        if (k + 1 < levels) entry.end[k] += entry.end[k + 1];
    }
    entry.end[levels] = last.size();
    std::vector<std::size_t> next(levels + 1);
    for (std::size_t k = 0; k < levels; ++k) next[k] = k + 1 < levels ? entry.end[k + 1] : 0;
    next[levels] = levels > 0 ? entry.end[0] : 0;
    for (std::size_t d = 0; d < last.size(); ++d) {
        entry.order[next[rowOf(last[d])]++] = static_cast<std::uint32_t>(d);
    }
    return entry;
}

}  // namespace dicescope
