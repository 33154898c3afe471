#pragma once

#include <string>
#include <string_view>

namespace dicescope {

/// The text with what is not UTF-8, and control characters but line breaks and tabs, replaced by U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

/// Text for the content or a quoted attribute of HTML and XML: printable, with < > & " ' escaped.
[[nodiscard]] std::string escapeHtml(std::string_view text);

/// Text for a paragraph or a table cell of LaTeX: printable, on one line, with its special characters
/// escaped.
[[nodiscard]] std::string escapeLatex(std::string_view text);

/// Text for a paragraph or a table cell of Markdown: printable, on one line, with its special characters
/// escaped.
[[nodiscard]] std::string escapeMarkdown(std::string_view text);

}  // namespace dicescope
