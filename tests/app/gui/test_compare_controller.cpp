#include <QAction>
#include <QFile>
#include <QJsonDocument>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <memory>
#include <optional>

#include "core/analysis/model_scorer.h"
#include "tests/app/gui/compare_controller_support.h"
#include "tests/support/qt_warnings.h"
#include "tests/support/tiny_case.h"
#include "tests/ui/panels/panel_test_support.h"
#include "ui/plots/chart_view.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

using Shown = ShownComparison;

}  // namespace

class TestCompareController : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void initTestCase() { useTestEnvironment(); }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    /// The numbers of the table are those of core's comparison.
    void comparesWhatIsChecked() {
        const auto inputs = tinyInputs();
        Shown shown(inputs);
        shown.check({"energy", "msp", "dice", "knn"});
        shown.page.setup().setGroups({"near"}, {"far", "noise"});
        shown.click("compareRun");
        QVERIFY(shown.controller.running());
        QVERIFY(part<QPushButton>(shown.page, "compareCancel")->isVisible());
        QVERIFY(shown.ends());
        ComparisonOptions options;
        for (const char* id : {"energy", "msp", "dice", "knn"}) options.detectors.push_back({id, {}});
        const auto checked = shown.list().checkedSpecs();
        options.detectors = checked;
        options.baseline = kEnergy;
        options.bootstrap = 50;
        options.nearSets = {"near"};
        options.farSets = {"far", "noise"};
        const auto expected = compareDetectors(*inputs, *trainingDataOf(inputs), options, {});
        QVERIFY(expected);
        QCOMPARE(shown.results().rowCount(), 4);
        for (int row = 0; row < 4; ++row) {
            const ComparedDetector& mine = *shown.results().detector(row);
            const ComparedDetector& theirs = expected->detectors[static_cast<std::size_t>(row)];
            QCOMPARE(mine.spec, theirs.spec);
            QCOMPARE(mine.average, theirs.average);
            QCOMPARE(*mine.nearAverage, *theirs.nearAverage);
            QCOMPARE(*mine.intervals, *theirs.intervals);
            QCOMPARE(mine.rankByFpr95, theirs.rankByFpr95);
        }
        QCOMPARE(shown.page.results().table().model()->rowCount(), 4);
    }

    void theChartsAreOfTheSelectedDetector() {
        Shown shown;
        shown.check({"energy", "msp"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        // The first with numbers is selected by itself.
        QTRY_VERIFY(!shown.page.histogram().data().empty());
        const auto& names = *part<QTableView>(shown.page, "comparisonNames");
        const int msp = names.model()->index(0, 1).data().toString() == "MSP" ? 0 : 1;
        QTest::mouseClick(names.viewport(), Qt::LeftButton, {},
                          names.visualRect(names.model()->index(msp, 1)).center());
        QTRY_VERIFY(shown.page.histogram().data().x.label.contains("MSP"));
        QVERIFY(shown.page.roc().data().caption.startsWith("MSP"));
        // It stays selected after another run.
        shown.check({"energy", "msp", "dice"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QTRY_VERIFY(shown.controller.idle());
        QTRY_VERIFY(shown.page.histogram().data().x.label.contains("MSP"));
    }

    void otherInputsStopTheRunAndClear() {
        HeldScorer held;
        Shown shown;
        shown.controller.setModelScorer(held.scorer());
        shown.check({"energy", "odin"});
        shown.click("compareRun");
        QTRY_COMPARE_WITH_TIMEOUT(shown.shownWithNumbers().size(), std::size_t{1}, kTimeout);
        shown.controller.setInputs(tinyInputs(100, 80));
        QVERIFY(!shown.controller.running());
        QCOMPARE(shown.results().rowCount(), 0);
        QVERIFY(shown.page.histogram().data().empty());
        held.open();
        QTRY_VERIFY_WITH_TIMEOUT(shown.controller.idle(), kTimeout);
        QCoreApplication::processEvents();
        QCOMPARE(shown.results().rowCount(), 0);  // nothing of the old run comes in late
        shown.check({"energy"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QCOMPARE(shown.controller.comparison()->idCount, std::size_t{100});
        shown.controller.setInputs(nullptr);
        QVERIFY(isShown(&shown.page, "compareWaiting"));
    }

    void theSameInputsChangeNothing() {
        const auto inputs = tinyInputs();
        Shown shown(inputs);
        shown.check({"energy"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        const auto comparison = shown.controller.comparison();
        shown.controller.setInputs(inputs);
        ComparisonDefaults other;
        other.p = 50;
        other.tprLevel = 0.9;
        shown.controller.setDefaults(other);
        QCOMPARE(shown.controller.comparison(), comparison);
        QCOMPARE(shown.results().rowCount(), 1);
    }

    void defaultsComeFromTheSession() {
        Shown shown;
        ComparisonDefaults defaults;
        defaults.p = 40;
        defaults.reactClip = 0.75F;
        defaults.tprLevel = 0.9;
        defaults.resamples = 0;
        defaults.nearSets = {"near"};
        shown.controller.setDefaults(defaults);
        shown.check({"energy", "dice", "react", "dice+react"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        const auto& comparison = *shown.controller.comparison();
        QCOMPARE(comparison.tprLevel, 0.9);
        QCOMPARE(comparison.bootstrap, std::size_t{0});
        QCOMPARE(comparison.nearSets, std::vector<std::string>{"near"});
        for (const ComparedDetector& detector : comparison.detectors) {
            if (detector.spec.id.starts_with("dice")) QCOMPARE(detector.spec.values.at("p"), 40.0);
            if (detector.spec.id.ends_with("react")) QCOMPARE(detector.spec.values.at("c"), 0.75);
        }
        defaults.reactClip.reset();
        shown.controller.setDefaults(defaults);
        for (const DetectorSpec& spec : shown.list().checkedSpecs()) QVERIFY(!spec.values.contains("c"));
    }

    void whatCannotRunHasASentence() {
        auto inputs = std::make_shared<AnalysisInputs>(*tinyInputs());
        inputs->idTrain.reset();
        Shown shown(inputs);
        for (const DetectorSpec& spec : shown.list().checkedSpecs()) {
            const DetectorNeed need = needOf(spec);
            QVERIFY(need == DetectorNeed::Nothing || need == DetectorNeed::FeatureMean);
        }
        // K is more than there are training images: the others go on.
        Shown other(tinyInputs(40, 30));
        other.check({"energy", "knn"});
        other.click("compareRun");
        QVERIFY(other.ends());
        QCOMPARE(other.shownWithNumbers(), std::vector<DetectorSpec>{kEnergy});
        QVERIFY(other.results().index(1, 2).data(ComparisonModel::SentenceRole).toString().contains("KNN"));
    }

    void anAnalysisWithoutOodSetsSaysSo() {
        auto inputs = std::make_shared<AnalysisInputs>(*tinyInputs());
        inputs->ood.clear();
        const Shown shown(inputs);
        QVERIFY(labelText(&shown.page, "compareWaiting").contains("OOD sets"));
    }

    void exportsTheWholeTable_data() {
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("suffix");
        QTest::newRow("csv") << "exportCsv"
                             << "csv";
        QTest::newRow("json") << "exportJson"
                              << "json";
        QTest::newRow("latex") << "exportLatex"
                               << "tex";
        QTest::newRow("markdown") << "exportMarkdown"
                                  << "md";
    }
    void exportsTheWholeTable() {
        QFETCH(QString, action);
        QFETCH(QString, suffix);
        const QTemporaryDir folder;
        Shown shown;
        shown.check({"energy", "dice"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QSignalSpy written(&shown.controller, &CompareController::written);
        part<QAction>(shown.page, qPrintable(action))->trigger();
        QVERIFY(answerFileDialog(&shown.page.results(), folder.filePath("table")));
        QCOMPARE(written.count(), 1);
        QFile file(folder.filePath("table." + suffix));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll().toLower();
        for (const char* word : {"dice", "near", "noise"}) QVERIFY2(text.contains(word), word);
        if (suffix == "json") QVERIFY(QJsonDocument::fromJson(text).isObject());
    }

    void aFailedExportSaysWhy() {
        Shown shown;
        shown.check({"energy"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        std::optional<Error> error;
        connect(&shown.controller, &CompareController::failed, this, [&](const Error& e) { error = e; });
        emit shown.page.results().exportRequested(ComparisonFormat::Csv, "/proc/nowhere/table.csv");
        QVERIFY(error);
        QCOMPARE(error->code, ErrorCode::WriteFailed);
    }

    /// ODIN by the model and the images of the analysis.
    void runsTheModelWhereThereIsOne() {
        const QTemporaryDir folder;
        const auto path = [&](const char* name) {
            return std::filesystem::path(folder.filePath(name).toStdString());
        };
        tiny::writeImages(path("train"), 16, 1, {"a", "b", "c", "d"});
        tiny::writeImages(path("id"), 24, 100);
        tiny::writeImages(path("ood"), 12, 500);
        InputsConfig config;
        config.model = tiny::model();
        config.preprocess = tiny::writePreprocess(path(""));
        config.idTrain = path("train");
        config.id = path("id");
        config.ood = {{"ood", path("ood")}};
        config.extraction.device = "cpu";
        config.extraction.useCache = false;
        config.extraction.batchSize = 4;
        config.extraction.scratch = path("");
        auto loaded = loadInputs(config);
        QVERIFY2(loaded, loaded ? "" : loaded.error().message.c_str());
        const auto inputs = std::make_shared<const AnalysisInputs>(std::move(*loaded));
        Shown shown(inputs);
        shown.check({"energy", "odin"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QCOMPARE(shown.shownWithNumbers(), (std::vector<DetectorSpec>{kEnergy, kOdin}));
        const auto expected = modelScorer(inputs)(kOdin, inputs->id, {});
        QVERIFY(expected);
        QCOMPARE(shown.results().detector(1)->idScores, *expected);
    }

    void odinNeedsModelAndPreprocessing() {
        AnalysisInputs inputs = *tinyInputs();
        inputs.model.emplace();
        Shown shown(std::make_shared<const AnalysisInputs>(inputs));
        shown.check({"odin"});
        QVERIFY(shown.list().checkedSpecs().empty());
        inputs.preprocess.emplace();
        shown.controller.setInputs(std::make_shared<const AnalysisInputs>(inputs));
        shown.check({"odin"});
        QCOMPARE(shown.list().checkedSpecs(), std::vector<DetectorSpec>{kOdin});
    }

    void theBestIsSelectedUntilTheUserSelects() {
        Shown shown;
        shown.check({"energy", "msp", "dice", "gen"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        const ComparisonTable& table = shown.page.results().table();
        QCOMPARE(shown.results().detector(table.currentModelRow())->rankByFpr95, std::size_t{1});
        QCOMPARE(table.currentIndex().row(), 0);
    }

    void closesWhileItRuns() {
        const HeldScorer held;
        Shown shown;
        shown.controller.setModelScorer(held.scorer());
        shown.check({"energy", "odin"});
        shown.click("compareRun");
        QTRY_COMPARE_WITH_TIMEOUT(shown.shownWithNumbers().size(), std::size_t{1}, kTimeout);
        QSignalSpy idle(&shown.controller, &CompareController::becameIdle);
        shown.controller.stopAll();
        QVERIFY(shown.controller.idle() || idle.wait(kTimeout));
        QTRY_VERIFY(shown.controller.idle());
    }
};

QTEST_MAIN(TestCompareController)
#include "test_compare_controller.moc"
