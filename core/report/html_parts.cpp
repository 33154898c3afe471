#include "core/report/html_parts.h"

#include <openssl/evp.h>

#include "core/report/markup.h"
#include "core/report/text.h"

namespace dicescope {

std::string element(std::string_view name, std::string_view content, std::string_view attributes) {
    std::string text = "<";
    text.append(name).append(attributes).append(">").append(content).append("</").append(name).append(">");
    return text;
}

std::string section(std::string_view heading, std::string_view content) {
    return element("section", element("h2", escapeHtml(heading)) + "\n" + std::string(content)) + "\n";
}

std::string textCell(std::string_view text, std::string_view attributes) {
    return element("td", escapeHtml(text), attributes);
}

std::string percentCell(double fraction) {
    return element("td", percent(fraction),
                   " class=\"number\" data-value=\"" + exactDecimal(fraction) + "\"");
}

std::string intervalCell(const Interval& interval) {
    const std::string text =
        percent(interval.estimate) + " [" + percent(interval.low) + ", " + percent(interval.high) + "]";
    return element("td", text,
                   " class=\"number\" data-value=\"" + exactDecimal(interval.estimate) + "\" data-low=\"" +
                       exactDecimal(interval.low) + "\" data-high=\"" + exactDecimal(interval.high) + "\"");
}

std::string numberCell(double value, int decimals) {
    return element("td", fixedDecimal(value, decimals),
                   " class=\"number\" data-value=\"" + exactDecimal(value) + "\"");
}

std::string tableRow(std::string_view cells, bool isSum) {
    return element("tr", cells, isSum ? " class=\"average\"" : "") + "\n";
}

std::string table(const std::vector<std::string>& headings, const std::vector<std::string>& rows,
                  std::string_view tableClass) {
    std::string head;
    for (const std::string& heading : headings) head += element("th", escapeHtml(heading), " scope=\"col\"");
    std::string body;
    for (const std::string& row : rows) body += row;
    const std::string inside = (headings.empty() ? "" : element("thead", element("tr", head)) + "\n") +
                               element("tbody", "\n" + body);
    return element("div", element("table", inside, " class=\"" + std::string(tableClass) + "\""),
                   " class=\"wide\"") +
           "\n";
}

std::string list(const std::vector<std::string>& sentences) {
    std::string items;
    for (const std::string& sentence : sentences) items += element("li", escapeHtml(sentence)) + "\n";
    return element("ul", "\n" + items) + "\n";
}

std::string svgAddress(std::string_view svg) {
    constexpr std::size_t kGroup = 3;
    std::string base64((svg.size() + kGroup - 1) / kGroup * 4 + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                        reinterpret_cast<const unsigned char*>(svg.data()), static_cast<int>(svg.size()));
    base64.resize(static_cast<std::size_t>(size));
    return "data:image/svg+xml;base64," + base64;
}

std::string_view reportStyle() {
    return R"(
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #d5dae1; --page: #ffffff; --band: #f4f6f8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ee; --soft: #9aa5b4; --line: #3a4350; --page: #171b21; --band: #1f252d; }
}
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.5rem 4rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", "Noto Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; border-bottom: 1px solid var(--line); padding-bottom: .25rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p.sub, figcaption, .note { color: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
table.metrics th { vertical-align: bottom; }
table.metrics th:nth-child(n+3), td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
table.metrics tr.average { background: var(--band); font-weight: 600; }
table.facts td:first-child { color: var(--soft); padding-right: 1.5rem; min-width: 12rem; }
table.facts td { overflow-wrap: anywhere; }
code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .9em; }
figure { margin: 1.5rem 0; }
figure img { max-width: 100%; height: auto; background: #ffffff; border: 1px solid var(--line); }
details summary { cursor: pointer; }
@media print {
  :root { --ink: #000000; --soft: #444444; --line: #bbbbbb; --page: #ffffff; --band: #f2f2f2; color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  table { font-size: 8pt; }
  th, td { padding: .2rem .6rem .2rem 0; }
  .wide { overflow-x: visible; }
  h2 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
}
)";
}

}  // namespace dicescope
