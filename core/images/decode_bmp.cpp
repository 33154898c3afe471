#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <vector>

#include "core/images/decode_internal.h"

namespace dicescope::detail {
namespace {

constexpr std::uint32_t kRaw = 0;
constexpr std::uint32_t kRle8 = 1;
constexpr std::uint32_t kRle4 = 2;
constexpr std::uint32_t kBitFields = 3;

using Colour = std::array<std::uint8_t, 3>;

/// Little-endian reading; what lies past the end reads as nothing.
class Cursor {
  public:
    Cursor(Bytes bytes, std::size_t position) : bytes_(bytes), position_(position) {}

    [[nodiscard]] std::size_t position() const { return position_; }
    void skip(std::size_t count) { position_ += count; }

    std::optional<std::uint8_t> byte() {
        if (position_ >= bytes_.size()) return std::nullopt;
        return std::to_integer<std::uint8_t>(bytes_[position_++]);
    }

  private:
    Bytes bytes_;
    std::size_t position_;
};

std::uint32_t number(Bytes bytes, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8 * i);
    return value;
}

/// Where in the 2, 3 or 4 bytes of a pixel its colours are.
struct Layout {
    std::uint32_t bits = 0;
    std::array<std::uint32_t, 4> masks{};  // red, green, blue, alpha
    std::array<std::size_t, 3> bytes{};    // of red, green, blue; for 16 bits: shifts
};

/// The layouts of bit fields that Pillow reads.
constexpr std::array<Layout, 11> kLayouts{{
    {32, {0xFF0000, 0xFF00, 0xFF, 0}, {2, 1, 0}},
    {32, {0xFF000000, 0xFF0000, 0xFF00, 0}, {3, 2, 1}},
    {32, {0xFF000000, 0xFF00, 0xFF, 0}, {3, 1, 0}},
    {32, {0xFF000000, 0xFF0000, 0xFF00, 0xFF}, {3, 2, 1}},
    {32, {0xFF, 0xFF00, 0xFF0000, 0xFF000000}, {0, 1, 2}},
    {32, {0xFF0000, 0xFF00, 0xFF, 0xFF000000}, {2, 1, 0}},
    {32, {0xFF000000, 0xFF00, 0xFF, 0xFF0000}, {3, 1, 0}},
    {32, {0, 0, 0, 0}, {2, 1, 0}},
    {24, {0xFF0000, 0xFF00, 0xFF, 0}, {2, 1, 0}},
    {16, {0xF800, 0x7E0, 0x1F, 0}, {11, 5, 0}},
    {16, {0x7C00, 0x3E0, 0x1F, 0}, {10, 5, 0}},
}};

struct Header {
    std::uint32_t size = 0;
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    std::uint32_t bits = 0;
    std::uint32_t compression = kRaw;
    std::uint64_t colours = 0;
    std::size_t paletteEntry = 4;
    std::size_t paletteBegin = 0;
    std::size_t dataBegin = 0;
    bool topDown = false;
    const Layout* layout = nullptr;

