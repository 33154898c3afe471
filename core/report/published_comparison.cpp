#include "core/report/published_comparison.h"

#include "core/report/comparison_rows.h"
#include "core/report/markup.h"
#include "core/report/published_table.h"
#include "core/report/text.h"

namespace dicescope {
namespace {

constexpr std::size_t kTextColumns = 2;

std::vector<std::vector<std::string>> linesOf(const std::vector<PublishedDetector>& rows,
                                              const Comparison& comparison) {
    const auto published = [](const std::optional<double>& fraction) {
        return fraction ? percent(*fraction) : std::string("-");
    };
    std::vector<std::vector<std::string>> lines{{"Detector", "OOD set",
                                                 "FPR" + levelPercent(comparison.tprLevel), "FPR95 published",
                                                 "AUROC", "AUROC published"}};
    for (const PublishedDetector& row : rows) {
        lines.push_back({specLabel(row.spec), row.ood, percent(row.metrics.fpr95),
                         published(row.published.fpr95), percent(row.metrics.auroc),
                         published(row.published.auroc)});
    }
    return lines;
}

std::vector<std::string> remarksOf(const AnalysisInputs& inputs, const BenchmarkPreset& preset,
                                   const std::vector<PublishedDetector>& rows) {
    std::vector<PublishedNumbers> numbers;
    numbers.reserve(rows.size());
    for (const PublishedDetector& row : rows) numbers.push_back(row.published);
    return publishedRemarks(inputs, preset, numbers);
}

}  // namespace

std::vector<PublishedDetector> publishedRows(const Comparison& comparison, const BenchmarkPreset& preset) {
    const bool takesAverage = isWholeBenchmark(preset, comparison.oodNames);
    std::vector<PublishedDetector> rows;
    for (const ComparedDetector& detector : comparison.detectors) {
        if (detector.error) continue;
        const auto published = publishedBy(preset, publishedMethod(preset, detector.spec));
        for (const ComparisonRow& row : comparisonRows(comparison, detector)) {
            const bool isAverage = row.ood == "average";
            if (isAverage && !takesAverage) continue;
            for (PublishedNumbers numbers : published) {
                if (numbers.set != (isAverage ? "" : row.ood)) continue;
                if (comparison.tprLevel != kDefaultTprLevel) numbers.fpr95.reset();
                if (numbers.fpr95 || numbers.auroc)
                    rows.push_back({detector.spec, row.ood, row.metrics, std::move(numbers)});
            }
        }
    }
    return rows;
}

std::string publishedTable(const AnalysisInputs& inputs, const Comparison& comparison,
                           const BenchmarkPreset& preset) {
    const std::string title = "Benchmark " + preset.name + " (" + preset.title + ")";
    const auto rows = publishedRows(comparison, preset);
    if (rows.empty()) return title + ": nothing was published for these detectors and sets.\n";
    std::string text = title + ", beside published numbers, in percent\n" +
                       alignedColumns(linesOf(rows, comparison), kTextColumns);
    for (const std::string& sentence : remarksOf(inputs, preset, rows)) text += sentence + "\n";
    return text;
}

std::string publishedMarkdown(const AnalysisInputs& inputs, const Comparison& comparison,
                              const BenchmarkPreset& preset) {
    const auto rows = publishedRows(comparison, preset);
    if (rows.empty()) return {};
    std::string text = "\n## Beside published numbers: " + escapeMarkdown(preset.title) + "\n\n";
    bool isHeading = true;
    for (const auto& line : linesOf(rows, comparison)) {
        text += "|";
        for (const std::string& cell : line) text += " " + escapeMarkdown(cell) + " |";
        text += "\n";
        if (isHeading) text += "|---|---|---:|---:|---:|---:|\n";
        isHeading = false;
    }
    text += "\n";
    for (const std::string& sentence : remarksOf(inputs, preset, rows))
        text += "- " + escapeMarkdown(sentence) + "\n";
    return text;
}

std::string publishedCsv(const Comparison& comparison, const BenchmarkPreset& preset) {
    const auto number = [](const std::optional<double>& value) {
        return value ? exactDecimal(*value) : std::string();
    };
    std::string csv = "detector,ood,fpr95,published_fpr95,auroc,published_auroc,source\n";
    for (const PublishedDetector& row : publishedRows(comparison, preset)) {
        csv += csvField(specText(row.spec)) + ',' + csvField(row.ood) + ',' +
               exactDecimal(row.metrics.fpr95) + ',' + number(row.published.fpr95) + ',' +
               exactDecimal(row.metrics.auroc) + ',' + number(row.published.auroc) + ',' +
               csvField(row.published.source) + '\n';
    }
    return csv;
}

}  // namespace dicescope
