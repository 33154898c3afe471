#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/images/decode_internal.h"
#include "core/images/tiff_pixels_internal.h"

namespace dicescope::detail {
namespace {

/// The file as libtiff reads it.
struct Source {
    Bytes bytes;
    std::uint64_t position = 0;
};

struct CloseTiff {
    void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using Tiff = std::unique_ptr<TIFF, CloseTiff>;

tmsize_t readSource(thandle_t handle, void* buffer, tmsize_t size) {
    auto& source = *static_cast<Source*>(handle);
    const std::uint64_t size64 = source.bytes.size();
    const std::uint64_t left = source.position < size64 ? size64 - source.position : 0;
    const auto count = std::min<std::uint64_t>(left, static_cast<std::uint64_t>(std::max<tmsize_t>(size, 0)));
    if (count > 0) std::memcpy(buffer, source.bytes.data() + source.position, count);
    source.position += count;
    return static_cast<tmsize_t>(count);
}

toff_t seekSource(thandle_t handle, toff_t offset, int origin) {
    auto& source = *static_cast<Source*>(handle);
    if (origin == SEEK_CUR) offset += source.position;
    if (origin == SEEK_END) offset += source.bytes.size();
    source.position = offset;
    return offset;
}

int mapSource(thandle_t handle, void** base, toff_t* size) {
    const auto& source = *static_cast<Source*>(handle);
    // libtiff does not write to what it maps of a file opened for reading.
    *base = const_cast<std::byte*>(source.bytes.data());
    *size = source.bytes.size();
    return 1;
}

Tiff openTiff(Source& source) {
    // The handlers are global; without them libtiff writes to stderr.
    [[maybe_unused]] static const bool silenced = [] {
        TIFFSetWarningHandler(nullptr);
        TIFFSetErrorHandler(nullptr);
        return true;
    }();
    return Tiff(TIFFClientOpen(
        "image", "r", &source, readSource, [](thandle_t, void*, tmsize_t) -> tmsize_t { return 0; },
        seekSource, [](thandle_t) { return 0; },
        [](thandle_t handle) -> toff_t { return static_cast<Source*>(handle)->bytes.size(); }, mapSource,
        [](thandle_t, void*, toff_t) {}));
}

template <class T>
T field(TIFF* tiff, ttag_t tag, T missing) {
    T value = missing;
    return TIFFGetFieldDefaulted(tiff, tag, &value) == 1 ? value : missing;
}

/// Everything about the first image that decides how it is read.
struct Layout {
    TiffPixels pixels;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint16_t compression = COMPRESSION_NONE;
    std::uint16_t orientation = ORIENTATION_TOPLEFT;
    bool separate = false;  ///< each sample in a plane of its own
    bool tiled = false;

