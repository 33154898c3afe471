#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dicescope {

/// The shortest decimal that reads back as exactly this double; "nan", "inf", "-inf" for those.
[[nodiscard]] std::string exactDecimal(double value);

/// A float's shortest exact decimal.
[[nodiscard]] std::string exactDecimal(float value);

/// With a fixed number of decimals: fixedDecimal(12.345, 1) is "12.3".
[[nodiscard]] std::string fixedDecimal(double value, int decimals);

/// A fraction in percent, with two decimals: percent(0.5) is "50.00".
[[nodiscard]] std::string percent(double fraction);

/// A level in percent with the digits it needs: levelPercent(0.95) is "95". Exact to nine decimals of the
/// fraction.
[[nodiscard]] std::string levelPercent(double fraction);

/// One field of a CSV line by RFC 4180: quoted where it holds a comma, a quote or a line break.
[[nodiscard]] std::string csvField(std::string_view text);

/// `text` filled with spaces to `width` columns; UTF-8 code points count as one column each.
[[nodiscard]] std::string padRight(std::string_view text, std::size_t width);
[[nodiscard]] std::string padLeft(std::string_view text, std::size_t width);

/// Lines of as many fields each, aligned in columns two spaces apart: the first `leftColumns` to the left,
/// the others (numbers) to the right. Not empty.
[[nodiscard]] std::string alignedColumns(const std::vector<std::vector<std::string>>& lines,
                                         std::size_t leftColumns);

}  // namespace dicescope
