#include "core/report/export_results.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/file.h"
#include "core/features/npy.h"
#include "core/report/metrics_report.h"
#include "core/report/published_table.h"
#include "core/report/rule_evaluation.h"
#include "core/report/sweep_report.h"
#include "core/report/text.h"

namespace dicescope {
namespace {

constexpr std::array kParts{ExportPart::MetricsJson,     ExportPart::MetricsCsv, ExportPart::MetricsLatex,
                            ExportPart::MetricsMarkdown, ExportPart::ScoresCsv,  ExportPart::SweepJson,
                            ExportPart::SweepCsv,        ExportPart::ReportHtml, ExportPart::MaskedWeight,
                            ExportPart::MaskedModel,     ExportPart::SessionJson};

/// One export: what several parts need is computed once, when the first of them asks.
class Export {
  public:
    Export(const ExportRequest& request, const Job& job) : request_(request), job_(job) {}

    Result<ExportResult> run() {
        addNotes();
        // The report last: it says what the others found.
        std::vector<ExportPart> order(request_.parts.begin(), request_.parts.end());
        std::stable_partition(order.begin(), order.end(),
                              [](ExportPart part) { return part != ExportPart::ReportHtml; });
        for (std::size_t done = 0; done < order.size(); ++done) {
            if (job_.stopRequested()) return cancelled();
            const ExportPart part = order[done];
            job_.report({"Writing " + std::string(name(part)), done, order.size(), 0, -1});
            if (isLeftOut(part)) continue;
            if (auto status = write(part); !status) return named(part, status.error());
            result_.files.push_back(pathOf(part));
        }
        job_.report({"Export written", order.size(), order.size(), 0, -1});
        std::ranges::sort(result_.files, {},
                          [](const auto& path) { return *parseExportPart(path.filename().string()); });
        return std::move(result_);
    }

  private:
    [[nodiscard]] bool wants(ExportPart part) const { return request_.parts.contains(part); }
    [[nodiscard]] bool isDice() const { return request_.session.sweep.rule == RankingRule::Contribution; }
    [[nodiscard]] std::filesystem::path pathOf(ExportPart part) const { return request_.folder / name(part); }

    [[nodiscard]] bool isLeftOut(ExportPart part) const {
        return (part == ExportPart::ScoresCsv && !isDice()) ||
               (part == ExportPart::MaskedModel && !request_.inputs.model);
    }

    static tl::unexpected<Error> named(ExportPart part, const Error& error) {
        if (error.code == ErrorCode::Cancelled) return cancelled();
        return fail(error.code, std::string(name(part)) + " was not written: " + error.message);
    }

    void addNotes() {
        const Session& session = request_.session;
        auto& notes = result_.notes;
        if (wants(ExportPart::ScoresCsv) && !isDice()) {
            notes.push_back("scores.csv is left out: it holds DICE scores, and the weights are ranked by " +
                            std::string(name(session.sweep.rule)) + ".");
        }
        if (wants(ExportPart::MaskedModel) && !request_.inputs.model)
            notes.emplace_back("masked-model.pt is left out: the head came as .npy, without a model.");
        if (!session.p) {
            notes.push_back("The session stands at the dense head: metrics show it beside p=" +
                            exactDecimal(kDefaultLevel) +
                            ", and no weight is dropped in masked-weight.npy and "
                            "masked-model.pt.");
        }
        if (session.view.tprLevel != kDefaultTprLevel) {
            notes.push_back("The session looks at a TPR of " + levelPercent(session.view.tprLevel) +
                            " %; every number written is at 95 %, as the names say.");
        }
    }

    Status write(ExportPart part) {
        switch (part) {
            case ExportPart::MetricsJson:
            case ExportPart::MetricsCsv:
            case ExportPart::MetricsLatex:
            case ExportPart::MetricsMarkdown:
            case ExportPart::ScoresCsv:
                return writeMetrics(part);
            case ExportPart::SweepJson:
            case ExportPart::SweepCsv:
                return writeSweep(part);
            case ExportPart::ReportHtml:
                return writeReport();
            case ExportPart::MaskedWeight:
                return writeMaskedWeight();
            case ExportPart::MaskedModel:
                return writeMaskedModel();
            case ExportPart::SessionJson:
                return writeSession(pathOf(part), request_.session);
        }
        return fail(ErrorCode::Internal, "There is no such part.");
    }