    [[nodiscard]] std::uint64_t rowBytes() const { return (width * bits + 31) / 32 * 4; }
    [[nodiscard]] std::uint64_t usedRowBytes() const { return (width * bits + 7) / 8; }
    [[nodiscard]] bool runLength() const { return compression == kRle8 || compression == kRle4; }
};

const Layout* findLayout(std::uint32_t bits, const std::array<std::uint32_t, 4>& masks) {
    for (const auto& layout : kLayouts) {
        const auto compared = bits == 32 ? 4 : 3;
        if (layout.bits == bits &&
            std::equal(masks.begin(), masks.begin() + compared, layout.masks.begin())) {
            return &layout;
        }
    }
    return nullptr;
}

void readOldHeader(Bytes file, Header& header) {
    header.width = number(file, 18, 2);
    header.height = number(file, 20, 2);
    header.bits = number(file, 24, 2);
    header.paletteEntry = 3;
}

void readNewHeader(Bytes file, Header& header) {
    header.width = number(file, 18, 4);
    const std::uint32_t height = number(file, 22, 4);
    header.topDown = height >> 24U == 0xFF;
    header.height = header.topDown ? (std::uint64_t{1} << 32U) - height : height;
    header.bits = number(file, 28, 2);
    header.compression = number(file, 30, 4);
    header.colours = number(file, 46, 4);
}

/// Chooses the layout of pixels that are not indices. Errors: Unsupported, truncated.
Status chooseLayout(Bytes file, Header& header) {
    const std::array<std::uint32_t, 4> usual =
        header.bits == 16 ? kLayouts.back().masks : std::array<std::uint32_t, 4>{0xFF0000, 0xFF00, 0xFF, 0};
    std::array<std::uint32_t, 4> masks = usual;
    if (header.compression == kBitFields) {
        // A header of 40 bytes has its three masks behind it, a longer one in it.
        if (file.size() < 54 + 3 * 4) return truncated();
        for (std::size_t i = 0; i < 3; ++i) masks[i] = number(file, 54 + 4 * i, 4);
        masks[3] = header.size >= 56 ? number(file, 66, 4) : 0;
        if (header.size == 40) header.paletteBegin += 12;
    }
    header.layout = findLayout(header.bits, masks);
    return header.layout != nullptr ? Status{}
                                    : unsupported("a BMP with bit fields of a kind that is not handled");
}

Status checkKind(const Header& header) {
    constexpr std::array<std::uint32_t, 6> kBits{1, 4, 8, 16, 24, 32};
    if (std::find(kBits.begin(), kBits.end(), header.bits) == kBits.end()) {
        return unsupported("a BMP with " + std::to_string(header.bits) + " bits a pixel");
    }
    const bool indexed = header.bits <= 8;
    const bool known =
        header.compression == kRaw || (indexed ? header.runLength() : header.compression == kBitFields);
    if (!known) return unsupported("a BMP with compression " + std::to_string(header.compression));
    return checkSize(header.width, header.height);
}

Result<Header> readHeader(Bytes file) {
    if (file.size() < 18) return truncated();
    Header header;
    header.size = number(file, 14, 4);
    constexpr std::array<std::uint32_t, 7> kSizes{12, 40, 52, 56, 64, 108, 124};
    if (std::find(kSizes.begin(), kSizes.end(), header.size) == kSizes.end()) {
        return unsupported("a BMP with a header of " + std::to_string(header.size) + " bytes");
    }
    header.paletteBegin = 14 + std::size_t{header.size};
    if (file.size() < header.paletteBegin) return truncated();
    header.size == 12 ? readOldHeader(file, header) : readNewHeader(file, header);
    if (auto known = checkKind(header); !known) return forwardError(known);
    if (header.bits <= 8 && header.colours == 0) header.colours = std::uint64_t{1} << header.bits;
    if (header.bits > 8) {
        if (auto chosen = chooseLayout(file, header); !chosen) return forwardError(chosen);
    }
    header.dataBegin = number(file, 10, 4);
    const std::size_t paletteBytes = header.bits <= 8 ? header.paletteEntry * header.colours : 0;
    // Some writers count the palette as part of the header and point at it.
    if (header.dataBegin == 14 + std::size_t{header.size}) header.dataBegin += paletteBytes;
    if (header.dataBegin == 0) header.dataBegin = header.paletteBegin + paletteBytes;
    return header;
}

/// 256 colours; indices above the file's palette are black.
Result<std::array<Colour, 256>> readPalette(Bytes file, const Header& header) {
    std::array<Colour, 256> palette{};
    if (header.colours > 65536)
        return unsupported("a BMP with " + std::to_string(header.colours) + " colours");
    const std::size_t count = std::min<std::size_t>(header.colours, palette.size());
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = header.paletteBegin + i * header.paletteEntry;
        if (at + 3 > file.size()) break;
        const std::uint32_t bgr = number(file, at, 3);
        palette[i] = {static_cast<std::uint8_t>(bgr >> 16U), static_cast<std::uint8_t>(bgr >> 8U),
                      static_cast<std::uint8_t>(bgr)};
    }
    return palette;
}

/// Where row y of the file goes in the image.
std::uint8_t* imageRow(RgbImage& image, const Header& header, std::uint64_t y) {
    const std::uint64_t row = header.topDown ? y : header.height - 1 - y;
    return image.pixels.data() + row * header.width * 3;
}

void unpackIndices(Bytes row, std::uint32_t bits, std::uint64_t width, std::uint8_t* out) {
    const std::uint64_t perByte = 8 / bits;
    const std::uint32_t mask = (1U << bits) - 1U;
    for (std::uint64_t x = 0; x < width; ++x) {
        const auto byte = std::to_integer<std::uint32_t>(row[x / perByte]);
        out[x] = static_cast<std::uint8_t>(byte >> (8 - bits * (1 + x % perByte)) & mask);
    }
}

void unpackColours(Bytes row, const Layout& layout, std::uint64_t width, std::uint8_t* out) {
    const std::size_t size = layout.bits / 8;
    for (std::uint64_t x = 0; x < width; ++x, out += 3) {
        if (layout.bits == 16) {
            const std::uint32_t pixel = number(row, x * 2, 2);
            for (std::size_t k = 0; k < 3; ++k) {
                const std::uint32_t full = layout.masks[k] >> layout.bytes[k];
                out[k] = static_cast<std::uint8_t>((pixel >> layout.bytes[k] & full) * 255 / full);
            }
            continue;
        }
        for (std::size_t k = 0; k < 3; ++k)
            out[k] = std::to_integer<std::uint8_t>(row[x * size + layout.bytes[k]]);
    }
}

