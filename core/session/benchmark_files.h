#pragma once

#include <span>
#include <string_view>

namespace dicescope {

/// The texts of resources/benchmarks/*.json, put into the program when it is built.
[[nodiscard]] std::span<const std::string_view> benchmarkFiles();

}  // namespace dicescope
