#include "core/images/decode.h"

#include <algorithm>
#include <exception>
#include <new>
#include <string_view>

#include "core/images/decode_internal.h"

namespace dicescope {
namespace detail {

Status checkSize(std::uint64_t width, std::uint64_t height) {
    if (width == 0 || height == 0) return damaged("image", "it has no pixels");
    if (width > kMaxImagePixels || height > kMaxImagePixels || width * height > kMaxImagePixels) {
        return unsupported("too large (" + std::to_string(width) + " x " + std::to_string(height) +
                           " pixels; the limit is " + std::to_string(kMaxImagePixels) + " pixels)");
    }
    return {};
}

RgbImage blankImage(std::uint64_t width, std::uint64_t height) {
    RgbImage image{static_cast<int>(width), static_cast<int>(height), {}};
    image.pixels.resize(width * height * 3);
    return image;
}

tl::unexpected<Error> truncated() {
    return fail(ErrorCode::Corrupt, "truncated: the file ends before the image does");
}

tl::unexpected<Error> damaged(const std::string& format, const std::string& why) {
    return fail(ErrorCode::Corrupt, "damaged " + format + (why.empty() ? "" : " (" + why + ")"));
}

tl::unexpected<Error> unsupported(const std::string& what) {
    return fail(ErrorCode::Unsupported, what);
}

}  // namespace detail

namespace {

using Decoder = Result<RgbImage> (*)(detail::Bytes);

/// The decoder whose signature the file begins with, or nothing.
Decoder decoderFor(detail::Bytes encoded) {
    const std::string_view head(reinterpret_cast<const char*>(encoded.data()),
                                std::min<std::size_t>(encoded.size(), 16));
    if (head.starts_with("\xFF\xD8\xFF")) return detail::decodeJpeg;
    if (head.starts_with("\x89PNG\r\n\x1A\n")) return detail::decodePng;
    if (head.starts_with("BM")) return detail::decodeBmp;
    if (head.starts_with("RIFF") && head.size() >= 12 && head.substr(8, 4) == "WEBP")
        return detail::decodeWebp;
    const std::string_view mark = head.substr(0, 4);
    using namespace std::string_view_literals;
    if (mark == "II*\0"sv || mark == "MM\0*"sv || mark == "II+\0"sv || mark == "MM\0+"sv)
        return detail::decodeTiff;
    if (head.size() > 2 && head[0] == 'P' && head[1] >= '1' && head[1] <= '6') return detail::decodePnm;
    return nullptr;
}

/// Finds the decoder and calls decode(decoder, encoded).
template <class Decode>
Result<RgbImage> decodeWith(detail::Bytes encoded, const Decode& decode) {
    if (encoded.empty()) return fail(ErrorCode::Corrupt, "the file is empty");
    const Decoder decoder = decoderFor(encoded);
    if (decoder == nullptr) {
        return fail(ErrorCode::Unsupported, "not an image (JPEG, PNG, BMP, WebP, TIFF or PPM)");
    }
    try {
        return decode(decoder, encoded);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory, "not enough memory for this image");
    } catch (const std::exception& exception) {
        return fail(ErrorCode::Internal, std::string("decoding failed (") + exception.what() + ")");
    }
}

}  // namespace

Result<RgbImage> decodeImage(std::span<const std::byte> encoded) {
    return decodeWith(encoded, [](Decoder decoder, detail::Bytes bytes) { return decoder(bytes); });
}

Result<RgbImage> decodeReduced(std::span<const std::byte> encoded, int leastLongerSide) {
    return decodeWith(encoded, [&](Decoder decoder, detail::Bytes bytes) {
        return decoder == detail::decodeJpeg ? detail::decodeJpegReduced(bytes, leastLongerSide)
                                             : decoder(bytes);
    });
}

}  // namespace dicescope
