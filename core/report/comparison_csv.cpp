#include "core/report/comparison_report.h"
#include "core/report/comparison_rows.h"
#include "core/report/text.h"

namespace dicescope {
namespace {

constexpr const char* kHeader =
    "detector,ood,n_id,n_ood,fpr95,fpr95_ood_positive,auroc,aupr_in,aupr_out,threshold,tpr,"
    "fpr95_low,fpr95_high,auroc_low,auroc_high,"
    "fpr95_difference,fpr95_difference_low,fpr95_difference_high,"
    "auroc_difference,auroc_difference_low,auroc_difference_high,"
    "rank_fpr95,rank_auroc,fit_seconds,score_seconds,error\n";

std::string bounds(const MetricIntervals* intervals) {
    if (intervals == nullptr) return ",,,,";
    std::string text;
    for (const Interval* interval : {&intervals->fpr95, &intervals->auroc}) {
        text += ',' + exactDecimal(interval->low) + ',' + exactDecimal(interval->high);
    }
    return text;
}

std::string differences(const MetricIntervals* difference) {
    if (difference == nullptr) return ",,,,,,";
    std::string text;
    for (const Interval* interval : {&difference->fpr95, &difference->auroc}) {
        for (const double value : {interval->estimate, interval->low, interval->high}) {
            text += ',' + exactDecimal(value);
        }
    }
    return text;
}

std::string line(const Comparison& comparison, const ComparedDetector& detector, const ComparisonRow& row) {
    std::string text = csvField(specText(detector.spec)) + ',' + csvField(row.ood) + ',' +
                       std::to_string(comparison.idCount) + ',' + std::to_string(row.oodCount);
    for (const double value :
         {row.metrics.fpr95, row.metrics.fpr95OodPositive, row.metrics.auroc, row.metrics.auprIn,
          row.metrics.auprOut, row.metrics.threshold, row.metrics.tpr}) {
        text += ',' + exactDecimal(value);
    }
    return text + bounds(row.intervals) + differences(row.difference) + ',' +
           std::to_string(detector.rankByFpr95) + ',' + std::to_string(detector.rankByAuroc) + ',' +
           exactDecimal(detector.fitSeconds) + ',' + exactDecimal(detector.scoreSeconds) + ",\n";
}

std::string errorLine(const Comparison& comparison, const ComparedDetector& detector) {
    constexpr std::size_t kEmptyFields = 20;
    return csvField(specText(detector.spec)) + ",," + std::to_string(comparison.idCount) +
           std::string(kEmptyFields, ',') + ',' + exactDecimal(detector.fitSeconds) + ',' +
           exactDecimal(detector.scoreSeconds) + ',' + csvField(detector.error->message) + '\n';
}

}  // namespace

std::string comparisonCsv(const Comparison& comparison) {
    std::string csv = kHeader;
    for (const ComparedDetector& detector : comparison.detectors) {
        if (detector.error) {
            csv += errorLine(comparison, detector);
            continue;
        }
        for (const ComparisonRow& row : comparisonRows(comparison, detector))
            csv += line(comparison, detector, row);
    }
    return csv;
}

}  // namespace dicescope
