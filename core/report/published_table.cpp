#include "core/report/published_table.h"

#include <algorithm>
#include <set>

#include "core/report/html_parts.h"
#include "core/report/markup.h"
#include "core/report/paper_table.h"
#include "core/report/text.h"

namespace dicescope {
namespace {

constexpr std::string_view kAverage = "average";
constexpr std::string_view kConvention =
    "FPR95 with ID as the positive class, in percent; a dash where nothing was published.";

std::string_view methodOf(const MetricRow& row, const Evaluation& evaluation, const BenchmarkPreset& preset) {
    const bool isDice = row.detector == "dice" || row.detector == "dice+react";
    if (!isDice && row.p) return {};
    HeadInUse head;
    head.score = row.score;
    head.p = row.p;
    if (row.detector.ends_with("react")) head.reactClip = evaluation.reactClip;
    return publishedMethod(preset, head);
}

bool isWhole(const Evaluation& evaluation, const BenchmarkPreset& preset) {
    std::set<std::string> names;
    for (const MetricRow& row : evaluation.rows) {
        if (row.ood != kAverage) names.insert(row.ood);
    }
    return isWholeBenchmark(preset, {names.begin(), names.end()});
}

std::string publishedPercent(const std::optional<double>& fraction) {
    return fraction ? percent(*fraction) : "-";
}

std::vector<std::string> remarks(const AnalysisInputs& inputs, const BenchmarkPreset& preset,
                                 const std::vector<PublishedRow>& rows) {
    std::vector<PublishedNumbers> numbers;
    numbers.reserve(rows.size());
    for (const PublishedRow& row : rows) numbers.push_back(row.published);
    return publishedRemarks(inputs, preset, numbers);
}

/// Detector, score, set and the four numbers.
std::vector<std::string> cellsOf(const PublishedRow& row, const Evaluation& evaluation) {
    return {detectorLabel(row.own.detector, row.own.p, evaluation.reactClip),
            scoreLabel(row.own.score),
            row.own.ood,
            percent(row.own.metrics.fpr95),
            publishedPercent(row.published.fpr95),
            percent(row.own.metrics.auroc),
            publishedPercent(row.published.auroc)};
}

const std::vector<std::string>& headings() {
    static const std::vector<std::string> kHeadings{"Detector",        "Score", "OOD set",        "FPR95",
                                                    "FPR95 published", "AUROC", "AUROC published"};
    return kHeadings;
}

constexpr std::size_t kTextColumns = 3;

}  // namespace

std::vector<std::string> publishedRemarks(const AnalysisInputs& inputs, const BenchmarkPreset& preset,
                                          const std::vector<PublishedNumbers>& published) {
    std::vector<std::string> sentences;
    for (const PublishedNumbers& numbers : published) {
        const std::string sentence = "Published: " + numbers.source;
        if (std::ranges::count(sentences, sentence) == 0) sentences.push_back(sentence);
    }
    const std::string other = modelDifference(preset, inputs.head.classes(), inputs.head.features());
    if (!other.empty()) sentences.push_back(other);
    return sentences;
}

std::vector<PublishedRow> publishedRows(const Evaluation& evaluation, const BenchmarkPreset& preset) {
    const bool takesAverage = isWhole(evaluation, preset);
    std::vector<PublishedRow> rows;
    for (const MetricRow& row : evaluation.rows) {
        if (row.ood == kAverage && !takesAverage) continue;
        const std::string set = row.ood == kAverage ? "" : row.ood;
        for (const PublishedNumbers& numbers : publishedBy(preset, methodOf(row, evaluation, preset))) {
            if (numbers.set == set) rows.push_back({row, numbers});
        }
    }
    return rows;
}

std::string publishedTable(const AnalysisInputs& inputs, const Evaluation& evaluation,
                           const BenchmarkPreset& preset) {
    const std::string title = "Benchmark " + preset.name + " (" + preset.title + ")";
    const auto rows = publishedRows(evaluation, preset);
    if (rows.empty()) return title + ": nothing was published for these detectors and sets.\n";
    std::vector<std::vector<std::string>> lines{headings()};
    for (const PublishedRow& row : rows) lines.push_back(cellsOf(row, evaluation));
    std::string text =
        title + ", beside published numbers, in percent\n" + alignedColumns(lines, kTextColumns);
    for (const std::string& sentence : remarks(inputs, preset, rows)) text += sentence + "\n";
    return text;
}

std::string publishedMarkdown(const AnalysisInputs& inputs, const Evaluation& evaluation,
                              const BenchmarkPreset& preset) {
    const auto rows = publishedRows(evaluation, preset);
    if (rows.empty()) return {};
    std::string names = "|";
    std::string rule = "|";
    for (std::size_t k = 0; k < headings().size(); ++k) {
        names += " " + headings()[k] + " |";
        rule += k < kTextColumns ? "---|" : "---:|";
    }
    std::string text = "\n## Beside published numbers: " + escapeMarkdown(preset.title) + "\n\n" + names +
                       "\n" + rule + "\n";
    for (const PublishedRow& row : rows) {
        text += "|";
        for (const std::string& cell : cellsOf(row, evaluation)) text += " " + escapeMarkdown(cell) + " |";
        text += "\n";
    }
    text += "\n- " + std::string(kConvention) + "\n";
    for (const std::string& sentence : remarks(inputs, preset, rows))
        text += "- " + escapeMarkdown(sentence) + "\n";
    return text;
}

std::string publishedSection(const AnalysisInputs& inputs, const Evaluation& evaluation,
                             const BenchmarkPreset& preset) {
    const auto rows = publishedRows(evaluation, preset);
    if (rows.empty()) return {};
    const auto cell = [](const std::optional<double>& fraction) {
        return fraction ? percentCell(*fraction) : textCell("-", " class=\"number\"");
    };
    std::vector<std::string> lines;
    lines.reserve(rows.size());
    for (const PublishedRow& row : rows) {
        lines.push_back(tableRow(textCell(detectorLabel(row.own.detector, row.own.p, evaluation.reactClip)) +
                                     textCell(scoreLabel(row.own.score)) + textCell(row.own.ood) +
                                     percentCell(row.own.metrics.fpr95) + cell(row.published.fpr95) +
                                     percentCell(row.own.metrics.auroc) + cell(row.published.auroc),
                                 row.own.ood == kAverage));
    }
    std::vector<std::string> notes{std::string(kConvention)};
    for (const std::string& sentence : remarks(inputs, preset, rows)) notes.push_back(sentence);
    return section("Beside published numbers: " + preset.title,
                   table(headings(), lines, "metrics") + list(notes));
}

std::string publishedCsv(const Evaluation& evaluation, const BenchmarkPreset& preset) {
    const auto number = [](const std::optional<double>& value) {
        return value ? exactDecimal(*value) : std::string();
    };
    std::string csv = "detector,score,p,ood,fpr95,published_fpr95,auroc,published_auroc,source\n";
    for (const PublishedRow& row : publishedRows(evaluation, preset)) {
        csv += row.own.detector + ',' + std::string(name(row.own.score)) + ',' + number(row.own.p) + ',' +
               csvField(row.own.ood) + ',' + exactDecimal(row.own.metrics.fpr95) + ',' +
               number(row.published.fpr95) + ',' + exactDecimal(row.own.metrics.auroc) + ',' +
               number(row.published.auroc) + ',' + csvField(row.published.source) + '\n';
    }
    return csv;
}

}  // namespace dicescope
