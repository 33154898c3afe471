#include "core/images/thumbnail.h"

#include <sys/stat.h>
#include <webp/encode.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "core/base/exceptions.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/images/batch_loader.h"
#include "core/images/decode.h"
#include "core/images/resize.h"

namespace dicescope {
namespace {

namespace fs = std::filesystem;

constexpr int kFormatVersion = 1;                    // raised when the pixels or the files become other ones
constexpr std::size_t kSmallFileBytes = 16U << 10U;  // decoded as fast as a thumbnail is read and decoded
constexpr std::uint64_t kMaxThumbnailBytes = 16U << 20U;
constexpr std::size_t kHashBytes = sizeof(ContentHash);
constexpr std::size_t kFolderDigits = 2;
constexpr const char* kOutOfMemory = "not enough memory for this image";

Status checkSide(int side) {
    if (side >= 1 && side <= kMaxThumbnailSide) return {};
    return fail(ErrorCode::InvalidArgument, "A thumbnail has 1 to " + std::to_string(kMaxThumbnailSide) +
                                                " pixels a side, not " + std::to_string(side) + ".");
}

int scaled(int length, int longer, int side) {
    const std::int64_t doubled = 2 * static_cast<std::int64_t>(length) * side;
    return static_cast<int>(std::max<std::int64_t>(1, (doubled + longer) / (2 * std::int64_t{longer})));
}

RgbImage fitted(RgbImage image, int side) {
    const int longer = std::max(image.width, image.height);
    if (longer <= side) return image;
    return resizeAsPillow(image, scaled(image.width, longer, side), scaled(image.height, longer, side),
                          Interpolation::Bilinear);
}

/// The bytes of a WebP file; empty where it cannot be made.
std::vector<std::byte> webpOf(const RgbImage& image) {
    WebPConfig config;
    WebPPicture picture;
    if (WebPConfigInit(&config) == 0 || WebPPictureInit(&picture) == 0) return {};
    config.quality = 85;
    config.method = 0;  // the fastest: a picture is made in the time that matters, and read many times
    WebPMemoryWriter writer;
    WebPMemoryWriterInit(&writer);
    picture.width = image.width;
    picture.height = image.height;
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    std::vector<std::byte> bytes;
    if (WebPPictureImportRGB(&picture, image.pixels.data(), image.width * 3) != 0 &&
        WebPEncode(&config, &picture) != 0) {
        const auto* begin = reinterpret_cast<const std::byte*>(writer.mem);
        bytes.assign(begin, begin + writer.size);
    }
    WebPPictureFree(&picture);
    WebPMemoryWriterClear(&writer);
    return bytes;
}

std::optional<RgbImage> kept(const fs::path& file, int side) {
    const auto bytes = readFile(file, kMaxThumbnailBytes);
    if (!bytes || bytes->size() <= kHashBytes) return std::nullopt;
    const auto image = std::span(*bytes).first(bytes->size() - kHashBytes);
    const ContentHash hash = contentHash(image);
    if (std::memcmp(&hash, bytes->data() + image.size(), kHashBytes) != 0) return std::nullopt;
    auto decoded = decodeImage(image);
    if (!decoded || std::max(decoded->width, decoded->height) > side) return std::nullopt;
    return std::move(*decoded);
}

/// WebP, and after it the hash of its bytes, which readers of WebP pass over.
void keep(const fs::path& file, const RgbImage& image) {
    auto bytes = webpOf(image);
    if (bytes.empty()) return;
    const ContentHash hash = contentHash(bytes);
    const auto end = std::as_bytes(std::span(&hash, 1));
    bytes.insert(bytes.end(), end.begin(), end.end());
    auto out = AtomicFile::create(file);
    if (out && out->write(bytes)) (void)out->commitUnsynced();
}

/// The name of the thumbnail of a file as it is now; empty where there is no such file.
std::string thumbnailName(const fs::path& image, int side) {
    struct stat info {};
    if (::stat(image.c_str(), &info) != 0) return {};
    std::error_code error;
    const fs::path absolute = fs::absolute(image, error);
    std::string key = (error ? image : absolute).string();
    for (const auto number :
         {std::int64_t{kFormatVersion}, std::int64_t{side}, static_cast<std::int64_t>(info.st_size),
          std::int64_t{info.st_mtim.tv_sec}, std::int64_t{info.st_mtim.tv_nsec},
          std::int64_t{info.st_ctim.tv_sec}, std::int64_t{info.st_ctim.tv_nsec}})
        key += '\0' + std::to_string(number);
    return toHex(contentHash(std::as_bytes(std::span(key.data(), key.size()))));
}

}  // namespace

Result<RgbImage> makeThumbnail(std::span<const std::byte> bytes, int side) {
    if (auto checked = checkSide(side); !checked) return forwardError(checked);
    // Twice the pixels, so that the resampling still has something to average.
    auto image = decodeReduced(bytes, 2 * side);
    if (!image) return image;
    return withoutExceptions("Making a thumbnail", kOutOfMemory,
                             [&]() -> Result<RgbImage> { return fitted(std::move(*image), side); });
}

ThumbnailCache::ThumbnailCache(fs::path folder) : folder_(std::move(folder)) {}

Result<RgbImage> ThumbnailCache::load(const fs::path& image, int side) const {
    if (auto checked = checkSide(side); !checked) return forwardError(checked);
    return withoutExceptions("Loading a thumbnail", kOutOfMemory, [&]() -> Result<RgbImage> {
        fs::path file;
        // Taken before the file is read: an image that changes meanwhile gets another name next time.
        const std::string name = folder_.empty() ? std::string() : thumbnailName(image, side);
        if (!name.empty()) {
            file = folder_ / name.substr(0, kFolderDigits) / (name + ".webp");
            if (auto found = kept(file, side)) return std::move(*found);
        }
        const auto bytes = readFile(image, kMaxImageFileBytes);
        if (!bytes) return forwardError(bytes);
        auto made = makeThumbnail(*bytes, side);
        if (made && !file.empty() && bytes->size() > kSmallFileBytes) keep(file, *made);
        return made;
    });
}

}  // namespace dicescope
