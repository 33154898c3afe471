#include <QAccessible>
#include <QDialog>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QMessageBox>
#include <QProcess>
#include <QSlider>
#include <QTabWidget>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "tests/app/gui/flow_test_support.h"
#include "tests/support/qt_warnings.h"
#include "ui/compare/compare_page.h"
#include "ui/compare/compare_setup.h"
#include "ui/compare/comparison_model.h"
#include "ui/compare/detector_list.h"
#include "ui/compare/detector_list_model.h"
#include "ui/panels/metrics_cell.h"
#include "ui/panels/metrics_model.h"
#include "ui/panels/sparsity_slider.h"
#include "ui/window/analysis_page.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

nlohmann::json readJson(const std::filesystem::path& path) {
    std::ifstream file(path);
    return nlohmann::json::parse(file);
}

/// What the tree of metrics shows of a set (0: the average), in percent; column: MetricsModel::Dense or
/// Current.
double shown(const QTreeView& tree, int set, MetricsModel::Metric metric, MetricsModel::Column column) {
    const QAbstractItemModel& model = *tree.model();
    return model.index(metric, column, model.index(set, 0)).data().toString().toDouble();
}

/// The value of a row of metrics.json, in percent rounded as on screen.
double written(const nlohmann::json& metrics, const std::string& detector, const std::string& ood,
               const std::string& key) {
    for (const auto& row : metrics.at("rows")) {
        if (row.at("detector") == detector && row.at("score") == "energy" && row.at("ood") == ood)
            return std::round(row.at(key).get<double>() * 1e4) / 1e2;
    }
    return -1;
}

}  // namespace

class TestAnalysisFlow : public QObject {
    Q_OBJECT

