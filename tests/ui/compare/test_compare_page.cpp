#include "ui/compare/compare_page.h"

#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/compare/compare_test_support.h"
#include "tests/ui/panels/panel_test_support.h"
#include "ui/compare/compare_setup.h"
#include "ui/compare/comparison_model.h"
#include "ui/compare/comparison_table.h"
#include "ui/compare/detector_form.h"
#include "ui/compare/detector_list.h"
#include "ui/compare/detector_list_model.h"
#include "ui/plots/chart_view.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

struct Shown {
    ComparePage page;

    Shown() {
        page.setWaiting({});
        page.detectors().detectors().setSupply({true, true, true, false}, {20'000, 10, 64, 50'000});
        page.setup().setOodSets({"near", "far", "noise"});
        page.resize(1000, 560);
        page.show();
        if (!QTest::qWaitForWindowExposed(&page)) qFatal("The page is not shown.");
    }
    [[nodiscard]] QAbstractButton* button(const char* name) const {
        return part<QAbstractButton>(page, name);
    }
    [[nodiscard]] int rowOf(const std::string& id) const {
        for (int row = 0;; ++row) {
            if (page.detectors().detectors().spec(row).id == id) return row;
        }
    }
};

}  // namespace

class TestComparePage : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void initTestCase() { useTestEnvironment(); }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void runAndCancelTakeTurns() {
        Shown shown;
        QSignalSpy run(&shown.page, &ComparePage::runRequested);
        QSignalSpy cancel(&shown.page, &ComparePage::cancelRequested);
        const auto checked = shown.page.detectors().detectors().checkedSpecs().size();
        QVERIFY(shown.button("compareRun")->text().contains(QString::number(checked)));
        QTest::mouseClick(shown.button("compareRun"), Qt::LeftButton);
        QCOMPARE(run.count(), 1);
        shown.page.setRunning(true);
        QVERIFY(!shown.button("compareRun")->isVisible());
        Progress progress;
        progress.stage = "Scoring far by KNN";
        progress.done = 250;
        progress.total = 1000;
        shown.page.setProgress(progress);
        QCOMPARE(part<QProgressBar>(shown.page, "compareProgress")->value(), 250);
        QCOMPARE(labelText(&shown.page, "compareState"), QString("Scoring far by KNN: 250 of 1,000"));
        QTest::mouseClick(shown.button("compareCancel"), Qt::LeftButton);
        QCOMPARE(cancel.count(), 1);
        shown.page.setRunning(false);
        QVERIFY(!shown.button("compareCancel")->isVisible());
        QTest::mouseClick(shown.button("detectorsNone"), Qt::LeftButton);
        QVERIFY(!shown.button("compareRun")->isEnabled());
    }

    void theFormSpeaksOfTheSelectedDetector() {
        Shown shown;
        shown.page.detectors().setCurrentRow(shown.rowOf("dice"));
        QCOMPARE(labelText(&shown.page, "detectorName"), QString("DICE"));
        auto* p = part<QAbstractSpinBox>(shown.page, "parameter_p");
        p->setFocus();
        p->selectAll();
        QTest::keyClicks(p, "70");
        QTest::keyClick(p, Qt::Key_Return);
        QCOMPARE(shown.page.detectors().detectors().spec(shown.rowOf("dice")).values.at("p"), 70.0);
        // The baseline's entry follows.
        QVERIFY(part<QComboBox>(shown.page, "compareBaseline")->findText("DICE (p=70)") > 0);
        shown.page.detectors().setCurrentRow(shown.rowOf("odin"));
        QVERIFY(isShown(&shown.page, "detectorReason"));
    }

    void theBaselineStaysWithADetectorThatIsEdited() {
        Shown shown;
        const int dice = shown.rowOf("dice");
        shown.page.setup().setBaselineChoice("dice");
        shown.page.detectors().detectors().setSpec(dice, {"dice", {{"p", 40}}});
        QCOMPARE(*shown.page.setup().baseline(), (DetectorSpec{"dice", {{"p", 40}}}));
    }

    void theBaselineStaysWithTheRowThatHasItsText() {
        Shown shown;
        auto& model = shown.page.detectors().detectors();
        const int energy = shown.rowOf("energy");
        const int copy = model.duplicate(energy);
        model.setSpec(copy, {"energy", {{"t", 2}}});
        QCOMPARE(*shown.page.setup().baseline(), (DetectorSpec{"energy", {}}));
        QVERIFY(!shown.page.setup().baselineChoice());
        // Alone with its text it takes the baseline along.
        model.setSpec(energy, {"energy", {{"t", 3}}});
        QCOMPARE(*shown.page.setup().baseline(), (DetectorSpec{"energy", {{"t", 3}}}));
    }

    /// A row that is not compared has nothing to say.
    void theBaselineLeavesNoRowForOneThatIsUnchecked() {
        Shown shown;
        auto& model = shown.page.detectors().detectors();
        const int energy = shown.rowOf("energy");
        const int copy = model.duplicate(energy);
        QVERIFY(model.setData(model.index(copy, 0), Qt::Unchecked, Qt::CheckStateRole));
        model.setSpec(energy, {"energy", {{"t", 2}}});
        QCOMPARE(*shown.page.setup().baseline(), (DetectorSpec{"energy", {{"t", 2}}}));
    }

    void theBaselineStaysWhereTwoRowsBecomeAlike() {
        Shown shown;
        auto& model = shown.page.detectors().detectors();
        model.setDefaults({{"dice", {{"p", 70}}}});
        model.setChoice(DetectorChoice{{"energy", "dice", "dice:p=90"}, {}});
        shown.page.setup().setBaselineChoice("dice:p=90");
        QCOMPARE(*shown.page.setup().baseline(), (DetectorSpec{"dice", {}}));
        model.setDefaults({{"dice", {{"p", 90}}}});
        QCOMPARE(model.checkedSpecs().size(), std::size_t{2});
        QCOMPARE(*shown.page.setup().baseline(), (DetectorSpec{"dice", {}}));
        // Apart again, it is the row that was chosen.
        model.setDefaults({{"dice", {{"p", 40}}}});
        QCOMPARE(*shown.page.setup().baseline(), (DetectorSpec{"dice", {}}));
        QCOMPARE(shown.page.setup().baselineChoice(), std::optional<std::string>("dice:p=90"));
    }

    void aDetectorIsSelectedAfterASessionBroughtItsRows() {
        Shown shown;
        shown.page.detectors().setCurrentRow(shown.rowOf("dice"));
        shown.page.detectors().detectors().setChoice(DetectorChoice{{"msp", "knn:k=3"}, {}});
        QCOMPARE(shown.page.detectors().currentRow(), 0);
        QCOMPARE(labelText(&shown.page, "detectorName"),
                 QString::fromStdString(allDetectors()[0].displayName));
        QCOMPARE(shown.button("compareRun")->text().remove('&'), QString("Compare 2 detectors"));
    }

    void theSlowOnesAreEstimatedBeforehand() {
        Shown shown;
        QVERIFY(!isShown(&shown.page, "compareEstimate"));
        auto& model = shown.page.detectors().detectors();
        QVERIFY(model.setData(model.index(shown.rowOf("knn"), 0), Qt::Checked, Qt::CheckStateRole));
        QVERIFY(isShown(&shown.page, "compareEstimate"));
        QVERIFY(labelText(&shown.page, "compareEstimate").startsWith("KNN: about "));
    }

    void aRowOfTheTableIsSelected() {
        Shown shown;
        QSignalSpy selected(&shown.page, &ComparePage::detectorSelected);
        const auto comparison = madeComparison();
        shown.page.results().model().setComparison(comparison, false);
        shown.page.results().table().setCurrentModelRow(2);
        QCOMPARE(selected.back().front().toInt(), 2);
        shown.page.setCharts(*detectorCharts(*comparison, comparison->detectors[2], "id"));
        QCOMPARE(shown.page.histogram().data().series.size(), std::size_t{4});
        QCOMPARE(shown.page.roc().data().series.size(), std::size_t{5});
        QTest::keyClicks(part<QLineEdit>(shown.page, "comparisonFilter"), "GEN");
        QCOMPARE(shown.page.results().table().model()->rowCount(), 1);
    }

    void anExportAsksForItsFile() {
        Shown shown;
        const QTemporaryDir folder;
        QSignalSpy wanted(&shown.page.results(), &ComparisonPanel::exportRequested);
        QVERIFY(!shown.button("comparisonExport")->isEnabled());
        shown.page.results().setCanExport(true);
        QVERIFY(shown.button("comparisonExport")->isEnabled());
        part<QAction>(shown.page, "exportLatex")->trigger();
        QVERIFY(answerFileDialog(&shown.page.results(), folder.filePath("table")));
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted.front()[0].value<ComparisonFormat>(), ComparisonFormat::Latex);
        QCOMPARE(wanted.front()[1].toString(), folder.filePath("table.tex"));
    }

    void waitsWithASentence() {
        ComparePage page;
        page.show();
        QVERIFY(isShown(&page, "compareWaiting"));
        page.setWaiting("Detectors are compared on OOD sets; add one.");
        QCOMPARE(labelText(&page, "compareWaiting"), QString("Detectors are compared on OOD sets; add one."));
        page.setWaiting({});
        QVERIFY(!isShown(&page, "compareWaiting"));
        QVERIFY(isShown(&page, "comparisonTable"));
    }
};

QTEST_MAIN(TestComparePage)
#include "test_compare_page.moc"
