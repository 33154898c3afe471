#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"

namespace dicescope {

/// One file of an image folder; whether it really is a readable image shows when it is decoded.
struct ImageEntry {
    /// Relative to the folder's root, '/' between parts, bytes as the file system gives them (UTF-8 as a
    /// rule).
    std::string path;
    int classIndex = -1;  ///< index into ImageFolder::classes; -1 where the folder has no sub-folders
};

/// A folder of images as found on disk: the order of `images` is the order of every row computed from it.
struct ImageFolder {
    std::filesystem::path root;
    std::vector<std::string> classes;  ///< first-level sub-folders that hold files, natural order
    std::vector<ImageEntry> images;    ///< natural order of the relative path, see naturalLess()
};

/// Lists every non-hidden file below `root` (recursive). Links to files and folders are followed; a folder
/// that is met again below itself is left out, so a cycle of links ends. A link to nothing is listed, so that
/// it shows up as a file that cannot be read; sockets, pipes and devices are left out. Class = the first
/// sub-folder. A file directly in the root beside sub-folders has class -1. Nothing is opened: the content
/// decides later whether a file is an image. Errors: NotFound (no such folder, or not a folder), Unreadable
/// (a folder in it that may not be read), NotFound when there is no file in it, Cancelled.
[[nodiscard]] Result<ImageFolder> listImageFolder(const std::filesystem::path& root, const Job& job = {});

/// Whether a comes before b when runs of digits compare as numbers: "img2" < "img10". Runs of the same value
/// ("1", "01") compare by length; everything else compares bytewise, with '/' before any other byte, so that
/// a folder comes before others whose names begin with its name. The order is total.
[[nodiscard]] bool naturalLess(std::string_view a, std::string_view b);

}  // namespace dicescope
