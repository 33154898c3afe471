#pragma once

#include <filesystem>

namespace dicescope {

/// Writes everything that can be exported from a session into a folder, without a window, with the plots of
/// fillInspection(); tells progress and errors on the terminal. Returns the exit code: 0 done, 1 failed, 130
/// interrupted. Needs a QApplication (of any platform).
[[nodiscard]] int exportSession(const std::filesystem::path& session, const std::filesystem::path& folder);

}  // namespace dicescope
