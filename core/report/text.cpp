#include "core/report/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace dicescope {
namespace {

constexpr std::size_t kBuffer = 512;  // a fixed double of 308 digits fits

template <class... Format>
std::string format(Format... arguments) {
    std::array<char, kBuffer> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), arguments...).ptr;
    return {text.data(), end};
}

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string exactDecimal(double value) {
    return format(value);
}

std::string exactDecimal(float value) {
    return format(value);
}

std::string fixedDecimal(double value, int decimals) {
    return format(value, std::chars_format::fixed, decimals);
}

std::string percent(double fraction) {
    constexpr double kPercent = 100;
    return fixedDecimal(fraction * kPercent, 2);
}

std::string levelPercent(double fraction) {
    constexpr double kSteps = 1e9;
    constexpr double kStepsAPercent = 1e7;
    return exactDecimal(std::round(fraction * kSteps) / kStepsAPercent);
}

std::string csvField(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string padRight(std::string_view text, std::size_t width) {
    const std::size_t used = columns(text);
    return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string padLeft(std::string_view text, std::size_t width) {
    const std::size_t used = columns(text);
    return std::string(width > used ? width - used : 0, ' ') + std::string(text);
}

std::string alignedColumns(const std::vector<std::vector<std::string>>& lines, std::size_t leftColumns) {
    constexpr std::size_t kGap = 2;
    std::vector<std::size_t> widths(lines.front().size());
    for (const auto& line : lines) {
        for (std::size_t k = 0; k < line.size(); ++k) widths[k] = std::max(widths[k], columns(line[k]));
    }
    std::string text;
    for (const auto& line : lines) {
        for (std::size_t k = 0; k < line.size(); ++k) {
            text +=
                k < leftColumns ? padRight(line[k], widths[k] + kGap) : padLeft(line[k], widths[k] + kGap);
        }
        text += '\n';
    }
    return text;
}

}  // namespace dicescope
