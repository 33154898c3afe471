#include <nlohmann/json.hpp>

#include "core/report/json_parts.h"
#include "core/report/metrics_report.h"

namespace dicescope {
namespace {

using Json = nlohmann::ordered_json;

Json rowJson(const MetricRow& row) {
    Json json;
    json["detector"] = row.detector;
    json["score"] = name(row.score);
    json["p"] = optionalNumber(row.p);
    json["ood"] = row.ood;
    json["n_id"] = row.idCount;
    json["n_ood"] = row.oodCount;
    json["fpr95"] = row.metrics.fpr95;
    json["fpr95_ood_positive"] = row.metrics.fpr95OodPositive;
    json["auroc"] = row.metrics.auroc;
    json["aupr_in"] = row.metrics.auprIn;
    json["aupr_out"] = row.metrics.auprOut;
    json["threshold"] = row.metrics.threshold;
    json["tpr"] = row.metrics.tpr;
    return json;
}

}  // namespace

std::string metricsJson(const AnalysisInputs& inputs, const Evaluation& evaluation) {
    Json json;
    json["schema"] = kMetricsSchema;
    addInputs(json, inputs);
    json["react_clip"] =
        evaluation.reactClip ? Json(static_cast<double>(*evaluation.reactClip)) : Json(nullptr);
    json["masks"] = Json::array();
    for (const MaskRow& mask : evaluation.masks) {
        json["masks"].push_back(
            {{"p", mask.p}, {"threshold", mask.threshold}, {"kept", mask.kept}, {"units", mask.units}});
    }
    json["accuracy"] = Json::array();
    for (const AccuracyRow& row : evaluation.accuracy) {
        json["accuracy"].push_back({{"detector", row.detector},
                                    {"p", optionalNumber(row.p)},
                                    {"labelled", row.labelled},
                                    {"accuracy", row.accuracy}});
    }
    json["rows"] = Json::array();
    for (const MetricRow& row : evaluation.rows) json["rows"].push_back(rowJson(row));
    return dumpJson(json);
}

}  // namespace dicescope
