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
