#pragma once

#include <string_view>

namespace dicescope {

inline constexpr const char* kMemoName = "file-hashes.memo";  ///< in a cache's root
inline constexpr const char* kTagName = "CACHEDIR.TAG";  ///< in a cache's root, https://bford.info/cachedir/
inline constexpr const char* kLockName = "lock";         ///< in a key's folder
inline constexpr const char* kSetSuffix = ".safetensors";
/// In a cache's root: thumbnails of images, in folders of two hex digits.
inline constexpr const char* kThumbnailFolder = "thumbnails";

/// In a cache's root: what was fitted on features, in files called like finished sets.
inline constexpr const char* kFitFolder = "fits";

/// Whether the name is that of a key's folder or, without its suffix, of a finished set: 32 lower-case hex
/// digits.
[[nodiscard]] bool isHashName(std::string_view name);
[[nodiscard]] bool isSetName(std::string_view name);
[[nodiscard]] bool isJournalName(std::string_view name);
/// A folder of thumbnails: two lower-case hex digits; a thumbnail: a hash and ".webp".
[[nodiscard]] bool isThumbnailFolderName(std::string_view name);
[[nodiscard]] bool isThumbnailName(std::string_view name);
/// A file that was being written when its process ended, or still is: ".NAME.XXXXXX" of any of ours.
[[nodiscard]] bool isTemporaryName(std::string_view name);

}  // namespace dicescope