    SmallDemo demo_;
    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void initTestCase() {
        if (!demo_.reason().isEmpty()) QSKIP(qPrintable(demo_.reason()));
    }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void fromTheFirstStartToAnExport() {
        Program program;
        QVERIFY(!program.window.showsAnalysis());
        program.drop({demo_.text("fashion8.pt"), demo_.text("images/id-train"), demo_.text("images/id-test"),
                      demo_.text("images/ood-near"), demo_.text("images/ood-noise")});
        QVERIFY(program.window.showsAnalysis());
        QVERIFY(program.window.isWindowModified());
        auto* preprocessing = program.part<QComboBox>("preprocessCombo");
        preprocessing->setFocus();
        QTest::keyClicks(preprocessing, "fashion");
        QCOMPARE(preprocessing->currentText(), QString("fashion"));
        auto* run = program.part<QPushButton>("runButton");
        QVERIFY(QTest::qWaitFor([&] { return run->isEnabled(); }, 5'000));
        QTest::mouseClick(run, Qt::LeftButton);
        QVERIFY(program.settles());

        auto* groove = program.part<QWidget>("sparsityGroove");
        QTest::keyClick(groove, Qt::Key_End);
        QTest::keyClick(groove, Qt::Key_PageDown);
        QCOMPARE(program.window.analysis().slider().p(), std::optional(90.0));
        QCOMPARE(program.controller.document().session().p, std::optional(90.0));

        exportInto(program, demo_.text("exported"));
        for (const char* name :
             {"metrics.json", "metrics.csv", "metrics.tex", "metrics.md", "scores.csv", "sweep.json",
              "sweep.csv", "report.html", "masked-weight.npy", "masked-model.pt"})
            QVERIFY2(QFile::exists(demo_.text("exported/") + name), name);
        for (const char* name : {"histogram.png", "roc.pdf", "metrics-over-p.svg"})
            QVERIFY2(QFile::exists(demo_.text("exported/plots/") + name), name);
        compareWithScreen(program, readJson(demo_.path("exported/metrics.json")));
    }

    void whatIsShownIsWhatTheCommandLineWrites() {
        const QString session = demo_.session("cli.dicescope", demo_.inputs());
        QCOMPARE(QProcess::execute(DICESCOPE_CLI, {"-q", "export", "--session", session, "--out",
                                                   demo_.text("cli-out"), "--parts", "metrics.json"}),
                 0);
        Program program;
        program.controller.openSession(session);
        QVERIFY(program.settles());
        compareWithScreen(program, readJson(demo_.path("cli-out/metrics.json")));
    }

    void theSlidersLastPositionIsShown() {
        Program program;
        program.controller.openSession(demo_.session("slider.dicescope", demo_.inputs()));
        QVERIFY(program.settles());
        auto* groove = program.part<QWidget>("sparsityGroove");
        for (int i = 0; i < 300; ++i) QTest::keyClick(groove, i % 3 == 0 ? Qt::Key_Left : Qt::Key_Right);
        QTest::keyClick(groove, Qt::Key_Left);
        QCoreApplication::processEvents();
        const std::size_t row = program.window.analysis().slider().row();
        QCOMPARE(row, 99U);
        QCOMPARE(program.controller.row(), row);
        const auto& tree = *program.part<QTreeView>("metricsTree");
        const auto& metrics = program.controller.exploration()->metrics->ood[0].metrics;
        QCOMPARE(shown(tree, 1, MetricsModel::Fpr, MetricsModel::Current),
                 std::round(metrics.fpr95[row] * 1e4) / 1e2);
        QTest::keyClick(groove, Qt::Key_Home);
        QCOMPARE(program.window.analysis().slider().p(), std::nullopt);
    }

    void intervalsComeWhenTheSliderRests() {
        Program program;
        program.controller.openSession(demo_.session("intervals.dicescope", demo_.inputs()));
        QVERIFY(program.settles());
        auto* tree = program.part<QTreeView>("metricsTree");
        const auto interval = [&] {
            const QAbstractItemModel& model = *tree->model();
            const auto cell = model.index(MetricsModel::Fpr, MetricsModel::Difference, model.index(0, 0));
            return cell.data(MetricsModel::CellRole).value<MetricsCell>().second;
        };
        QVERIFY2(QTest::qWaitFor([&] { return interval().startsWith('['); }, 20'000), qPrintable(interval()));
    }

    void cancelEndsARunAtOnceAndTheNextOneWorks() {
        Program program;
        InputsConfig inputs = demo_.inputs();
        inputs.extraction.useCache = false;
        program.controller.openSession(demo_.session("cancel.dicescope", inputs));
        QVERIFY(program.runner.loading());
        QElapsedTimer timer;
        timer.start();
        program.press("cancelButton");
        QVERIFY(!program.runner.loading());
        QVERIFY(timer.elapsed() < 500);
        QTRY_VERIFY(program.part<QPushButton>("runButton")->isVisible());
        QVERIFY(!program.controller.exploration());
        program.press("runButton");
        QVERIFY(program.settles());
    }

    void aNewChoiceSupersedesTheSweepInProgress() {
        Program program;
        program.controller.openSession(demo_.session("choice.dicescope", demo_.inputs()));
        QVERIFY(program.settles());
        auto* score = program.part<QComboBox>("scoreBox");
        score->setFocus();
        QTest::keyClick(score, Qt::Key_Down);
        QTest::keyClick(score, Qt::Key_Down);
        QVERIFY(QTest::qWaitFor(
            [&] { return program.controller.exploration()->view.score == ScoreKind::MaxLogit; }, 20'000));
        program.press("fineSteps");
        QVERIFY(QTest::qWaitFor([&] { return program.controller.exploration()->sweep.levels.size() == 1001; },
                                20'000));
        QVERIFY(program.settles());
        QCOMPARE(program.window.analysis().slider().p(), std::optional(90.0));
    }

    void cancelEndsASweepAndTheNextOneWorks() {
        Program program;
        program.controller.openSession(demo_.session("sweep.dicescope", demo_.inputs()));
        QVERIFY(program.settles());
        program.press("fineSteps");
        QTest::keyClick(&program.window, Qt::Key_Period, Qt::ControlModifier);
        QVERIFY(QTest::qWaitFor([&] { return program.runner.idle(); }, 5'000));
        program.press("fineSteps");
        program.press("fineSteps");
        QVERIFY(QTest::qWaitFor(
            [&] {
                const auto& shown = program.controller.exploration();
                return shown->complete() && shown->sweep.levels.size() == 1001;
            },
            20'000));
    }

    void closingWhileItLoadsIsClean() {
        auto program = std::make_unique<Program>();
        InputsConfig inputs = demo_.inputs();
        inputs.extraction.useCache = false;
        program->controller.openSession(demo_.session("close.dicescope", inputs));
        QVERIFY(program->runner.loading());
        program->window.close();
        QVERIFY(!program->window.isVisible());
        QVERIFY(QTest::qWaitFor([&] { return program->runner.idle(); }, 20'000));
        QElapsedTimer timer;
        timer.start();
        program.reset();
        QVERIFY(timer.elapsed() < 2'000);
    }

    void aCorruptSessionIsToldInTheWindow() {
        QFile file(demo_.text("corrupt.dicescope"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"schema\": 1, \"inputs\": ");
        file.close();
        Program program;
        program.controller.openSession(file.fileName());
        QVERIFY2(program.message().contains("corrupt.dicescope"), qPrintable(program.message()));
        QVERIFY(!program.window.showsAnalysis());
    }

    void aFolderThatMovedIsAskedFor() {
        InputsConfig inputs = demo_.inputs();
        inputs.ood[1].path = demo_.path("moved/ood-noise");
        Program program;
        program.controller.openSession(demo_.session("moved.dicescope", inputs));
        auto* dialog = program.part<QDialog>("missingInputs");
        QVERIFY(dialog->isVisible());
        QVERIFY(!program.runner.loading());
        QTest::keyClick(dialog, Qt::Key_Escape);
        QVERIFY(!dialog->isVisible());
        QVERIFY(program.window.showsAnalysis());
    }

    void aModelThatCannotBeReadIsToldAndNothingElseIsLost() {
        QFile file(demo_.text("broken.pt"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("no model");
        file.close();
        InputsConfig inputs = demo_.inputs();
        inputs.model = demo_.path("broken.pt");
        Program program;
        program.controller.openSession(demo_.session("broken.dicescope", inputs));
        QVERIFY(QTest::qWaitFor([&] { return program.message().contains("broken.pt"); }, 20'000));
        QCOMPARE(program.controller.document().session().inputs.ood.size(), 2U);
    }

    void theLevelOfASessionIsShownAndMovedBeforeThereAreResults() {
        InputsConfig inputs = demo_.inputs();
        inputs.ood[1].path = demo_.path("moved/ood-noise");
        Program program;
        program.controller.openSession(demo_.session("early.dicescope", inputs));
        QTest::keyClick(program.part<QDialog>("missingInputs"), Qt::Key_Escape);
        QCOMPARE(program.window.analysis().slider().p(), std::optional(90.0));
        QTest::keyClick(program.part<QWidget>("sparsityGroove"), Qt::Key_Left);
        QCOMPARE(program.controller.document().session().p, std::optional(89.0));
    }

    void exportsWithoutADisplay() {
        const QString session = demo_.session("headless.dicescope", demo_.inputs());
        QProcess process;
        process.start(DICESCOPE_PROGRAM, {"--export", demo_.text("headless"), "--session", session});
        QVERIFY(process.waitForFinished(120'000));
        QVERIFY2(process.exitCode() == 0, process.readAllStandardError());
        for (const char* name :
             {"metrics.json", "report.html", "masked-model.pt", "plots/roc.svg", "plots/histogram.png"})
            QVERIFY2(QFile::exists(demo_.text("headless/") + name), name);
        QFile report(demo_.text("headless/report.html"));
        QVERIFY(report.open(QIODevice::ReadOnly));
        // Of the detector, and of what is inside with the first class and unit.
        QCOMPARE(report.readAll().count("data:image/svg+xml"), 3 + 8);
        QFile weights(demo_.text("headless/plots/contribution-map.csv"));
        QVERIFY(weights.open(QIODevice::ReadOnly));
        const auto masks = readJson(demo_.path("headless/metrics.json")).at("masks");
        QCOMPARE(weights.readAll().count(",1\n"), masks.at(0).at("kept").get<qsizetype>());
        for (const char* name : {"class-profile", "class-logits", "unit-activations", "theory-variance",
                                 "theory-mean", "theory-gap", "theory-covariance"})
            QVERIFY2(QFile::exists(demo_.text("headless/plots/") + name + ".csv"), name);
    }

    void exportOfASessionThatIsNotThereIsTold() {
        QProcess process;
        process.start(DICESCOPE_PROGRAM,
                      {"--export", demo_.text("nowhere"), "--session", demo_.text("none.dicescope")});
        QVERIFY(process.waitForFinished(60'000));
        QCOMPARE(process.exitCode(), 1);
        QVERIFY(process.readAllStandardError().contains("none.dicescope"));
    }

    void unsavedChangesAreMarkedAndSaved() {
        Program program;
        const QString path = demo_.session("save.dicescope", demo_.inputs());
        program.controller.openSession(path);
        QVERIFY(program.settles());
        QVERIFY(!program.window.isWindowModified());
        QTest::keyClick(program.part<QWidget>("sparsityGroove"), Qt::Key_Left);
        QVERIFY(program.window.isWindowModified());
        QTest::keyClick(&program.window, Qt::Key_S, Qt::ControlModifier);
        QVERIFY(!program.window.isWindowModified());
        const auto saved = readSession(path.toStdString());
        QVERIFY(saved.has_value());
        QCOMPARE(saved->p, std::optional(89.0));
        QVERIFY(program.settings.recentSessions().contains(path));
    }

    void whatWasChosenOnTheComparePageIsKeptInTheSession() {
        const QString path = demo_.session("compare.dicescope", demo_.inputs());
        Program program;
        ComparePage& page = program.window.analysis().compare();
        DetectorListModel& list = page.detectors().detectors();
        const auto check = [&](const char* id, Qt::CheckState state) {
            for (int row = 0; row < list.rowCount(); ++row) {
                if (list.spec(row).id == id)
                    QVERIFY(list.setData(list.index(row, 0), state, Qt::CheckStateRole));
            }
        };
        program.controller.openSession(path);
        QVERIFY(program.settles());
        QTest::keyClick(&program.window, Qt::Key_F7);
        QVERIFY(!program.window.isWindowModified());
        check("odin", Qt::Checked);
        QVERIFY(program.window.isWindowModified());
        check("odin", Qt::Unchecked);
        QVERIFY(!program.window.isWindowModified());
        program.press("detectorsNone");
        for (const char* id : {"energy", "odin", "dice"}) check(id, Qt::Checked);
        auto* baseline = program.part<QComboBox>("compareBaseline");
        program.part<QTabWidget>("compareTabs")->setCurrentIndex(1);
        baseline->setFocus();
        QTest::keyClicks(baseline, "DICE");
        QCOMPARE(*page.setup().baseline(), (DetectorSpec{"dice", {}}));
        page.setup().setGroups({"near"}, {});
        emit page.setup().groupsEdited();
        program.press("compareRun");
        QVERIFY(QTest::qWaitFor([&] { return page.results().model().rowCount() == 3; }, 20'000));
        QTest::keyClick(&program.window, Qt::Key_S, Qt::ControlModifier);
        QVERIFY(!program.window.isWindowModified());
        const auto saved = readSession(path.toStdString());
        QVERIFY(saved.has_value());
        const ComparisonChoices& choices = saved->comparison;
        QCOMPARE(choices.detectors, std::optional(DetectorChoice{{"energy", "dice", "odin"}, {}}));
        QCOMPARE(choices.baseline, std::optional<std::string>("dice"));
        QCOMPARE(choices.groups, std::optional(OodGroups{{"near"}, {}}));
        QVERIFY(!choices.resamples);

        // Another analysis, and what the program keeps for it, has none of this.
        program.controller.newAnalysis();
        QVERIFY(program.controller.document().session().comparison == ComparisonChoices());
        QVERIFY(list.checkedSpecs().size() > 10);
        SettingsStore settings;
        settings.setLastChoices(*saved);
        QVERIFY(settings.lastChoices().comparison == ComparisonChoices());

        Session moved = *saved;
        moved.p = 40;
        QVERIFY(writeSession(path.toStdString(), moved));
        program.controller.openSession(path);
        QVERIFY(program.settles());
        QTest::keyClick(&program.window, Qt::Key_F7);
        QVERIFY(!program.window.isWindowModified());
        QCOMPARE(list.checkedSpecs(),
                 (std::vector<DetectorSpec>{{"energy", {}}, {"dice", {{"p", 40}}}, {"odin", {}}}));
        QCOMPARE(*page.setup().baseline(), (DetectorSpec{"dice", {{"p", 40}}}));
        QCOMPARE(page.setup().nearSets(), QStringList{"near"});
    }

  private:
    /// Exports by keyboard and mouse and waits for the end.
    void compareWithScreen(const Program& program, const nlohmann::json& metrics) {
        const auto& tree = *program.part<QTreeView>("metricsTree");
        const std::pair<MetricsModel::Metric, const char*> rows[] = {
            {MetricsModel::Fpr, "fpr95"},
            {MetricsModel::FprOodPositive, "fpr95_ood_positive"},
            {MetricsModel::Auroc, "auroc"},
            {MetricsModel::AuprIn, "aupr_in"},
            {MetricsModel::AuprOut, "aupr_out"}};
        int set = 0;
        std::vector<std::string> names{"average"};
        for (const OodLevels& ood : program.controller.exploration()->metrics->ood) names.push_back(ood.name);
        QCOMPARE(names.size(), 3U);
        for (const std::string& ood : names) {
            for (const auto& [metric, key] : rows) {
                QCOMPARE(shown(tree, set, metric, MetricsModel::Dense), written(metrics, "dense", ood, key));
                QCOMPARE(shown(tree, set, metric, MetricsModel::Current), written(metrics, "dice", ood, key));
            }
            ++set;
        }
    }
};

QTEST_MAIN(TestAnalysisFlow)
#include "test_analysis_flow.moc"
