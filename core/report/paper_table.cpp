#include "core/report/paper_table.h"

#include <algorithm>

#include "core/report/text.h"

namespace dicescope {

PaperTable paperTable(const Evaluation& evaluation, ScoreKind score) {
    PaperTable table;
    table.clip = evaluation.reactClip;
    for (const MetricRow& row : evaluation.rows) {
        if (row.score != score) continue;
        const bool isOther =
            table.rows.empty() || table.rows.back().detector != row.detector || table.rows.back().p != row.p;
        if (isOther) table.rows.push_back({row.detector, row.p, {}});
        if (table.rows.size() == 1) table.sets.push_back(row.ood);
        table.rows.back().metrics.push_back(row.metrics);
        table.idImages = row.idCount;
        table.oodImages = std::max(table.oodImages, row.oodCount);
    }
    return table;
}

std::string detectorLabel(const std::string& detector, std::optional<double> p, std::optional<float> clip) {
    constexpr std::string_view kReact = "react";
    std::string label = detector;
    if (detector == "dense") label = "Dense";
    if (detector == "dice") label = "DICE";
    if (detector == kReact) label = "ReAct";
    const bool isClipped = detector.ends_with(kReact);
    if (isClipped && detector != kReact) {
        const std::string masked = detector.substr(0, detector.size() - kReact.size() - 1);
        label = (masked == "dice" ? "DICE" : masked) + "+ReAct";
    }
    std::string settings;
    if (p) settings = "p=" + exactDecimal(*p);
    if (isClipped && clip) settings += (settings.empty() ? "c=" : ", c=") + exactDecimal(*clip);
    return settings.empty() ? label : label + " (" + settings + ")";
}

std::string scoreLabel(ScoreKind score) {
    switch (score) {
        case ScoreKind::Energy:
            return "energy";
        case ScoreKind::Msp:
            return "MSP";
        case ScoreKind::MaxLogit:
            return "MaxLogit";
    }
    return "";
}

std::vector<std::string> conventions(const PaperTable& table, ScoreKind score) {
    const std::size_t sets = table.sets.empty() ? 0 : table.sets.size() - 1;
    return {"Score: " + scoreLabel(score) +
                " of the logits, higher means in-distribution (ID); values in percent.",
            "FPR95: ID is positive; share of OOD images accepted when at least 95 % of the ID images are.",
            "AUROC: probability that an ID image scores above an OOD image, ties count one half.",
            "p: percent of the head's weights dropped. Average: unweighted over " + std::to_string(sets) +
                " OOD sets.",
            std::to_string(table.idImages) + " ID and " + std::to_string(table.oodImages) + " OOD images."};
}

}  // namespace dicescope
