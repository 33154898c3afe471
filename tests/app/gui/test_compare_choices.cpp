#include <QAbstractButton>
#include <QComboBox>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableWidget>
#include <QTemporaryDir>
#include <optional>

#include "core/session/benchmark.h"
#include "tests/app/gui/compare_controller_support.h"
#include "tests/support/qt_warnings.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

using Shown = ShownComparison;

void clickGroup(const Shown& shown, int row, int column) {
    auto* table = part<QTableWidget>(shown.page, "compareGroups");
    const QRect box = table->visualItemRect(table->item(row, column));
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, {box.left() + 8, box.center().y()});
}

}  // namespace

/// What the user chooses on the page, and what a session brings.
class TestCompareChoices : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void groupsThatTheUserMadeStayForTheNextAnalysis() {
        Shown shown;
        ComparisonChoices choices;
        connect(&shown.controller, &CompareController::choicesEdited, this,
                [&](const ComparisonChoices& edited) { choices = edited; });
        part<QTabWidget>(shown.page, "compareTabs")->setCurrentIndex(1);
        clickGroup(shown, 0, 1);
        QCOMPARE(choices.groups, std::optional(OodGroups{{"near"}, {}}));
        shown.controller.setInputs(tinyInputs(100, 80));
        QCOMPARE(shown.page.setup().nearSets(), QStringList{"near"});
    }

    void tellsWhatTheUserChose() {
        Shown shown;
        std::vector<ComparisonChoices> told;
        connect(&shown.controller, &CompareController::choicesEdited, this,
                [&](const ComparisonChoices& edited) { told.push_back(edited); });
        ComparisonDefaults defaults;
        defaults.p = 70;
        defaults.resamples = 200;
        defaults.farSets = {"gone", "noise"};
        shown.controller.setDefaults(defaults);
        shown.controller.setInputs(tinyInputs(100, 80));
        QVERIFY(told.empty());

        shown.check({"energy", "dice"});
        QCOMPARE(told.back().detectors, std::optional(DetectorChoice{{"energy", "dice"}, {}}));
        QVERIFY(!told.back().baseline && !told.back().groups && !told.back().resamples);
        part<QTabWidget>(shown.page, "compareTabs")->setCurrentIndex(1);
        auto* baseline = part<QComboBox>(shown.page, "compareBaseline");
        baseline->setFocus();
        QTest::keyClick(baseline, Qt::Key_End);
        QCOMPARE(told.back().baseline, std::optional<std::string>("dice"));
        auto* resamples = part<QSpinBox>(shown.page, "compareResamples");
        QTest::keyClick(resamples, Qt::Key_Up);
        QCOMPARE(told.back().resamples, std::optional<std::size_t>(300));
        QTest::keyClick(resamples, Qt::Key_Down);
        QVERIFY(!told.back().resamples);
        clickGroup(shown, 2, 2);
        QCOMPARE(told.back().groups, std::optional(OodGroups()));
        clickGroup(shown, 2, 2);
        QVERIFY(!told.back().groups);
        part<QAbstractButton>(shown.page, "detectorsQuick")->click();
        QVERIFY(!told.back().detectors);
        QCOMPARE(told.back().baseline, std::optional<std::string>("dice"));
    }

    /// They are in their group again when they are back.
    void groupsKeepSetsThatAreNotThereNow() {
        Shown shown;
        ComparisonChoices choices;
        choices.groups = OodGroups{{"gone"}, {"far", "absent"}};
        shown.controller.setChoices(choices);
        connect(&shown.controller, &CompareController::choicesEdited, this,
                [&](const ComparisonChoices& edited) { choices = edited; });
        part<QTabWidget>(shown.page, "compareTabs")->setCurrentIndex(1);
        clickGroup(shown, 2, 2);
        QCOMPARE(choices.groups, std::optional(OodGroups{{"gone"}, {"far", "noise", "absent"}}));
        clickGroup(shown, 1, 2);
        clickGroup(shown, 2, 2);
        QCOMPARE(choices.groups, std::optional(OodGroups{{"gone"}, {"absent"}}));
        // A run has no use for them.
        shown.check({"energy"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        QVERIFY(shown.controller.comparison()->nearSets.empty());
        // Those of the defaults are no choice.
        ComparisonDefaults defaults;
        defaults.nearSets = {"gone"};
        defaults.farSets = {"absent"};
        shown.controller.setDefaults(defaults);
        clickGroup(shown, 0, 1);
        QCOMPARE(choices.groups, std::optional(OodGroups{{"near", "gone"}, {"absent"}}));
        clickGroup(shown, 0, 1);
        QVERIFY(!choices.groups);
    }

    void theChoicesOfASessionStandAboveItsDefaults() {
        Shown shown;
        QSignalSpy edited(&shown.controller, &CompareController::choicesEdited);
        ComparisonChoices choices;
        choices.detectors = DetectorChoice{{"msp", "dice", "knn:k=3"}, {"gen:gamma=0.5"}};
        choices.baseline = "dice";
        choices.groups = OodGroups{{"far"}, {"gone"}};
        choices.resamples = 30;
        shown.controller.setChoices(choices);
        ComparisonDefaults defaults;
        defaults.p = 70;
        defaults.farSets = {"far"};
        shown.controller.setDefaults(defaults);
        QCOMPARE(edited.count(), 0);
        shown.click("compareRun");
        QVERIFY(shown.ends());
        const Comparison& comparison = *shown.controller.comparison();
        QCOMPARE(comparison.detectors.size(), std::size_t{3});
        QCOMPARE(comparison.detectors[*comparison.baseline].spec, (DetectorSpec{"dice", {{"p", 70}}}));
        QCOMPARE(comparison.detectors[2].spec, (DetectorSpec{"knn", {{"k", 3}}}));
        QCOMPARE(comparison.bootstrap, std::size_t{30});
        QCOMPARE(comparison.nearSets, std::vector<std::string>{"far"});
        QVERIFY(comparison.farSets.empty());
        // The next session chose nothing.
        shown.controller.setChoices({});
        QCOMPARE(shown.page.setup().resamples(), std::size_t{1000});
        QCOMPARE(shown.page.setup().farSets(), QStringList{"far"});
        QCOMPARE(*shown.page.setup().baseline(), (DetectorSpec{"energy", {}}));
        QVERIFY(shown.list().checkedSpecs().size() > 10);
        QCOMPARE(edited.count(), 0);
    }

    void exportsHaveThePublishedNumbersOfTheBenchmark_data() {
        QTest::addColumn<bool>("known");
        QTest::newRow("of a benchmark") << true;
        QTest::newRow("of none") << false;
    }
    void exportsHaveThePublishedNumbersOfTheBenchmark() {
        QFETCH(bool, known);
        auto inputs = std::make_shared<AnalysisInputs>(*tinyInputs());
        inputs->ood[0].name = "SUN";
        Shown shown(inputs);
        ComparisonDefaults defaults;
        defaults.p = 70;
        defaults.resamples = 0;
        if (known) defaults.benchmark = *findBenchmark("imagenet1k");
        shown.controller.setDefaults(defaults);
        shown.check({"msp", "dice"});
        shown.click("compareRun");
        QVERIFY(shown.ends());
        const QTemporaryDir folder;
        const auto written = [&](ComparisonFormat format) {
            emit shown.page.results().exportRequested(format, folder.filePath("table"));
            QFile file(folder.filePath("table"));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        const QJsonArray published =
            QJsonDocument::fromJson(written(ComparisonFormat::Json)).object()["published"].toArray();
        QCOMPARE(published.size(), known ? 2 : 0);
        if (known) QCOMPARE(published[0]["published_fpr95"].toDouble(), 0.7083);
        const QByteArray markdown = written(ComparisonFormat::Markdown);
        QCOMPARE(markdown.contains("70.83"), known);
        QVERIFY(!written(ComparisonFormat::Csv).isEmpty());
    }
};

QTEST_MAIN(TestCompareChoices)
#include "test_compare_choices.moc"
