#include "core/report/export_results.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <cmath>

#include "core/features/npy.h"
#include "core/report/metrics_report.h"
#include "core/report/rule_evaluation.h"
#include "core/report/sweep_report.h"
#include "core/sparsity/levels.h"
#include "core/sparsity/ranking.h"
#include "tests/support/tiny_case.h"

using namespace dicescope;

namespace {

namespace fs = std::filesystem;

QByteArray bytesOf(const fs::path& path) {
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::set<ExportPart> all() {
    return {allExportParts().begin(), allExportParts().end()};
}

}  // namespace

/// Exports of the tiny model on images on disk.
class TestExportResults : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        tiny::writeImages(root() / "train", 24, 1, {"a", "b", "c", "d"});
        tiny::writeImages(root() / "id", 40, 200, {"a", "b", "c", "d"});
        tiny::writeImages(root() / "ood", 9, 9000);
        session_ = defaultSession();
        InputsConfig& inputs = session_.inputs;
        inputs.preprocess = tiny::writePreprocess(root());
        inputs.model = root() / "tiny.pt";
        fs::copy_file(tiny::model(), inputs.model);
        inputs.idTrain = root() / "train";
        inputs.id = root() / "id";
        inputs.ood = {{"far", root() / "ood"}};
        inputs.extraction.device = "cpu";
        inputs.extraction.useCache = false;
        inputs.extraction.scratch = root() / "scratch";
        session_.sweep.levels = {0, 50, 90};
        session_.sweep.reactClip = 0.5F;
        session_.bootstrap = 10;
        session_.p = 62.5;
        auto loaded = loadInputs(inputs);
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        inputs_ = std::move(*loaded);
    }

    void partsHaveTheNamesOfTheirFiles() {
        for (const ExportPart part : allExportParts()) QCOMPARE(*parseExportPart(name(part)), part);
        QCOMPARE(parseExportPart("metrics").error().code, ErrorCode::InvalidArgument);
        QVERIFY(parseExportPart("x").error().message.find("masked-model.pt") != std::string::npos);
    }

    void everyPartIsWrittenByTheSharedFunctions() {
        const auto result = exportResults({inputs_, session_, {{"plot", "<svg/>"}}, all(), out()}, {});
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result->files.size(), allExportParts().size());
        for (std::size_t i = 0; i < result->files.size(); ++i) {
            QCOMPARE(result->files[i], out() / name(allExportParts()[i]));
            QVERIFY(!bytesOf(result->files[i]).isEmpty());
        }
        const auto evaluation = evaluate(inputs_, {{62.5}, 0.5F, 0});
        QVERIFY(evaluation);
        QCOMPARE(bytesOf(out() / "metrics.json").toStdString(), metricsJson(inputs_, *evaluation));
        QCOMPARE(bytesOf(out() / "metrics.csv").toStdString(), metricsCsv(*evaluation));
        QCOMPARE(bytesOf(out() / "metrics.tex").toStdString(), metricsLatex(inputs_, *evaluation));
        QCOMPARE(bytesOf(out() / "metrics.md").toStdString(), metricsMarkdown(inputs_, *evaluation));
        QVERIFY(writeScoresCsv(root() / "scores.csv", inputs_, *evaluation));
        QCOMPARE(bytesOf(out() / "scores.csv"), bytesOf(root() / "scores.csv"));
        const auto sweep = analyseSweep(inputs_, sweepAnalysisOptions(session_));
        QVERIFY(sweep);
        QCOMPARE(bytesOf(out() / "sweep.json").toStdString(), sweepJson(inputs_, *sweep));
        QCOMPARE(bytesOf(out() / "sweep.csv").toStdString(), sweepCsv(*sweep));
        const auto session = readSession(out() / "session.json");
        QVERIFY(session);
        QCOMPARE(session->inputs.id, session_.inputs.id);
        const QByteArray report = bytesOf(out() / "report.html");
        QVERIFY(report.contains("<figcaption>plot</figcaption>") && report.contains("was loaded again"));
    }

    void theMaskedModelScoresAsDefined() {
        const auto result = exportResults(
            {inputs_, session_, {}, {ExportPart::MaskedModel, ExportPart::MaskedWeight}, out()}, {});
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QVERIFY(result->maskedModel && result->maskedModel->onRealImages);
        QCOMPARE(result->maskedModel->images, std::size_t{24});
        QVERIFY(result->maskedModel->largestDifference < 1e-5);

        // The mask by its definition, and the logits of an image by plain loops.
        const auto written = readNpy(out() / "masked-weight.npy");
        QVERIFY(written && written->wasFloat32);
        const tiny::Weights weights = tiny::weights();
        std::vector<double> contribution;
        for (std::size_t i = 0; i < weights.fcWeight.size(); ++i)
            contribution.push_back(weights.fcWeight[i] * inputs_.featureMean[i % tiny::kFeatures]);
        std::vector<double> sorted = contribution;
        std::ranges::sort(sorted);
        const double place = 0.625 * static_cast<double>(sorted.size() - 1);
        const auto below = static_cast<std::size_t>(place);
        const double threshold =
            sorted[below] + (place - std::floor(place)) * (sorted[below + 1] - sorted[below]);
        tiny::Weights masked = weights;
        for (std::size_t i = 0; i < contribution.size(); ++i) {
            if (contribution[i] <= threshold) masked.fcWeight[i] = 0;
            QVERIFY(std::abs(written->values[i] - masked.fcWeight[i]) < 1e-6);
        }
        auto h = tiny::features(weights, tiny::pixels(200));
        for (double& value : h) value = std::min(value, 0.5);
        const auto expected = tiny::logits(masked, h);

        ClassifierOptions options;
        options.device = "cpu";
        options.height = options.width = tiny::kSide;
        const auto model = Classifier::load(out() / "masked-model.pt", options);
        QVERIFY(model);
        const auto preprocess = loadPreprocess(session_.inputs.preprocess);
        QVERIFY(preprocess);
        std::vector<float> tables;
        for (int channel = 0; channel < 3; ++channel) {
            for (const float value : normalisationTable(*preprocess, channel)) tables.push_back(value);
        }
        Matrix<float> features(1, tiny::kFeatures);
        Matrix<float> logits(1, tiny::kClasses);
        QVERIFY(model->forward(tiny::pixels(200), 1, tables, {features.view(), logits.view()}, 1));
        for (std::size_t c = 0; c < expected.size(); ++c)
            QVERIFY(std::abs(logits(0, c) - expected[c]) < 1e-5);
    }

    void theDenseHeadKeepsEveryWeight() {
        Session session = session_;
        session.p.reset();
        session.sweep.reactClip.reset();
        const auto result =
            exportResults({inputs_,
                           session,
                           {},
                           {ExportPart::MaskedWeight, ExportPart::MetricsCsv, ExportPart::MaskedModel},
                           out()},
                          {});
        QVERIFY(result);
        QVERIFY(result->notes.front().find("dense head") != std::string::npos);
        const auto weight = readNpy(out() / "masked-weight.npy");
        QVERIFY(std::ranges::equal(weight->values, inputs_.head.weight.view().flat(),
                                   [](double a, float b) { return a == static_cast<double>(b); }));
        QVERIFY(bytesOf(out() / "metrics.csv").contains("\ndice,energy,90,far,"));
    }

    void anotherRuleIsNamed() {
        Session session = session_;
        session.sweep.rule = RankingRule::AbsoluteWeight;
        const auto result = exportResults({inputs_, session, {}, all(), root() / "rule"}, {});
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(result->files.size(), allExportParts().size() - 1);
        QVERIFY(!QFile::exists(QString::fromStdString((root() / "rule/scores.csv").string())));
        QVERIFY(result->notes.front().find("scores.csv") != std::string::npos);
        const QByteArray csv = bytesOf(root() / "rule/metrics.csv");
        QVERIFY(csv.contains("\nabs-weight,energy,62.5,far,") && csv.contains("\nabs-weight+react,"));
        QVERIFY(!csv.contains("dice"));
        QVERIFY(bytesOf(root() / "rule/report.html").contains("abs-weight+ReAct (p=62.5, c=0.5)"));

        // The rows are those of a sweep over this one level.
        session.sweep.rule = RankingRule::AbsoluteContribution;
        const auto byRule = evaluateSession(inputs_, session, {});
        QVERIFY(byRule);
        SweepAnalysisOptions options = sweepAnalysisOptions(session);
        options.levels = {62.5};
        options.bootstrap = 0;
        const auto sweep = analyseSweep(inputs_, options);
        QVERIFY(sweep);
        std::size_t compared = 0;
        for (const MetricRow& row : byRule->rows) {
            if (row.detector != "abs-contribution+react" || row.score != ScoreKind::Msp || row.ood != "far")
                continue;
            QVERIFY(row.metrics == sweep->scores[1].reported->ood[0].metrics.at(0));
            ++compared;
        }
        QCOMPARE(compared, std::size_t{1});
        QCOMPARE(byRule->rows.size(), std::size_t{4 * 3 * 2});
        QCOMPARE(byRule->masks.front().kept, sweep->kept.front());
    }

    void denseRowsDoNotDependOnTheRule() {
        Session session = session_;
        const auto dice = evaluateSession(inputs_, session, {});
        session.sweep.rule = RankingRule::RandomUnit;
        const auto random = evaluateSession(inputs_, session, {});
        QVERIFY(dice && random);
        for (std::size_t i = 0; i < 6; ++i) {
            QCOMPARE(random->rows[i].detector, std::string("dense"));
            QCOMPARE(random->rows[i].score, dice->rows[i].score);
            QVERIFY(std::abs(random->rows[i].metrics.auroc - dice->rows[i].metrics.auroc) < 1e-9);
        }
    }

    void anotherTprLevelIsSaid() {
        Session session = session_;
        session.view.tprLevel = 0.8;
        const auto result = exportResults({inputs_, session, {}, {ExportPart::MetricsCsv}, out()}, {});
        QVERIFY(result);
        QVERIFY(result->notes.front().find("80 %") != std::string::npos);
    }

    void aHeadWithoutAModelLeavesTheModelOut() {
        AnalysisInputs inputs = inputs_;
        inputs.model.reset();
        const auto result = exportResults({inputs, session_, {}, all(), root() / "headless"}, {});
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QVERIFY(!result->maskedModel);
        QCOMPARE(result->files.size(), allExportParts().size() - 1);
        QVERIFY(!QFile::exists(QString::fromStdString((root() / "headless/masked-model.pt").string())));
    }

    void noiseServesWhereTheImagesAreGone() {
        AnalysisInputs inputs = inputs_;
        inputs.id.source = root() / "gone.safetensors";
        auto features = std::make_shared<FeatureSet>(*inputs.id.features);
        features->provenance.folder = (root() / "gone").string();
        inputs.id.features = features;
        const auto result = exportResults({inputs, session_, {}, {ExportPart::MaskedModel}, out()}, {});
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QVERIFY(!result->maskedModel->onRealImages);
        QVERIFY(result->maskedModel->images > 0);
        QVERIFY(result->maskedModel->largestDifference < 1e-4);
    }

    void aModelWithOtherScoresDoesNotStay() {
        AnalysisInputs inputs = inputs_;
        auto features = std::make_shared<FeatureSet>(*inputs.id.features);
        auto values = std::make_shared<std::vector<float>>(features->features.flat().begin(),
                                                           features->features.flat().end());
        for (float& value : *values) value += 0.3F;
        features->features.data = values->data();
        features->storage = values;
        inputs.id.features = features;
        const auto result =
            exportResults({inputs, session_, {}, {ExportPart::MaskedModel}, root() / "other"}, {});
        QCOMPARE(result.error().code, ErrorCode::Internal);
        QVERIFY(result.error().message.starts_with("masked-model.pt"));
        QVERIFY(QDir(QString::fromStdString((root() / "other").string())).isEmpty());
    }

    void aModelThatChangedIsRefused() {
        AnalysisInputs inputs = inputs_;
        inputs.model->sha256[0] = inputs.model->sha256[0] == '0' ? '1' : '0';
        const auto result = exportResults({inputs, session_, {}, {ExportPart::MaskedModel}, out()}, {});
        QCOMPARE(result.error().code, ErrorCode::Mismatch);
    }

    void aFailedPartNamesItsFile() {
        fs::create_directories(root() / "blocked" / "metrics.csv" / "x");
        const auto result = exportResults(
            {inputs_, session_, {}, {ExportPart::MetricsJson, ExportPart::MetricsCsv}, root() / "blocked"},
            {});
        QCOMPARE(result.error().code, ErrorCode::WriteFailed);
        QVERIFY2(result.error().message.starts_with("metrics.csv"), result.error().message.c_str());
        QVERIFY(!bytesOf(root() / "blocked" / "metrics.json").isEmpty());
        QCOMPARE(exportResults({inputs_, session_, {}, {}, out()}, {}).error().code,
                 ErrorCode::InvalidArgument);
    }

    void aStopIsObeyedAndLeavesWholeFiles() {
        std::stop_source stop;
        Job job{stop.get_token(), [&](const Progress& progress) {
                    if (progress.stage == "Writing metrics.csv") stop.request_stop();
                }};
        const auto result = exportResults({inputs_, session_, {}, all(), root() / "stopped"}, job);
        QCOMPARE(result.error().code, ErrorCode::Cancelled);
        const QStringList files = QDir(QString::fromStdString((root() / "stopped").string()))
                                      .entryList(QDir::Files | QDir::Hidden, QDir::Name);
        QCOMPARE(files, (QStringList{"metrics.csv", "metrics.json"}));
    }

  private:
    [[nodiscard]] fs::path root() const { return temporary_.path().toStdString(); }
    [[nodiscard]] fs::path out() const { return root() / "out"; }

    QTemporaryDir temporary_;
    Session session_;
    AnalysisInputs inputs_;
};

QTEST_APPLESS_MAIN(TestExportResults)
#include "test_export_results.moc"
