#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"

namespace dicescope::torch_internal {

/// The line of a LibTorch exception text that says what went wrong, without source locations and stacks.
[[nodiscard]] std::string reasonOf(std::string_view what);

/// The operator that an exception text of the TorchScript reader names as unknown or called in an unknown
/// form
/// ("aten::scaled_dot_product_attention"); empty where it is about something else.
[[nodiscard]] std::string unknownOperator(std::string_view what);

/// The sentence for an operator that this LibTorch (`version`) lacks: its name and the version that has it,
/// where known.
[[nodiscard]] std::string operatorAdvice(const std::string& name, const std::string& version);

/// An Error for an exception text met while running: OutOfMemory where it speaks of memory, Device where it
/// is CUDA's, else Internal.
[[nodiscard]] Error errorFromTorch(const std::string& context, std::string_view what);

}  // namespace dicescope::torch_internal
