#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/error.h"
#include "core/base/matrix.h"
#include "core/sparsity/head_view.h"
#include "core/sparsity/levels.h"

namespace dicescope {

/// Which weights of a head count: all of them (the dense head), or those that a plan keeps at one of its
/// levels. Not owned; cheap to copy.
struct HeadMask {
    const LevelPlan* plan = nullptr;  ///< null: the dense head
    std::size_t level = 0;            ///< index into plan->levels

    [[nodiscard]] bool keeps(std::size_t c, std::size_t d) const {
        return plan == nullptr || plan->keeps(level, c, d);
    }
};

/// Ok where the head has at least one class and unit, and bias and mask fit it. Errors: Mismatch (shapes),
/// InvalidArgument (empty head, level beyond the plan).
[[nodiscard]] Status checkHead(const HeadView& head, const HeadMask& mask = {});
/// Ok where a set's features fit the head and `clip`, if any, is a positive number. Zero rows are fine.
/// Errors: Mismatch, InvalidArgument.
[[nodiscard]] Status checkFeatures(MatrixView<const float> features, const HeadView& head,
                                   std::optional<float> clip = {});
/// Ok where there is no clip or it is a positive number. Errors: InvalidArgument.
[[nodiscard]] Status checkClip(std::optional<float> clip);
/// Ok where c is a class of the head. Errors: InvalidArgument.
[[nodiscard]] Status checkClass(const HeadView& head, std::size_t c);
/// Ok where `unit` is below `units`. Errors: InvalidArgument.
[[nodiscard]] Status checkUnit(std::size_t unit, std::size_t units);

/// The units of one class in the order in which they enter on the way from the sparsest level to the dense
/// head: by lastKept from large to small, equal ones by index. The units kept at level k are order[0,
/// end[k]), those of the dense head (row L) all of them.
struct EntryOrder {
    std::vector<std::uint32_t> order;  ///< D
    std::vector<std::size_t> end;      ///< L + 1: one a row, the dense head last; not increasing over levels
};
[[nodiscard]] EntryOrder entryOrder(const LevelPlan& plan, std::size_t c);

}  // namespace dicescope
