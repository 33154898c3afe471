#include "core/report/image_list_csv.h"

#include <algorithm>
#include <string>

#include "core/base/file.h"
#include "core/metrics/score_kind.h"
#include "core/report/text.h"

namespace dicescope {
namespace {

constexpr std::size_t kRecordsAtOnce = 4096;

/// The score by which images are ranked, for Msp its logarithm.
std::string scoreName(ScoreKind kind) {
    return kind == ScoreKind::Msp ? "log_msp" : std::string(name(kind));
}

/// The masked head's name among the detectors of metrics.csv.
std::string maskedName(const ExplorationSweep& sweep) {
    const std::string rule = sweep.rule == RankingRule::Contribution ? "dice" : std::string(name(sweep.rule));
    return sweep.reactClip ? rule + "+react" : rule;
}

class Lines {
  public:
    explicit Lines(const ImageListReport& report)
        : report_(report), level_(report.inspection.level(report.row)) {}

    [[nodiscard]] std::string header() const {
        const ExplorationSweep& sweep = report_.inspection.exploration->sweep;
        const std::string score = scoreName(report_.inspection.exploration->view.score) + '_';
        const std::string dense = sweep.reactClip ? "react" : "dense";
        std::string line = "path,set,label,prediction,correct,p," + score + dense + ",accepted_" + dense;
        if (level_) {
            const std::string masked = maskedName(sweep);
            line += ',' + score + masked + ",accepted_" + masked + ",margin_change";
        }
        if (report_.other) line += ",disagreement_" + std::string(name(*report_.other));
        return line + '\n';
    }

    void append(std::uint32_t index, std::string& text) const {
        const ImageRecord& record = report_.table.records()[index];
        const InspectedSet& set = report_.inspection.sets[record.set];
        text += csvField(set.set->features->paths[record.row]) + ',' + csvField(set.set->name) + ',' +
                className(record.label) + ',' + className(record.predicted) + ',';
        if (record.label >= 0) text += record.label == record.predicted ? '1' : '0';
        text += ',';
        if (level_) text += exactDecimal(report_.inspection.plan.levels[*level_]);
        text += ',' + exactDecimal(record.dense) + (record.acceptedDense ? ",1" : ",0");
        if (level_) {
            text += ',' + exactDecimal(record.atLevel) + (record.acceptedAtLevel ? ",1," : ",0,") +
                    exactDecimal(report_.table.marginChange(record));
        }
        if (report_.other) {
            text += ',';
            if (index < report_.disagreement.size()) text += exactDecimal(report_.disagreement[index]);
        }
        text += '\n';
    }

  private:
    [[nodiscard]] std::string className(std::int32_t c) const {
        if (c < 0) return "";
        const std::vector<std::string>& classes = report_.inspection.inputs->classes;
        const auto index = static_cast<std::size_t>(c);
        return index < classes.size() ? csvField(classes[index]) : std::to_string(c);
    }

    const ImageListReport& report_;
    std::optional<std::size_t> level_;
};

Status checkRecords(const ImageListReport& report) {
    const std::size_t count = report.table.records().size();
    if (std::ranges::all_of(report.records, [count](std::uint32_t index) { return index < count; }))
        return {};
    return fail(ErrorCode::InvalidArgument,
                "The list names images that the analysis does not have; show the list anew.");
}

}  // namespace

Status writeImageListCsv(const std::filesystem::path& path, const ImageListReport& report, const Job& job) {
    if (auto status = checkRecords(report); !status) return status;
    auto file = AtomicFile::create(path);
    if (!file) return forwardError(file);
    const Lines lines(report);
    std::string text = lines.header();
    for (std::size_t first = 0; first < report.records.size(); first += kRecordsAtOnce) {
        if (job.stopRequested()) return cancelled();
        job.report({"Writing the list of images", first, report.records.size(), 0, -1});
        const std::size_t count = std::min(kRecordsAtOnce, report.records.size() - first);
        for (const std::uint32_t index : report.records.subspan(first, count)) lines.append(index, text);
        if (auto status = file->write(text); !status) return status;
        text.clear();
    }
    if (auto status = file->write(text); !status) return status;
    return file->commit();
}

}  // namespace dicescope
