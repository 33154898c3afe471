#include <nlohmann/json.hpp>

#include "core/report/comparison_report.h"
#include "core/report/comparison_rows.h"
#include "core/report/json_parts.h"
#include "core/report/published_comparison.h"

namespace dicescope {
namespace {

using Json = nlohmann::ordered_json;

Json intervalJson(const Interval& interval) {
    return {{"estimate", interval.estimate}, {"low", interval.low}, {"high", interval.high}};
}

Json intervalsJson(const MetricIntervals* intervals) {
    if (intervals == nullptr) return nullptr;
    return {{"fpr95", intervalJson(intervals->fpr95)}, {"auroc", intervalJson(intervals->auroc)}};
}

Json differenceJson(const MetricIntervals* difference) {
    if (difference == nullptr) return nullptr;
    Json json = intervalsJson(difference);
    json["fpr95"]["excludes_zero"] = excludesZero(difference->fpr95);
    json["auroc"]["excludes_zero"] = excludesZero(difference->auroc);
    return json;
}

Json rowJson(const ComparisonRow& row) {
    return {{"ood", row.ood},
            {"n_ood", row.oodCount},
            {"fpr95", row.metrics.fpr95},
            {"fpr95_ood_positive", row.metrics.fpr95OodPositive},
            {"auroc", row.metrics.auroc},
            {"aupr_in", row.metrics.auprIn},
            {"aupr_out", row.metrics.auprOut},
            {"threshold", row.metrics.threshold},
            {"tpr", row.metrics.tpr},
            {"intervals", intervalsJson(row.intervals)},
            {"difference", differenceJson(row.difference)}};
}

Json parametersJson(const DetectorSpec& spec, const DetectorInfo& info) {
    Json json = Json::object();
    for (const DetectorParameter& parameter : info.parameters) {
        const double value = parameterValue(spec, parameter.name);
        if (parameter.choices.empty()) {
            json[parameter.name] = value;
        } else {
            json[parameter.name] = parameterText(parameter, value);
        }
    }
    return json;
}

Json detectorJson(const Comparison& comparison, const ComparedDetector& detector) {
    const DetectorInfo& info = *findDetector(detector.spec.id);
    Json json{{"detector", specText(detector.spec)},
              {"id", info.id},
              {"label", detector.label},
              {"parameters", parametersJson(detector.spec, info)},
              {"citation",
               {{"authors", info.citation.authors},
                {"title", info.citation.title},
                {"venue", info.citation.venue},
                {"arxiv", info.citation.arxiv}}},
              {"error", detector.error ? Json(detector.error->message) : Json(nullptr)}};
    json["rank_fpr95"] = detector.error ? Json(nullptr) : Json(detector.rankByFpr95);
    json["rank_auroc"] = detector.error ? Json(nullptr) : Json(detector.rankByAuroc);
    json["fit_seconds"] = detector.fitSeconds;
    json["score_seconds"] = detector.scoreSeconds;
    json["rows"] = Json::array();
    if (detector.error) return json;
    for (const ComparisonRow& row : comparisonRows(comparison, detector))
        json["rows"].push_back(rowJson(row));
    return json;
}

Json publishedJson(const std::vector<PublishedDetector>& rows) {
    const auto number = [](const std::optional<double>& value) {
        return value ? Json(*value) : Json(nullptr);
    };
    Json json = Json::array();
    for (const PublishedDetector& row : rows) {
        json.push_back({{"detector", specText(row.spec)},
                        {"ood", row.ood},
                        {"fpr95", row.metrics.fpr95},
                        {"published_fpr95", number(row.published.fpr95)},
                        {"auroc", row.metrics.auroc},
                        {"published_auroc", number(row.published.auroc)},
                        {"source", row.published.source}});
    }
    return json;
}

}  // namespace

std::string comparisonJson(const AnalysisInputs& inputs, const Comparison& comparison,
                           const BenchmarkPreset* benchmark) {
    Json json;
    json["schema"] = kComparisonSchema;
    addInputs(json, inputs);
    if (comparison.partial) json["partial"] = true;
    json["tpr_level"] = comparison.tprLevel;
    json["n_id"] = comparison.idCount;
    json["bootstrap"] = {
        {"resamples", comparison.bootstrap}, {"confidence", 0.95}, {"seed", comparison.seed}};
    json["baseline"] =
        comparison.baseline ? Json(specText(comparison.detectors[*comparison.baseline].spec)) : Json(nullptr);
    json["near"] = comparison.nearSets;
    json["far"] = comparison.farSets;
    json["detectors"] = Json::array();
    for (const ComparedDetector& detector : comparison.detectors) {
        json["detectors"].push_back(detectorJson(comparison, detector));
    }
    if (benchmark != nullptr) {
        const auto rows = publishedRows(comparison, *benchmark);
        if (!rows.empty()) json["published"] = publishedJson(rows);
    }
    return dumpJson(json);
}

}  // namespace dicescope
