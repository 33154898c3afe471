#include "ui/compare/detector_list_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>
#include <algorithm>
#include <optional>

#include "tests/support/qt_warnings.h"

using namespace dicescope;
using dicescope::testing::FailOnQtWarnings;

namespace {

constexpr DetectorSupply kAll{true, true, true, true};

int rowOf(const DetectorListModel& model, const std::string& id) {
    for (int row = 0; row < model.rowCount(); ++row) {
        if (model.spec(row).id == id) return row;
    }
    return -1;
}

bool isChecked(const DetectorListModel& model, int row) {
    return model.index(row, 0).data(Qt::CheckStateRole).toInt() == Qt::Checked;
}

bool hasSpec(const std::vector<DetectorSpec>& specs, const std::string& id) {
    return std::ranges::find(specs, id, &DetectorSpec::id) != specs.end();
}

}  // namespace

class TestDetectorListModel : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void listsTheRegistryAllButSlowChecked() {
        DetectorListModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSupply(kAll, {1000, 10, 64, 1000});
        QCOMPARE(model.rowCount(), static_cast<int>(allDetectors().size()));
        for (int row = 0; row < model.rowCount(); ++row) {
            const DetectorInfo& info = allDetectors()[static_cast<std::size_t>(row)];
            QCOMPARE(model.index(row, 0).data().toString(), QString::fromStdString(specLabel({info.id, {}})));
            const bool slow = info.cost == DetectorCost::Neighbours || info.cost == DetectorCost::Model;
            QCOMPARE(isChecked(model, row), !slow);
        }
    }

    void greysWhatTheAnalysisCannotFeed() {
        DetectorListModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSupply({.featureMean = true}, {1000, 10, 64, 0});
        const auto checked = model.checkedSpecs();
        for (const DetectorSpec& spec : checked) {
            const DetectorNeed need = needOf(spec);
            QVERIFY2(need == DetectorNeed::Nothing || need == DetectorNeed::FeatureMean, spec.id.c_str());
        }
        QVERIFY(hasSpec(checked, "dice"));
        const int knn = rowOf(model, "knn");
        QVERIFY(model.reason(knn).contains("training set"));
        QVERIFY(!(model.flags(model.index(knn, 0)) & Qt::ItemIsUserCheckable));
        QVERIFY(!model.setData(model.index(knn, 0), Qt::Checked, Qt::CheckStateRole));
        QVERIFY(model.reason(rowOf(model, "odin")).contains("model"));
        QVERIFY(model.index(knn, 0).data(Qt::ToolTipRole).toString().contains("Not possible"));
    }

    /// ReAct needs training images for its ceiling, unless the ceiling is given.
    void settingsChangeWhatIsNeeded() {
        DetectorListModel model;
        model.setSupply({.featureMean = true}, {1000, 10, 64, 0});
        const int react = rowOf(model, "react");
        QVERIFY(!model.reason(react).isEmpty());
        QVERIFY(!hasSpec(model.checkedSpecs(), "react"));
        model.setSpec(react, {"react", {{"c", 1.0}}});
        QVERIFY(model.reason(react).isEmpty());
        QVERIFY(hasSpec(model.checkedSpecs(), "react"));
    }

    void comparesEverySettingsOnce() {
        DetectorListModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setSupply(kAll, {1000, 10, 64, 1000});
        model.checkNone();
        QVERIFY(model.checkedSpecs().empty());
        const int msp = rowOf(model, "msp");
        QVERIFY(model.setData(model.index(msp, 0), Qt::Checked, Qt::CheckStateRole));
        const int copy = model.duplicate(msp);  // MSP has no variants, so the same settings
        QCOMPARE(copy, msp + 1);
        QCOMPARE(model.checkedSpecs().size(), std::size_t{1});
        QVERIFY(model.index(copy, 0).data(Qt::ToolTipRole).toString().contains("same settings"));
        const int gen = rowOf(model, "gen");
        const int variant = model.duplicate(gen);
        QVERIFY(model.spec(variant) != model.spec(gen));
        QCOMPARE(model.checkedSpecs().size(), std::size_t{2});
        QVERIFY(!model.canRemove(gen));
        QVERIFY(model.canRemove(variant));
        model.remove(variant);
        model.remove(gen);  // stays: it is the registry's own
        QCOMPARE(model.spec(gen).id, std::string("gen"));
        QCOMPARE(model.checkedSpecs().size(), std::size_t{1});
    }

    void defaultsReachRowsThatNobodyEdited() {
        DetectorListModel model;
        model.setSupply(kAll, {1000, 10, 64, 1000});
        const int dice = rowOf(model, "dice");
        model.setDefaults({{"dice", {{"p", 70}}}});
        QCOMPARE(model.spec(dice).values.at("p"), 70.0);
        model.setDefaults({{"dice", {{"p", 90}}}});  // the registry's own default, so nothing to say
        QVERIFY(model.spec(dice).values.empty());
        model.setDefaults({{"dice", {{"p", 400}}}});  // out of range: passed over
        QVERIFY(model.spec(dice).values.empty());
        model.setSpec(dice, {"dice", {{"p", 50}}});
        model.setDefaults({{"dice", {{"p", 70}}}});
        QCOMPARE(model.spec(dice).values.at("p"), 50.0);
    }

    void whatIsAsAtFirstIsNoChoice() {
        DetectorListModel model;
        model.setSupply(kAll, {1000, 10, 64, 1000});
        QVERIFY(!model.choice());
        QSignalSpy edited(&model, &DetectorListModel::edited);
        model.setDefaults({{"dice", {{"p", 70}}}});
        model.setSupply({}, {});
        model.setSupply(kAll, {1000, 10, 64, 1000});
        QCOMPARE(edited.count(), 0);
        QVERIFY(!model.choice());
        const QModelIndex odin = model.index(rowOf(model, "odin"), 0);
        QVERIFY(model.setData(odin, Qt::Checked, Qt::CheckStateRole));
        QCOMPARE(edited.count(), 1);
        QCOMPARE(model.choice()->checked.back(), std::string("odin"));
        QVERIFY(model.setData(odin, Qt::Unchecked, Qt::CheckStateRole));
        QVERIFY(!model.choice());
        model.checkNone();
        QCOMPARE(model.choice(), std::optional(DetectorChoice()));
        model.checkQuick();
        QVERIFY(!model.choice());
        // Settings that are the registry's again are none.
        model.setSpec(rowOf(model, "gen"), {"gen", {{"gamma", 0.5}}});
        QVERIFY(model.choice());
        model.setSpec(rowOf(model, "gen"), {"gen", {}});
        QVERIFY(!model.choice());
        // p of DICE is one even so: it would follow the session otherwise.
        model.setSpec(rowOf(model, "dice"), {"dice", {}});
        QVERIFY(model.choice());
    }

    void rowsComeBackFromASession() {
        DetectorListModel model;
        model.setSupply(kAll, {1000, 10, 64, 1000});
        model.setDefaults({{"dice", {{"p", 70}}}, {"dice+react", {{"p", 70}}}});
        model.checkNone();
        const auto check = [&](int row) {
            QVERIFY(model.setData(model.index(row, 0), Qt::Checked, Qt::CheckStateRole));
        };
        check(rowOf(model, "msp"));
        check(rowOf(model, "dice+react"));
        model.setSpec(rowOf(model, "knn"), {"knn", {{"k", 3}}});
        const int dice = rowOf(model, "dice");
        const int further = model.duplicate(dice);
        model.setSpec(further, {"dice", {{"p", 40}}});
        const auto choice = model.choice();
        QVERIFY(choice);
        QCOMPARE(choice->checked, (std::vector<std::string>{"msp", "dice:p=40", "dice+react"}));
        QCOMPARE(choice->unchecked, (std::vector<std::string>{"dice", "knn:k=3"}));

        DetectorListModel other;
        const QAbstractItemModelTester tester(&other, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy edited(&other, &DetectorListModel::edited);
        other.setSupply(kAll, {1000, 10, 64, 1000});
        other.setChoice(choice);
        other.setDefaults({{"dice", {{"p", 20}}}, {"dice+react", {{"p", 20}}}});
        QCOMPARE(edited.count(), 0);
        QCOMPARE(other.choice(), choice);
        QCOMPARE(other.rowCount(), model.rowCount());
        QCOMPARE(other.spec(rowOf(other, "knn")).values.at("k"), 3.0);
        // What nobody edited follows, what was edited stays.
        QCOMPARE(other.spec(dice).values.at("p"), 20.0);
        QCOMPARE(other.spec(further).values.at("p"), 40.0);
        QVERIFY(other.canRemove(further));
        QCOMPARE(other.checkedSpecs(), (std::vector<DetectorSpec>{
                                           {"msp", {}}, {"dice", {{"p", 40}}}, {"dice+react", {{"p", 20}}}}));
        // And another session has what it has at first.
        other.setChoice(std::nullopt);
        QVERIFY(!other.choice());
        QCOMPARE(other.rowCount(), static_cast<int>(allDetectors().size()));
        QCOMPARE(other.spec(rowOf(other, "dice")).values.at("p"), 20.0);
    }

    /// As somebody may write it by hand.
    void settingsOfARowMayBeOpenInPart() {
        DetectorListModel model;
        model.setSupply(kAll, {1000, 10, 64, 1000});
        model.setDefaults({{"dice+react", {{"p", 70}, {"c", 2}}}});
        model.setChoice(DetectorChoice{{"knn:k=5", "dice+react:c=1", "magic", "msp", "msp"}, {"knn:k=3"}});
        QCOMPARE(model.checkedSpecs(),
                 (std::vector<DetectorSpec>{
                     {"msp", {}}, {"dice+react", {{"p", 70}, {"c", 1}}}, {"knn", {{"k", 5}}}}));
        QCOMPARE(model.rowCount(), static_cast<int>(allDetectors().size()) + 2);
        QVERIFY(!isChecked(model, rowOf(model, "knn") + 1));
        model.setDefaults({{"dice+react", {{"p", 60}, {"c", 2}}}});
        QCOMPARE(model.spec(rowOf(model, "dice+react")).values,
                 (std::map<std::string, double>{{"c", 1}, {"p", 60}}));
    }

    void timesAreToldForSlowOnes() {
        DetectorListModel model;
        const int knn = rowOf(model, "knn");
        const auto time = [&](int row) {
            return model.index(row, DetectorListModel::Time).data().toString();
        };
        QCOMPARE(time(knn), QString("slow"));
        model.setSupply(kAll, {20'000'000, 1000, 2048, 1'000'000});
        QVERIFY2(time(knn).contains(" h "), qPrintable(time(knn)));
        QCOMPARE(time(rowOf(model, "msp")), QString("quick"));
        QCOMPARE(time(rowOf(model, "odin")), QString("long"));
        QCOMPARE(durationText(0.2), QString("< 1 s"));
        QCOMPARE(durationText(12.4), QString("12 s"));
        QCOMPARE(durationText(200), QString("3 min"));
        QCOMPARE(durationText(2 * 3600 + 600), QString("2 h 10 min"));
    }
};

QTEST_MAIN(TestDetectorListModel)
#include "test_detector_list_model.moc"