    [[nodiscard]] std::size_t planes() const { return separate ? pixels.samples : 1; }
    [[nodiscard]] std::size_t bitsPerPixel() const {
        return static_cast<std::size_t>(pixels.bits) * (separate ? 1 : pixels.samples);
    }
};

void readColourMap(TIFF* tiff, TiffPixels& pixels) {
    std::array<std::uint16_t*, 3> maps{};
    if (pixels.bits > 8 || TIFFGetField(tiff, TIFFTAG_COLORMAP, &maps[0], &maps[1], &maps[2]) != 1) return;
    for (std::size_t k = 0; k < maps.size(); ++k) {
        pixels.colourMap[k].assign(maps[k], maps[k] + (std::size_t{1} << pixels.bits));
    }
}

/// Pillow also looks for an orientation in the XMP packet.
std::uint16_t orientationOf(TIFF* tiff) {
    std::uint16_t orientation = ORIENTATION_TOPLEFT;
    if (TIFFGetField(tiff, TIFFTAG_ORIENTATION, &orientation) == 1) return orientation;
    std::uint32_t size = 0;
    const char* packet = nullptr;
    if (TIFFGetField(tiff, TIFFTAG_XMLPACKET, &size, &packet) != 1) return ORIENTATION_TOPLEFT;
    const std::string_view xmp(packet, size);
    for (const std::string_view mark : {"tiff:Orientation=\"", "tiff:Orientation>"}) {
        const std::size_t at = xmp.find(mark);
        if (at != std::string_view::npos && at + mark.size() < xmp.size()) {
            return static_cast<std::uint16_t>(xmp[at + mark.size()] - '0');
        }
    }
    return ORIENTATION_TOPLEFT;
}

std::uint64_t numberAt(Bytes file, std::uint64_t at, std::size_t size, bool bigEndian) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const auto byte = std::to_integer<std::uint64_t>(file[at + (bigEndian ? i : size - 1 - i)]);
        value = value << 8U | byte;
    }
    return value;
}

/// The photometric tag as it stands in the file: libtiff reads indices as grey where the palette is damaged.
std::optional<std::uint64_t> photometricInFile(TIFF* tiff, Bytes file) {
    const bool bigEndian = TIFFIsBigEndian(tiff) != 0;
    const bool big = numberAt(file, 2, 2, bigEndian) == 43;
    const std::uint64_t entrySize = big ? 20 : 12;
    const std::size_t countSize = big ? 8 : 2;
    const std::uint64_t directory = TIFFCurrentDirOffset(tiff);
    if (directory > file.size() || file.size() - directory < countSize) return std::nullopt;
    const std::uint64_t count = numberAt(file, directory, countSize, bigEndian);
    std::uint64_t at = directory + countSize;
    for (std::uint64_t i = 0; i < count && file.size() - at >= entrySize; ++i, at += entrySize) {
        if (numberAt(file, at, 2, bigEndian) == TIFFTAG_PHOTOMETRIC) {
            return numberAt(file, at + (big ? 12 : 8), 2, bigEndian);
        }
    }
    return std::nullopt;
}

Layout readLayout(TIFF* tiff) {
    Layout layout;
    auto& pixels = layout.pixels;
    layout.width = field<std::uint32_t>(tiff, TIFFTAG_IMAGEWIDTH, 0);
    layout.height = field<std::uint32_t>(tiff, TIFFTAG_IMAGELENGTH, 0);
    layout.compression = field<std::uint16_t>(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
    layout.separate =
        field<std::uint16_t>(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) == PLANARCONFIG_SEPARATE;
    layout.tiled = TIFFIsTiled(tiff) != 0;
    layout.orientation = orientationOf(tiff);
    pixels.photometric = field<std::uint16_t>(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
    pixels.bits = field<std::uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE, 1);
    pixels.samples = field<std::uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    pixels.format = field<std::uint16_t>(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    pixels.bigEndian = TIFFIsBigEndian(tiff) != 0;
    std::uint16_t count = 0;
    std::uint16_t* kinds = nullptr;
    if (TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds) == 1)
        pixels.extraSamples.assign(kinds, kinds + count);
    readColourMap(tiff, pixels);
    return layout;
}

/// The samples of one strip or tile, planes interleaved; rows of rowBytes.
struct Block {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::size_t rowBytes = 0;
    std::vector<std::uint8_t> bytes;
    std::vector<std::uint8_t> plane;
};

/// Reads an image strip by strip or tile by tile, which never needs more memory than one of them.
class BlockReader {
  public:
    BlockReader(TIFF* tiff, const Layout& layout) : tiff_(tiff), layout_(layout) {}

    Result<RgbImage> read() {
        convert_ = tiffRowToRgb(layout_.pixels);
        const bool splittable = !layout_.separate || layout_.pixels.samples == 1 || layout_.pixels.bits >= 8;
        if (convert_ == nullptr || !splittable)
            return unsupported("a TIFF with a kind of pixel that is not handled");
        if (auto prepared = prepareBlock(); !prepared) return forwardError(prepared);
        RgbImage image = blankImage(layout_.width, layout_.height);
        for (std::uint32_t y = 0; y < layout_.height; y += block_.height) {
            for (std::uint32_t x = 0; x < layout_.width; x += block_.width) {
                if (!readBlock(x, y)) return damaged("TIFF", "it may be truncated");
                place(x, y, image);
            }
        }
        return image;
    }

  private:
    /// Errors: damaged where the sizes contradict each other, Unsupported where a block is far larger than
    /// the image.
    Status prepareBlock() {
        block_.width = layout_.width;
        block_.height = layout_.height;
        if (layout_.tiled) {
            block_.width = field<std::uint32_t>(tiff_, TIFFTAG_TILEWIDTH, 0);
            block_.height = field<std::uint32_t>(tiff_, TIFFTAG_TILELENGTH, 0);
        } else {
            block_.height =
                std::min(field<std::uint32_t>(tiff_, TIFFTAG_ROWSPERSTRIP, layout_.height), layout_.height);
        }
        if (auto fits = checkSize(block_.width, block_.height); !fits) return fits;
        constexpr std::uint64_t kAlwaysFine = 1U << 22U;
        const std::uint64_t imagePixels = std::uint64_t{layout_.width} * layout_.height;
        if (std::uint64_t{block_.width} * block_.height > std::max(4 * imagePixels, kAlwaysFine)) {
            return unsupported("a TIFF with tiles far larger than its image");
        }
        const std::size_t planeRow = (block_.width * layout_.bitsPerPixel() + 7) / 8;
        const tmsize_t expected = layout_.tiled ? TIFFTileRowSize(tiff_) : TIFFScanlineSize(tiff_);
        if (expected < 0 || static_cast<std::size_t>(expected) != planeRow)
            return damaged("TIFF", "its row size");
        block_.rowBytes = planeRow * layout_.planes();
        block_.bytes.resize(block_.rowBytes * block_.height);
        if (layout_.planes() > 1) block_.plane.resize(planeRow * block_.height);
        return {};
    }

    bool readBlock(std::uint32_t x, std::uint32_t y) {
        if (layout_.planes() == 1) return readPlane(x, y, 0, block_.bytes);
        for (std::size_t sample = 0; sample < layout_.planes(); ++sample) {
            if (!readPlane(x, y, static_cast<std::uint16_t>(sample), block_.plane)) return false;
            interleave(sample);
        }
        return true;
    }

    bool readPlane(std::uint32_t x, std::uint32_t y, std::uint16_t sample, std::vector<std::uint8_t>& bytes) {
        // Some codecs give fewer rows than a block has and call that success; the rest is black, as in
        // Pillow.
        std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
        const auto size = static_cast<tmsize_t>(bytes.size());
        const tmsize_t count =
            layout_.tiled
                ? TIFFReadEncodedTile(tiff_, TIFFComputeTile(tiff_, x, y, 0, sample), bytes.data(), size)
                : TIFFReadEncodedStrip(tiff_, TIFFComputeStrip(tiff_, y, sample), bytes.data(), size);
        return count >= 0;
    }

    void interleave(std::size_t sample) {
        const std::size_t size = layout_.pixels.bits / 8U;
        const std::size_t samples = layout_.planes();
        const std::size_t pixels = block_.plane.size() / size;
        for (std::size_t i = 0; i < pixels; ++i) {
            std::memcpy(block_.bytes.data() + (i * samples + sample) * size, block_.plane.data() + i * size,
                        size);
        }
    }

    void place(std::uint32_t x, std::uint32_t y, RgbImage& image) const {
        const std::uint32_t width = std::min(block_.width, layout_.width - x);
        const std::uint32_t height = std::min(block_.height, layout_.height - y);
        for (std::uint32_t row = 0; row < height; ++row) {
            const std::size_t to = (std::size_t{y + row} * layout_.width + x) * 3;
            convert_(layout_.pixels, block_.bytes.data() + block_.rowBytes * row, width,
                     image.pixels.data() + to);
        }
    }

    TIFF* tiff_;
    const Layout& layout_;
    TiffRowToRgb convert_ = nullptr;
    Block block_;
};

/// libtiff's own conversion, which Pillow uses for compressed YCbCr.
Result<RgbImage> readByLibtiff(TIFF* tiff, const Layout& layout) {
    std::vector<std::uint32_t> raster(std::size_t{layout.width} * layout.height);
    std::array<char, 1024> message{};
    TIFFRGBAImage reader;
    if (TIFFRGBAImageOK(tiff, message.data()) == 0 ||
        TIFFRGBAImageBegin(&reader, tiff, 1, message.data()) == 0) {
        return unsupported("a TIFF with a kind of pixel that is not handled");
    }
    reader.orientation = ORIENTATION_TOPLEFT;
    reader.req_orientation = ORIENTATION_TOPLEFT;
    const bool done = TIFFRGBAImageGet(&reader, raster.data(), layout.width, layout.height) != 0;
    TIFFRGBAImageEnd(&reader);
    if (!done) return damaged("TIFF", "it may be truncated");
    RgbImage image = blankImage(layout.width, layout.height);
    for (std::size_t i = 0; i < raster.size(); ++i) {
        image.pixels[i * 3] = static_cast<std::uint8_t>(TIFFGetR(raster[i]));
        image.pixels[i * 3 + 1] = static_cast<std::uint8_t>(TIFFGetG(raster[i]));
        image.pixels[i * 3 + 2] = static_cast<std::uint8_t>(TIFFGetB(raster[i]));
    }
    return image;
}

/// How many bytes one byte of compressed data can stand for; 0 where there is no useful limit.
std::uint64_t maxExpansion(std::uint16_t compression) {
    switch (compression) {
        case COMPRESSION_NONE:
            return 1;
        case COMPRESSION_PACKBITS:
            return 64;
        case COMPRESSION_LZW:
            return 4096;
        case COMPRESSION_DEFLATE:
        case COMPRESSION_ADOBE_DEFLATE:
            return kMaxDeflateRatio;
        default:
            return 0;
    }
}

/// Whether a file of this size can hold the pixels, asked before memory is taken for them. Of YCbCr only the
/// brightness counts, which is never subsampled.
bool canHold(const Layout& layout, std::uint64_t fileBytes) {
    const std::uint64_t expansion = maxExpansion(layout.compression);
    const std::uint64_t samples = layout.pixels.photometric == PHOTOMETRIC_YCBCR ? 1 : layout.pixels.samples;
    const std::uint64_t bits = std::uint64_t{layout.width} * layout.height * samples * layout.pixels.bits;
    return expansion == 0 || bits / 8 / expansion <= fileBytes;
}

Result<RgbImage> readImage(TIFF* tiff, Layout& layout) {
    if (layout.pixels.photometric != PHOTOMETRIC_YCBCR) return BlockReader(tiff, layout).read();
    if (layout.compression == COMPRESSION_JPEG && !layout.separate) {
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        layout.pixels.photometric = PHOTOMETRIC_RGB;
        return BlockReader(tiff, layout).read();
    }
    if (layout.compression == COMPRESSION_NONE || layout.pixels.bits != 8 || layout.pixels.samples != 3) {
        return unsupported("a TIFF with YCbCr pixels of a kind that is not handled");
    }
    return readByLibtiff(tiff, layout);
}

/// The image turned as the orientation tag (1 to 8) says.
RgbImage oriented(RgbImage image, std::uint16_t orientation) {
    if (orientation < ORIENTATION_TOPRIGHT || orientation > ORIENTATION_LEFTBOT) return image;
    const bool swapped = orientation >= ORIENTATION_LEFTTOP;
    const bool fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool fromBottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    RgbImage out{swapped ? image.height : image.width, swapped ? image.width : image.height, {}};
    out.pixels.resize(image.pixels.size());
    for (int y = 0; y < out.height; ++y) {
        for (int x = 0; x < out.width; ++x) {
            int column = swapped ? y : x;
            int row = swapped ? x : y;
            if (fromRight) column = image.width - 1 - column;
            if (fromBottom) row = image.height - 1 - row;
            const auto from = (static_cast<std::size_t>(row) * static_cast<std::size_t>(image.width) +
                               static_cast<std::size_t>(column)) *
                              3;
            const auto to = (static_cast<std::size_t>(y) * static_cast<std::size_t>(out.width) +
                             static_cast<std::size_t>(x)) *
                            3;
            std::memcpy(out.pixels.data() + to, image.pixels.data() + from, 3);
        }
    }
    return out;
}

}  // namespace

Result<RgbImage> decodeTiff(Bytes encoded) {
    Source source{encoded};
    const Tiff tiff = openTiff(source);
    if (!tiff) return damaged("TIFF", "its header or directory");
    Layout layout = readLayout(tiff.get());
    if (auto fits = checkSize(layout.width, layout.height); !fits) return forwardError(fits);
    if (layout.pixels.photometric != PHOTOMETRIC_PALETTE &&
        photometricInFile(tiff.get(), encoded) == PHOTOMETRIC_PALETTE) {
        return damaged("TIFF", "its palette");
    }
    if (TIFFIsCODECConfigured(layout.compression) == 0) {
        return unsupported("a TIFF with compression " + std::to_string(layout.compression));
    }
    if (!canHold(layout, encoded.size())) return truncated();
    auto image = readImage(tiff.get(), layout);
    if (!image) return image;
    return oriented(std::move(*image), layout.orientation);
}

}  // namespace dicescope::detail
