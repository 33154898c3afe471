#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "core/base/error.h"
#include "core/images/rgb_image.h"

namespace dicescope {

/// The largest side of a thumbnail.
inline constexpr int kMaxThumbnailSide = 1024;

/// A picture of an encoded image that fits into side x side pixels, aspect kept (the shorter side at least
/// one pixel); an image that fits already is returned as it is. Antialiased; large JPEG files are decoded at
/// a fraction of their size, as Pillow's draft mode does, which shows in fine regular patterns only. Pixels
/// as in decodeImage(): no EXIF rotation, since the model sees none. Errors: those of decodeImage(),
/// InvalidArgument (side not in 1..kMaxThumbnailSide). Thread-safe.
[[nodiscard]] Result<RgbImage> makeThumbnail(std::span<const std::byte> encoded, int side);

/// Thumbnails of image files, kept on disk where making one takes long: below FOLDER/<2 digits>/ one file a
/// thumbnail (WebP), called by a hash of the image's path, size, times and the side, so that a changed image
/// meets no old thumbnail. Image files of up to 16 KiB are decoded anew each time, which is as fast. A kept
/// file is checked by a hash of its bytes; one that is damaged is made anew. A thumbnail of 128 pixels takes
/// about 4 KB on disk; nothing is removed but by clearCache() of the root that the folder lies in under the
/// name kFolder. Thread-safe: calls from several threads or programs may make the same thumbnail twice, and
/// one of them is kept.
class ThumbnailCache {
  public:
    /// Name of the folder in a cache root: defaultCacheRoot() / kFolder.
    static constexpr const char* kFolder = "thumbnails";

    /// Touches nothing yet. An empty folder: nothing is kept.
    explicit ThumbnailCache(std::filesystem::path folder);

    /// The thumbnail of an image file, from the cache or made and kept; where it cannot be kept (a full disk,
    /// a folder that may not be written to) it is returned all the same. Errors: NotFound, Unreadable, those
    /// of makeThumbnail(), Internal.
    [[nodiscard]] Result<RgbImage> load(const std::filesystem::path& image, int side) const;

  private:
    std::filesystem::path folder_;
};

}  // namespace dicescope
