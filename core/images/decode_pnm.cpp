#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "core/images/decode_internal.h"

namespace dicescope::detail {
namespace {

constexpr std::size_t kMaxToken = 10;

bool isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Reads the tokens of header and of plain data with Pillow's rules: at most ten characters, '#' begins a
/// comment that ends with its line, even inside a token.
class TokenReader {
  public:
    TokenReader(std::string_view text, std::size_t position) : text_(text), position_(position) {}

    [[nodiscard]] std::size_t position() const { return position_; }

    /// The next character outside comments, or nothing at the end.
    std::optional<char> character() {
        while (position_ < text_.size() && text_[position_] == '#') {
            while (position_ < text_.size() && text_[position_] != '\n' && text_[position_] != '\r')
                ++position_;
            if (position_ < text_.size()) ++position_;
        }
        if (position_ == text_.size()) return std::nullopt;
        return text_[position_++];
    }

    /// The next whole number together with the one white space after it; nothing where there is none.
    std::optional<std::uint64_t> number() {
        std::uint64_t value = 0;
        std::size_t digits = 0;
        while (const auto c = character()) {
            if (isSpace(*c)) {
                if (digits > 0) break;
                continue;
            }
            if (*c < '0' || *c > '9' || ++digits > kMaxToken) return std::nullopt;
            value = value * 10 + static_cast<std::uint64_t>(*c - '0');
        }
        if (digits == 0) return std::nullopt;
        return value;
    }

  private:
    std::string_view text_;
    std::size_t position_;
};

struct Header {
    char kind = 0;  // '1' to '6'
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    std::uint64_t maximum = 1;
    std::size_t dataBegin = 0;

    [[nodiscard]] bool plain() const { return kind <= '3'; }
    [[nodiscard]] bool bilevel() const { return kind == '1' || kind == '4'; }
    [[nodiscard]] std::uint64_t bands() const { return kind == '3' || kind == '6' ? 3 : 1; }
    [[nodiscard]] std::uint64_t values() const { return width * height * bands(); }
};

Result<Header> readHeader(std::string_view text) {
    if (text.size() < 3 || !isSpace(text[2])) return damaged("PPM");
    TokenReader tokens(text, 3);
    Header header{.kind = text[1]};
    const auto width = tokens.number();
    const auto height = tokens.number();
    if (!width || !height) return damaged("PPM", "its header");
    header.width = *width;
    header.height = *height;
    if (!header.bilevel()) {
        const auto maximum = tokens.number();
        if (!maximum || *maximum == 0 || *maximum > 65535) return damaged("PPM", "its header");
        header.maximum = *maximum;
    }
    header.dataBegin = tokens.position();
    if (auto fits = checkSize(header.width, header.height); !fits) return forwardError(fits);
    return header;
}

/// The fewest bytes that can hold the pixels: known before anything is allocated.
std::uint64_t leastBytes(const Header& header) {
    if (header.kind == '1') return header.values();
    if (header.kind == '4') return (header.width + 7) / 8 * header.height;
    if (header.plain()) return header.values() * 2 - 1;
    return header.values() * (header.maximum > 255 ? 2 : 1);
}

/// A value of 0..maximum as 8 bits. Pillow widens grey above 255 to 16 bits and clips that; colour it scales
/// down.
std::uint8_t scaled(std::uint64_t value, const Header& header) {
    const double full = header.maximum > 255 && header.bands() == 1 ? 65535 : 255;
    const double exact = static_cast<double>(value) / static_cast<double>(header.maximum) * full;
    return clipTo8Bits(std::nearbyint(exact));
}

/// Writes value number i of the file, a grey one to all three channels.
void store(RgbImage& image, const Header& header, std::uint64_t i, std::uint8_t value) {
    if (header.bands() == 3) {
        image.pixels[i] = value;
    } else {
        std::memset(image.pixels.data() + i * 3, value, 3);
    }
}

Status readPlainBilevel(TokenReader tokens, const Header& header, RgbImage& image) {
    for (std::uint64_t i = 0; i < header.values();) {
        const auto c = tokens.character();
        if (!c) return truncated();
        if (isSpace(*c)) continue;
        if (*c != '0' && *c != '1') return damaged("PPM", "a value that is not 0 or 1");
        store(image, header, i++, *c == '0' ? 255 : 0);
    }
    return {};
}

Status readPlain(TokenReader tokens, const Header& header, RgbImage& image) {
    for (std::uint64_t i = 0; i < header.values(); ++i) {
        const auto value = tokens.number();
        if (!value) return damaged("PPM", "truncated, or a value that is not a number");
        if (*value > header.maximum) return damaged("PPM", "a value above the maximum");
        store(image, header, i, scaled(*value, header));
    }
    return {};
}

void readBinary(Bytes data, const Header& header, RgbImage& image) {
    if (header.kind == '4') {
        const std::uint64_t rowBytes = (header.width + 7) / 8;
        for (std::uint64_t i = 0; i < header.values(); ++i) {
            const std::uint64_t x = i % header.width;
            const auto byte = std::to_integer<unsigned>(data[i / header.width * rowBytes + x / 8]);
            store(image, header, i, (byte >> (7 - x % 8) & 1U) != 0 ? 0 : 255);
        }
        return;
    }
    const std::uint64_t width = header.maximum > 255 ? 2 : 1;
    std::vector<std::uint8_t> table(width == 2 ? 65536 : 256);
    for (std::size_t value = 0; value < table.size(); ++value) table[value] = scaled(value, header);
    for (std::uint64_t i = 0; i < header.values(); ++i) {
        auto value = std::to_integer<std::size_t>(data[i * width]);
        if (width == 2) value = value * 256 + std::to_integer<std::size_t>(data[i * width + 1]);
        store(image, header, i, table[value]);
    }
}

}  // namespace

Result<RgbImage> decodePnm(Bytes encoded) {
    const std::string_view text(reinterpret_cast<const char*>(encoded.data()), encoded.size());
    const auto header = readHeader(text);
    if (!header) return forwardError(header);
    const Bytes data = encoded.subspan(header->dataBegin);
    if (data.size() < leastBytes(*header)) return truncated();
    RgbImage image = blankImage(header->width, header->height);
    if (!header->plain()) {
        readBinary(data, *header, image);
        return image;
    }
    const TokenReader tokens(text, header->dataBegin);
    const Status read =
        header->bilevel() ? readPlainBilevel(tokens, *header, image) : readPlain(tokens, *header, image);
    if (!read) return forwardError(read);
    return image;
}

}  // namespace dicescope::detail
