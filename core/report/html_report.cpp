#include "core/report/html_report.h"

#include <utility>

#include "core/report/html_parts.h"
#include "core/report/html_sections.h"
#include "core/report/markup.h"
#include "core/report/paper_table.h"
#include "core/report/published_table.h"
#include "core/report/text.h"

namespace dicescope {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;  // both plain text

std::string factsTable(const Facts& facts) {
    std::vector<std::string> rows;
    for (const auto& [key, value] : facts) rows.push_back(tableRow(textCell(key) + textCell(value)));
    return table({}, rows, "facts");
}

std::string modelName(const AnalysisInputs& inputs) {
    return inputs.model ? inputs.model->path.filename().string() : "a head given as .npy";
}

std::string sizeText(const AnalysisInputs& inputs) {
    return std::to_string(inputs.head.classes()) + " classes, " + std::to_string(inputs.head.features()) +
           " features";
}

std::string modelSection(const AnalysisInputs& inputs) {
    Facts facts;
    if (inputs.model) {
        const ClassifierInfo& model = *inputs.model;
        facts = {{"File", model.path.string()},
                 {"SHA-256", model.sha256},
                 {"Made by", model.producer},
                 {"Head", model.head.name + ", " + sizeText(inputs) +
                              (model.head.isConvolution ? " (1x1 convolution)" : "") +
                              (model.hasBias ? "" : ", without bias")},
                 {"Parameters", std::to_string(model.parameters)},
                 {"Largest |W h + b - output| at load", exactDecimal(model.probeDifference)},
                 {"Computed on", model.device}};
    } else {
        facts = {{"Head", sizeText(inputs) + ", given as .npy"}};
    }
    facts.emplace_back("Mean feature from", inputs.featureMeanSource);
    if (inputs.preprocess) {
        facts.emplace_back("Preprocessing", inputs.preprocess->name);
        facts.emplace_back("in full", toJson(*inputs.preprocess));
    }
    return section("Model", factsTable(facts));
}

std::string settingsSection(const HtmlReport& report) {
    const Session& session = report.session;
    Facts facts{{"Weights ranked by", std::string(name(session.sweep.rule)) +
                                          (session.sweep.rule == RankingRule::Contribution ? " (DICE)" : "")},
                {"Level p, percent of weights dropped",
                 session.p ? exactDecimal(*session.p) : "none: the dense head"},
                {"ReAct clip c", session.sweep.reactClip ? exactDecimal(*session.sweep.reactClip) : "none"},
                {"Score", scoreLabel(session.view.score)},
                {"TPR level of the session's view", levelPercent(session.view.tprLevel) + " %"},
                {"TPR level of the numbers here", "95 %"},
                {"Levels of the sweep", std::to_string(session.sweep.levels.size())},
                {"Seed", std::to_string(session.sweep.seed)}};
    for (const MaskRow& mask : report.evaluation.masks) {
        facts.emplace_back("Mask at p=" + exactDecimal(mask.p),
                           std::to_string(mask.kept) + " weights in " + std::to_string(mask.units) +
                               " units kept, those ranked above " + exactDecimal(mask.threshold));
    }
    return section("Settings", factsTable(facts));
}

std::vector<const InputSet*> allSets(const AnalysisInputs& inputs) {
    std::vector<const InputSet*> sets;
    if (inputs.idTrain) sets.push_back(&*inputs.idTrain);
    sets.push_back(&inputs.id);
    for (const InputSet& set : inputs.ood) sets.push_back(&set);
    for (const InputSet& set : inputs.validation) sets.push_back(&set);
    return sets;
}

std::string setsSection(const AnalysisInputs& inputs) {
    std::vector<std::string> rows;
    std::string skipped;
    for (const InputSet* set : allSets(inputs)) {
        const auto& files = set->features->skipped;
        rows.push_back(tableRow(textCell(set->name) + textCell(name(set->role)) +
                                textCell(std::to_string(set->features->size()), " class=\"number\"") +
                                textCell(std::to_string(files.size()), " class=\"number\"") +
                                textCell(set->source.string())));
        if (files.empty()) continue;
        std::vector<std::string> lines;
        lines.reserve(files.size());
        for (const SkippedFile& file : files) lines.push_back(file.path + ": " + file.reason);
        const std::string summary = escapeHtml(set->name) + ": " + std::to_string(files.size()) +
                                    (files.size() == 1 ? " file skipped" : " files skipped");
        skipped += element("details", element("summary", summary) + "\n" + list(lines)) + "\n";
    }
    return section("Images", table({"Set", "Role", "Images", "Skipped", "Source"}, rows, "sets") + skipped);
}

std::string benchmarkSection(const HtmlReport& report) {
    const auto preset = findBenchmark(report.session.benchmark);
    return preset ? publishedSection(report.inputs, report.evaluation, **preset) : "";
}

std::string plotsSection(const std::vector<ReportPlot>& plots) {
    if (plots.empty()) return "";
    std::string text;
    for (const ReportPlot& plot : plots) {
        const std::string title = escapeHtml(plot.title);
        text += element("figure", "<img alt=\"" + title + "\" src=\"" + svgAddress(plot.svg) + "\" />" +
                                      element("figcaption", title)) +
                "\n";
    }
    return section("Plots", text);
}

std::string conventionsSection() {
    return section(
        "What the numbers mean",
        list({"A score is one number an image; higher means more in-distribution (ID).",
              ("Threshold: the largest ID score such that at least 95 % of the ID scores are at or above it; "
               "TPR: the share of ID scores that are."),
              "FPR95: ID is positive; share of OOD scores at or above the threshold, as in the paper.",
              ("FPR95 (OOD positive): share of ID rejected when at least 95 % of OOD is caught, as OpenOOD "
               "and "
               "pytorch-ood take it: a different number, not another estimate of the same."),
              ("AUROC: probability that an ID image scores above an OOD image, ties count one half. AUPR-in "
               "and "
               "AUPR-out: average precision with ID and with OOD as positive."),
              ("p: percent of the head's weights dropped; kept are those ranked strictly above the "
               "percentile. "
               "Dense: the head without a mask; p=0 drops one weight."),
              "ReAct: features are min(h, c) when scored; the mean feature is taken without the clip.",
              "Averages over OOD sets are unweighted."}));
}

std::string versionsSection(const AnalysisInputs& inputs) {
    Facts facts{{"Program", "DiceScope " DICESCOPE_VERSION}};
    if (inputs.model) facts.emplace_back("LibTorch", inputs.model->libtorch);
    return section("Versions", factsTable(facts));
}

std::string notesSection(const HtmlReport& report) {
    std::vector<std::string> notes = report.inputs.notes;
    notes.insert(notes.end(), report.notes.begin(), report.notes.end());
    return notes.empty() ? "" : section("Notes", list(notes));
}

}  // namespace

std::string htmlReport(const HtmlReport& report) {
    const std::string title = escapeHtml("Out-of-distribution detection with " + modelName(report.inputs));
    const std::string head =
        "\n<meta charset=\"utf-8\" />\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
        "'unsafe-inline'\" />\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n" +
        element("title", title) + "\n" + element("style", reportStyle()) + "\n";
    const std::string body = "\n" + element("h1", title) + "\n" +
                             element("p", "DiceScope " DICESCOPE_VERSION, " class=\"sub\"") + "\n" +
                             metricsSection(report) + benchmarkSection(report) + sweepSection(report) +
                             plotsSection(report.plots) + settingsSection(report) +
                             setsSection(report.inputs) + modelSection(report.inputs) + conventionsSection() +
                             notesSection(report) + versionsSection(report.inputs);
    return "<!DOCTYPE html>\n" +
           element("html", "\n" + element("head", head) + "\n" + element("body", body) + "\n",
                   " lang=\"en\"") +
           "\n";
}

}  // namespace dicescope
