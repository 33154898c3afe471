#include <nlohmann/json.hpp>
#include <span>

#include "core/report/json_parts.h"
#include "core/report/sweep_report.h"

namespace dicescope {
namespace {

using Json = nlohmann::ordered_json;

/// The values at the levels as an array, and that of the dense head, the last row, by itself.
void addColumn(Json& row, Json& dense, const char* key, std::span<const double> values, std::size_t levels) {
    row[key] = std::vector<double>(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(levels));
    dense[key] = values[levels];
}

Json rowJson(const LevelMetrics& metrics, const std::string& ood, const MetricColumns& columns,
             const std::vector<double>& gap, const MomentColumns* moments) {
    const std::size_t levels = metrics.levels.size();
    Json row{{"ood", ood}, {"score", name(metrics.score)}};
    Json dense = Json::object();
    addColumn(row, dense, "fpr95", columns.fpr95, levels);
    addColumn(row, dense, "fpr95_ood_positive", columns.fpr95OodPositive, levels);
    addColumn(row, dense, "auroc", columns.auroc, levels);
    addColumn(row, dense, "aupr_in", columns.auprIn, levels);
    addColumn(row, dense, "aupr_out", columns.auprOut, levels);
    addColumn(row, dense, "threshold", columns.threshold, levels);
    addColumn(row, dense, "tpr", columns.tpr, levels);
    addColumn(row, dense, "gap", gap, levels);
    if (moments != nullptr) {
        addColumn(row, dense, "mean", moments->mean, levels);
        addColumn(row, dense, "variance", moments->variance, levels);
    }
    row["dense"] = std::move(dense);
    return row;
}

Json intervalJson(const Interval& interval) {
    return {{"estimate", interval.estimate}, {"low", interval.low}, {"high", interval.high}};
}

Json intervalsJson(const MetricIntervals& sparse, const MetricIntervals& dense,
                   const MetricIntervals& difference) {
    const auto one = [](const Interval& a, const Interval& b, const Interval& c) {
        return Json{{"sparse", intervalJson(a)}, {"dense", intervalJson(b)}, {"difference", intervalJson(c)}};
    };
    return {{"fpr95", one(sparse.fpr95, dense.fpr95, difference.fpr95)},
            {"auroc", one(sparse.auroc, dense.auroc, difference.auroc)}};
}

Json bootstrapJson(const ScoreSweep& sweep, const SweepAnalysis& analysis) {
    Json json{{"score", name(sweep.score)}, {"p", analysis.levels[sweep.intervalLevel]}};
    json["ood"] = Json::array();
    const PairedIntervals& all = *sweep.intervals;
    for (std::size_t s = 0; s < all.difference.ood.size(); ++s) {
        Json entry = intervalsJson(all.first.ood[s], all.second.ood[s], all.difference.ood[s]);
        entry["name"] = sweep.reported->ood[s].name;
        json["ood"].push_back(std::move(entry));
    }
    Json average = intervalsJson(all.first.average, all.second.average, all.difference.average);
    average["name"] = "average";
    json["ood"].push_back(std::move(average));
    return json;
}

Json regretJson(const LevelRegret& regret) {
    return {{"ood", regret.ood},
            {"value", regret.chosen.value},
            {"best_p", regret.best.level},
            {"best_value", regret.best.value},
            {"regret", regret.regret}};
}

Json choiceJson(const ScoreSweep& sweep) {
    const LevelChoice& choice = *sweep.choice;
    Json json{{"score", name(choice.score)},  {"criterion", name(choice.criterion)},
              {"chosen_on", choice.chosenOn}, {"chosen_on_reported_set", choice.chosenOnReportedSet},
              {"p", choice.chosen.level},     {"value_there", choice.chosen.value}};
    json["reported"] = Json::array();
    for (const LevelRegret& regret : choice.sets) json["reported"].push_back(regretJson(regret));
    json["reported"].push_back(regretJson(choice.average));
    return json;
}

Json bestJson(const ScoreSweep& sweep, const LevelValue& best, LevelCriterion criterion) {
    return {{"score", name(sweep.score)},
            {"criterion", name(criterion)},
            {"p", best.level},
            {"value", best.value}};
}

}  // namespace

std::string sweepJson(const AnalysisInputs& inputs, const SweepAnalysis& analysis) {
    Json json;
    json["schema"] = kSweepSchema;
    addInputs(json, inputs);
    json["ranking"] = name(analysis.rule);
    json["react_clip"] = analysis.reactClip ? Json(static_cast<double>(*analysis.reactClip)) : Json(nullptr);
    json["levels"] = analysis.levels;
    json["kept"] = analysis.kept;
    json["ranking_thresholds"] = analysis.thresholds;
    for (const char* key : {"rows", "id", "best", "choice"}) json[key] = Json::array();
    Json bootstrap{
        {"resamples", analysis.resamples}, {"confidence", analysis.confidence}, {"intervals", Json::array()}};
    for (const ScoreSweep& sweep : analysis.scores) {
        const LevelMetrics& metrics = *sweep.reported;
        for (const OodLevels& ood : metrics.ood) {
            json["rows"].push_back(rowJson(metrics, ood.name, ood.metrics, ood.gap, &ood.moments));
        }
        json["rows"].push_back(rowJson(metrics, "average", metrics.average, metrics.averageGap, nullptr));
        Json id{{"score", name(sweep.score)}};
        Json dense = Json::object();
        addColumn(id, dense, "mean", metrics.idMoments.mean, metrics.levels.size());
        addColumn(id, dense, "variance", metrics.idMoments.variance, metrics.levels.size());
        id["dense"] = std::move(dense);
        json["id"].push_back(std::move(id));
        json["best"].push_back(bestJson(sweep, sweep.bestByFpr95, LevelCriterion::Fpr95));
        json["best"].push_back(bestJson(sweep, sweep.bestByAuroc, LevelCriterion::Auroc));
        if (sweep.choice) json["choice"].push_back(choiceJson(sweep));
        if (sweep.intervals) bootstrap["intervals"].push_back(bootstrapJson(sweep, analysis));
    }
    json["bootstrap"] = analysis.resamples > 0 ? std::move(bootstrap) : Json(nullptr);
    return dumpJson(json);
}

}  // namespace dicescope
