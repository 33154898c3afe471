#include "core/report/markup.h"

#include <nlohmann/json.hpp>

namespace dicescope {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string onOneLine(std::string_view text) {
    std::string line = printable(text);
    for (char& c : line) {
        if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    }
    return line;
}

/// Every character through `escape`, which returns nothing for those that stay.
template <class Escape>
std::string escaped(const std::string& text, Escape escape) {
    std::string result;
    for (const char c : text) {
        const std::string_view replaced = escape(c);
        if (replaced.empty())
            result += c;
        else
            result += replaced;
    }
    return result;
}

}  // namespace

std::string printable(std::string_view text) {
    using nlohmann::json;
    const std::string quoted = json(std::string(text)).dump(-1, ' ', false, json::error_handler_t::replace);
    std::string result;
    for (const char c : json::parse(quoted).get<std::string>()) {
        const auto code = static_cast<unsigned char>(c);
        const bool isControl = (code < 0x20 && c != '\n' && c != '\r' && c != '\t') || code == 0x7F;
        if (isControl)
            result += kReplacement;
        else
            result += c;
    }
    return result;
}

std::string escapeHtml(std::string_view text) {
    return escaped(printable(text), [](char c) -> std::string_view {
        switch (c) {
            case '&':
                return "&amp;";
            case '<':
                return "&lt;";
            case '>':
                return "&gt;";
            case '"':
                return "&quot;";
            case '\'':
                return "&#39;";
            default:
                return {};
        }
    });
}

std::string escapeLatex(std::string_view text) {
    std::string line = onOneLine(text);
    // LaTeX stops at a character that its font has not.
    for (auto at = line.find(kReplacement); at != std::string::npos; at = line.find(kReplacement)) {
        line.replace(at, kReplacement.size(), "?");
    }
    return escaped(line, [](char c) -> std::string_view {
        switch (c) {
            case '\\':
                return "\\textbackslash{}";
            case '{':
                return "\\{";
            case '}':
                return "\\}";
            case '$':
                return "\\$";
            case '&':
                return "\\&";
            case '#':
                return "\\#";
            case '_':
                return "\\_";
            case '%':
                return "\\%";
            case '^':
                return "\\textasciicircum{}";
            case '~':
                return "\\textasciitilde{}";
            case '<':
                return "\\textless{}";
            case '>':
                return "\\textgreater{}";
            case '|':
                return "\\textbar{}";
            // A row that starts with one would be taken as the argument of the line break before it.
            case '[':
                return "{[}";
            case ']':
                return "{]}";
            default:
                return {};
        }
    });
}

std::string escapeMarkdown(std::string_view text) {
    constexpr std::string_view kSpecial = "\\`*_{}[]#!|<>~&$";
    std::string result;
    for (const char c : onOneLine(text)) {
        if (kSpecial.find(c) != std::string_view::npos) result += '\\';
        result += c;
    }
    return result;
}

}  // namespace dicescope