/// The indices of a run-length encoded BMP, in the order of the file; what is jumped over is 0. Follows
/// Pillow where files break the rules: a run too long for its row is cut.
class RunLengthReader {
  public:
    RunLengthReader(Bytes file, const Header& header) : cursor_(file, header.dataBegin), header_(header) {}

    Result<std::vector<std::uint8_t>> read() {
        const std::size_t wanted = header_.width * header_.height;
        indices_.reserve(wanted + 255);
        while (indices_.size() < wanted) {
            const auto count = cursor_.byte();
            const auto value = cursor_.byte();
            if (!count || !value) break;
            if (*count > 0) {
                encoded(*count, *value);
            } else if (*value == 0) {
                indices_.resize((indices_.size() + header_.width - 1) / header_.width * header_.width);
                x_ = 0;
            } else if (*value == 1 || !(*value == 2 ? jump(wanted) : absolute(*value, wanted))) {
                break;
            }
        }
        if (indices_.size() < wanted) return truncated();
        return std::move(indices_);
    }

  private:
    void encoded(std::size_t count, std::uint8_t value) {
        if (x_ + count > header_.width) count = header_.width > x_ ? header_.width - x_ : 0;
        for (std::size_t i = 0; i < count; ++i) append(value, i);
        x_ += count;
    }

    bool jump(std::size_t wanted) {
        const auto right = cursor_.byte();
        const auto up = cursor_.byte();
        if (!right || !up) return false;
        const std::uint64_t skipped = *right + *up * header_.width;
        indices_.resize(indices_.size() + std::min<std::uint64_t>(wanted - indices_.size(), skipped));
        x_ = indices_.size() % header_.width;
        return true;
    }

    /// `count` indices as they are; false where the data or the image ends.
    bool absolute(std::uint8_t count, std::size_t wanted) {
        const std::size_t taken = std::min<std::size_t>(wanted - indices_.size(), count);
        std::uint8_t byte = 0;
        for (std::size_t i = 0; i < taken; ++i) {
            if (header_.compression == kRle8 || i % 2 == 0) {
                const auto next = cursor_.byte();
                if (!next) return false;
                byte = *next;
            }
            append(byte, i);
        }
        if (indices_.size() == wanted) return false;
        x_ += count;
        if (cursor_.position() % 2 != 0) cursor_.skip(1);
        return true;
    }

    void append(std::uint8_t byte, std::size_t i) {
        if (header_.compression == kRle8) {
            indices_.push_back(byte);
        } else {
            indices_.push_back(i % 2 == 0 ? byte >> 4U : byte & 0x0FU);
        }
    }

    Cursor cursor_;
    const Header& header_;
    std::vector<std::uint8_t> indices_;
    std::uint64_t x_ = 0;
};

Result<RgbImage> readIndexed(Bytes file, const Header& header) {
    const auto palette = readPalette(file, header);
    if (!palette) return forwardError(palette);
    std::vector<std::uint8_t> indices(header.runLength() ? 0 : header.width);
    if (header.runLength()) {
        auto read = RunLengthReader(file, header).read();
        if (!read) return forwardError(read);
        indices = std::move(*read);
    }
    RgbImage image = blankImage(header.width, header.height);
    for (std::uint64_t y = 0; y < header.height; ++y) {
        const std::uint8_t* row = indices.data();
        if (header.runLength()) {
            row += y * header.width;
        } else {
            unpackIndices(file.subspan(header.dataBegin + y * header.rowBytes()), header.bits, header.width,
                          indices.data());
        }
        std::uint8_t* out = imageRow(image, header, y);
        for (std::uint64_t x = 0; x < header.width; ++x)
            std::memcpy(out + x * 3, (*palette)[row[x]].data(), 3);
    }
    return image;
}

}  // namespace

Result<RgbImage> decodeBmp(Bytes encoded) {
    const auto header = readHeader(encoded);
    if (!header) return forwardError(header);
    if (!header->runLength()) {
        const std::uint64_t needed = header->rowBytes() * (header->height - 1) + header->usedRowBytes();
        if (header->dataBegin > encoded.size() || encoded.size() - header->dataBegin < needed)
            return truncated();
    }
    if (header->bits <= 8) return readIndexed(encoded, *header);
    RgbImage image = blankImage(header->width, header->height);
    for (std::uint64_t y = 0; y < header->height; ++y) {
        const Bytes row = encoded.subspan(header->dataBegin + y * header->rowBytes());
        unpackColours(row, *header->layout, header->width, imageRow(image, *header, y));
    }
    return image;
}

}  // namespace dicescope::detail
