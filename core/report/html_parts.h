#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/metrics/bootstrap.h"

namespace dicescope {

/// <name attributes>content</name>; `content` is markup, `attributes` with a space before each.
[[nodiscard]] std::string element(std::string_view name, std::string_view content,
                                  std::string_view attributes = {});

/// A section with a heading; `content` is markup.
[[nodiscard]] std::string section(std::string_view heading, std::string_view content);

/// A table cell of plain text.
[[nodiscard]] std::string textCell(std::string_view text, std::string_view attributes = {});

/// A fraction as percent, one with its interval, and a plain number with its decimals; the exact values are
/// in data-value, data-low and data-high.
[[nodiscard]] std::string percentCell(double fraction);
[[nodiscard]] std::string intervalCell(const Interval& interval);
[[nodiscard]] std::string numberCell(double value, int decimals);

/// A row of cells (markup); one that sums the others up is set off.
[[nodiscard]] std::string tableRow(std::string_view cells, bool isSum = false);

/// A table: headings (plain text; none for none), then tableRow()s; the class says how it looks.
[[nodiscard]] std::string table(const std::vector<std::string>& headings,
                                const std::vector<std::string>& rows, std::string_view tableClass);

/// A list of plain sentences.
[[nodiscard]] std::string list(const std::vector<std::string>& sentences);

/// "data:image/svg+xml;base64,..." of an SVG document.
[[nodiscard]] std::string svgAddress(std::string_view svg);

/// The style sheet of reports.
[[nodiscard]] std::string_view reportStyle();

}  // namespace dicescope
