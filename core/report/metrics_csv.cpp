#include <algorithm>

#include "core/base/file.h"
#include "core/report/metrics_report.h"
#include "core/report/text.h"

namespace dicescope {
namespace {

Status writeSet(AtomicFile& file, const InputSet& set, const SetScores& scores,
                const AnalysisInputs& inputs) {
    std::string line;
    for (std::size_t i = 0; i < set.features->size(); ++i) {
        line = csvField(set.features->paths[i]) + ',' + csvField(set.name) + ',';
        const int label = set.labels.empty() ? -1 : set.labels[i];
        if (label >= 0) {
            const auto index = static_cast<std::size_t>(label);
            line += index < inputs.classes.size() ? csvField(inputs.classes[index]) : std::to_string(label);
        }
        const auto prediction = static_cast<std::size_t>(scores.prediction[i]);
        line += ',';
        line += prediction < inputs.classes.size() ? csvField(inputs.classes[prediction])
                                                   : std::to_string(scores.prediction[i]);
        line += ',' + exactDecimal(scores.denseEnergy[i]);
        for (const auto& level : scores.diceEnergy) line += ',' + exactDecimal(level[i]);
        line += '\n';
        if (auto written = file.write(line); !written) return written;
    }
    return {};
}

}  // namespace

std::string metricsCsv(const Evaluation& evaluation) {
    std::string csv =
        "detector,score,p,ood,n_id,n_ood,fpr95,fpr95_ood_positive,auroc,aupr_in,aupr_out,threshold,tpr\n";
    for (const MetricRow& row : evaluation.rows) {
        csv += row.detector + ',' + std::string(name(row.score)) + ',' + (row.p ? exactDecimal(*row.p) : "") +
               ',' + csvField(row.ood) + ',' + std::to_string(row.idCount) + ',' +
               std::to_string(row.oodCount);
        for (const double value :
             {row.metrics.fpr95, row.metrics.fpr95OodPositive, row.metrics.auroc, row.metrics.auprIn,
              row.metrics.auprOut, row.metrics.threshold, row.metrics.tpr}) {
            csv += ',' + exactDecimal(value);
        }
        csv += '\n';
    }
    return csv;
}

Status writeScoresCsv(const std::filesystem::path& path, const AnalysisInputs& inputs,
                      const Evaluation& evaluation) {
    auto file = AtomicFile::create(path);
    if (!file) return forwardError(file);
    std::string header = "path,set,label,prediction,energy_dense";
    for (const double p : evaluation.levels) {
        header += evaluation.levels.size() == 1 ? ",energy_dice" : ",energy_dice_p" + exactDecimal(p);
    }
    if (auto written = file->write(header + '\n'); !written) return written;
    if (auto written = writeSet(*file, inputs.id, evaluation.id, inputs); !written) return written;
    for (std::size_t s = 0; s < inputs.ood.size(); ++s) {
        if (auto written = writeSet(*file, inputs.ood[s], evaluation.ood[s], inputs); !written)
            return written;
    }
    return file->commit();
}

}  // namespace dicescope