    Status writeMetrics(ExportPart part) {
        if (auto status = needEvaluation(); !status) return status;
        const AnalysisInputs& inputs = request_.inputs;
        const ScoreKind score = request_.session.view.score;
        switch (part) {
            case ExportPart::MetricsJson:
                return writeFileAtomically(pathOf(part), metricsJson(inputs, *evaluation_));
            case ExportPart::MetricsCsv:
                return writeFileAtomically(pathOf(part), metricsCsv(*evaluation_));
            case ExportPart::MetricsLatex:
                return writeFileAtomically(pathOf(part), metricsLatex(inputs, *evaluation_, score));
            case ExportPart::MetricsMarkdown:
                return writeFileAtomically(pathOf(part),
                                           metricsMarkdown(inputs, *evaluation_, score) + publishedPart());
            default:
                return writeScoresCsv(pathOf(part), inputs, *evaluation_);
        }
    }

    [[nodiscard]] std::string publishedPart() const {
        const auto preset = findBenchmark(request_.session.benchmark);
        return preset ? publishedMarkdown(request_.inputs, *evaluation_, **preset) : "";
    }

    Status writeSweep(ExportPart part) {
        if (auto status = needSweep(); !status) return status;
        if (part == ExportPart::SweepCsv) return writeFileAtomically(pathOf(part), sweepCsv(*sweep_));
        return writeFileAtomically(pathOf(part), sweepJson(request_.inputs, *sweep_));
    }

    Status writeReport() {
        if (auto status = needEvaluation(); !status) return status;
        if (auto status = needSweep(); !status) return status;
        return writeFileAtomically(pathOf(ExportPart::ReportHtml),
                                   htmlReport({request_.inputs, request_.session, *evaluation_, &*sweep_,
                                               request_.plots, result_.notes}));
    }

    Status writeMaskedWeight() {
        if (auto status = needMask(); !status) return status;
        return writeNpy(pathOf(ExportPart::MaskedWeight), masked_->weight.view());
    }

    Status writeMaskedModel() {
        if (auto status = needMask(); !status) return status;
        const auto checked = exportMaskedModel(request_.inputs, request_.session, *masked_,
                                               pathOf(ExportPart::MaskedModel), job_);
        if (!checked) return forwardError(checked);
        result_.maskedModel = *checked;
        result_.notes.push_back(
            "masked-model.pt was loaded again: the energies of " + std::to_string(checked->images) +
            (checked->onRealImages ? " ID images" : " noise images") + " differ by at most " +
            exactDecimal(checked->largestDifference) + " from the program's.");
        return {};
    }

    /// Computes `value` where no part has done so before.
    template <class Value, class Compute>
    static Status need(std::optional<Value>& value, Compute compute) {
        if (value) return {};
        auto computed = compute();
        if (!computed) return forwardError(computed);
        value = std::move(*computed);
        return {};
    }
    Status needEvaluation() {
        return need(evaluation_, [&] { return evaluateSession(request_.inputs, request_.session, job_); });
    }
    Status needSweep() {
        return need(sweep_, [&] {
            return analyseSweep(request_.inputs, sweepAnalysisOptions(request_.session), job_);
        });
    }
    Status needMask() {
        return need(masked_, [&] { return maskedWeight(request_.inputs, request_.session, job_); });
    }

    const ExportRequest& request_;
    const Job& job_;
    std::optional<Evaluation> evaluation_;
    std::optional<SweepAnalysis> sweep_;
    std::optional<MaskedWeight> masked_;
    ExportResult result_;
};

}  // namespace

std::span<const ExportPart> allExportParts() {
    return kParts;
}

std::string_view name(ExportPart part) {
    switch (part) {
        case ExportPart::MetricsJson:
            return "metrics.json";
        case ExportPart::MetricsCsv:
            return "metrics.csv";
        case ExportPart::MetricsLatex:
            return "metrics.tex";
        case ExportPart::MetricsMarkdown:
            return "metrics.md";
        case ExportPart::ScoresCsv:
            return "scores.csv";
        case ExportPart::SweepJson:
            return "sweep.json";
        case ExportPart::SweepCsv:
            return "sweep.csv";
        case ExportPart::ReportHtml:
            return "report.html";
        case ExportPart::MaskedWeight:
            return "masked-weight.npy";
        case ExportPart::MaskedModel:
            return "masked-model.pt";
        case ExportPart::SessionJson:
            return "session.json";
    }
    return "";
}

Result<ExportPart> parseExportPart(std::string_view text) {
    std::string known;
    for (const ExportPart part : kParts) {
        if (name(part) == text) return part;
        known += (known.empty() ? "" : ", ") + std::string(name(part));
    }
    return fail(ErrorCode::InvalidArgument,
                "'" + std::string(text) + "' is not a part of an export; there are " + known + ".");
}

Result<ExportResult> exportResults(const ExportRequest& request, const Job& job) {
    if (request.parts.empty()) {
        return fail(ErrorCode::InvalidArgument, "Nothing was chosen to export; choose at least one file.");
    }
    if (auto status = ensureWritableFolder(request.folder); !status) return forwardError(status);
    return Export(request, job).run();
}

}  // namespace dicescope
