#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>

#include "core/images/decode_internal.h"

namespace dicescope::detail {
namespace {

struct DeleteDecoder {
    void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};

}  // namespace

Result<RgbImage> decodeWebp(Bytes encoded) {
    const WebPData data{reinterpret_cast<const std::uint8_t*>(encoded.data()), encoded.size()};
    WebPBitstreamFeatures features;
    const VP8StatusCode status = WebPGetFeatures(data.bytes, data.size, &features);
    if (status == VP8_STATUS_NOT_ENOUGH_DATA) return truncated();
    if (status != VP8_STATUS_OK) return damaged("WebP");
    const auto width = static_cast<std::uint64_t>(features.width);
    const auto height = static_cast<std::uint64_t>(features.height);
    if (auto fits = checkSize(width, height); !fits) return forwardError(fits);

    // The decoder for animations, for still images too: as in Pillow it places the first frame on the canvas.
    const std::unique_ptr<WebPAnimDecoder, DeleteDecoder> decoder(WebPAnimDecoderNew(&data, nullptr));
    std::uint8_t* rgba = nullptr;
    int timestamp = 0;
    if (!decoder || WebPAnimDecoderGetNext(decoder.get(), &rgba, &timestamp) == 0) {
        return damaged("WebP", "it may be truncated");
    }
    WebPAnimInfo info;
    if (WebPAnimDecoderGetInfo(decoder.get(), &info) == 0 || info.canvas_width != width ||
        info.canvas_height != height) {
        return damaged("WebP");
    }
    RgbImage image = blankImage(width, height);
    for (std::size_t i = 0, pixels = width * height; i < pixels; ++i) {
        for (std::size_t k = 0; k < 3; ++k) image.pixels[i * 3 + k] = rgba[i * 4 + k];
    }
    return image;
}

}  // namespace dicescope::detail
