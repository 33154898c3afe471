#include "ui/compare/compare_setup.h"

#include <QComboBox>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTableWidget>
#include <QTest>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/compare/compare_test_support.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

const CheckedDetector kMsp{{"msp", {}}, "msp"};
const CheckedDetector kEnergy{{"energy", {}}, "energy"};
const CheckedDetector kDice{{"dice", {{"p", 70}}}, "dice"};

struct Shown {
    CompareSetup setup;

    Shown() {
        setup.setDetectors({kMsp, kEnergy, kDice});
        setup.setOodSets({"near", "far", "noise"});
        setup.resize(320, 400);
        setup.show();
        if (!QTest::qWaitForWindowExposed(&setup)) qFatal("The panel is not shown.");
    }
    [[nodiscard]] QComboBox* baseline() const { return part<QComboBox>(setup, "compareBaseline"); }
    void clickBox(int row, int column) const {
        auto* table = part<QTableWidget>(setup, "compareGroups");
        const QRect cell = table->visualItemRect(table->item(row, column));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, {cell.left() + 8, cell.center().y()});
    }
};

}  // namespace

class TestCompareSetup : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void energyIsTheBaselineUntilAnotherIsChosen() {
        Shown shown;
        QCOMPARE(*shown.setup.baseline(), (DetectorSpec{"energy", {}}));
        shown.baseline()->setFocus();
        QTest::keyClick(shown.baseline(), Qt::Key_Down);
        QCOMPARE(*shown.setup.baseline(), (DetectorSpec{"dice", {{"p", 70}}}));
        // Unchecked and checked again: the choice comes back.
        shown.setup.setDetectors({kEnergy});
        QCOMPARE(*shown.setup.baseline(), (DetectorSpec{"energy", {}}));
        shown.setup.setDetectors({kDice, kEnergy});
        QCOMPARE(*shown.setup.baseline(), (DetectorSpec{"dice", {{"p", 70}}}));
        shown.setup.setDetectors({kMsp});
        QVERIFY(!shown.setup.baseline());
        QCOMPARE(shown.baseline()->currentText(), QString("none"));
    }

    void theBaselineFollowsItsDetector() {
        Shown shown;
        QSignalSpy edited(&shown.setup, &CompareSetup::baselineEdited);
        shown.setup.setBaselineChoice("dice");
        QCOMPARE(*shown.setup.baseline(), kDice.spec);
        // Another p of the session is the same row.
        shown.setup.setDetectors({kEnergy, {{"dice", {{"p", 40}}}, "dice"}});
        QCOMPARE(*shown.setup.baseline(), (DetectorSpec{"dice", {{"p", 40}}}));
        // So is a row with other settings.
        shown.setup.followDetector("msp", "msp:t=2");
        shown.setup.followDetector("dice", "dice:p=50");
        shown.setup.setDetectors({kEnergy, {{"dice", {{"p", 50}}}, "dice:p=50"}});
        QCOMPARE(*shown.setup.baseline(), (DetectorSpec{"dice", {{"p", 50}}}));
        QCOMPARE(shown.setup.baselineChoice(), std::optional<std::string>("dice:p=50"));
        QCOMPARE(edited.count(), 0);
    }

    void theUsualBaselineIsNoChoice() {
        Shown shown;
        QSignalSpy edited(&shown.setup, &CompareSetup::baselineEdited);
        QVERIFY(!shown.setup.baselineChoice());
        shown.baseline()->setFocus();
        QTest::keyClick(shown.baseline(), Qt::Key_Home);
        QVERIFY(!shown.setup.baseline());
        QCOMPARE(shown.setup.baselineChoice(), std::optional<std::string>(""));
        QTest::keyClick(shown.baseline(), Qt::Key_Down);
        QTest::keyClick(shown.baseline(), Qt::Key_Down);
        QCOMPARE(*shown.setup.baseline(), kEnergy.spec);
        QVERIFY(!shown.setup.baselineChoice());
        QCOMPARE(edited.count(), 3);
        shown.setup.setBaselineChoice("");
        QVERIFY(!shown.setup.baseline());
        shown.setup.setBaselineChoice(std::nullopt);
        QCOMPARE(*shown.setup.baseline(), kEnergy.spec);
        QCOMPARE(edited.count(), 3);
    }

    void aSetIsInOneGroupAtMost() {
        Shown shown;
        QSignalSpy edited(&shown.setup, &CompareSetup::groupsEdited);
        shown.clickBox(0, 1);
        QCOMPARE(shown.setup.nearSets(), QStringList{"near"});
        shown.clickBox(1, 2);
        shown.clickBox(0, 2);
        QCOMPARE(shown.setup.nearSets(), QStringList());
        QCOMPARE(shown.setup.farSets(), (QStringList{"near", "far"}));
        shown.clickBox(0, 2);
        QCOMPARE(shown.setup.farSets(), QStringList{"far"});
        QCOMPARE(edited.count(), 4);
    }

    void groupsStayWithSetsOfTheSameName() {
        Shown shown;
        shown.setup.setGroups({"near"}, {"noise", "absent", "near"});
        QCOMPARE(shown.setup.nearSets(), QStringList{"near"});
        QCOMPARE(shown.setup.farSets(), QStringList{"noise"});
        shown.setup.setOodSets({"noise", "other"});
        QCOMPARE(shown.setup.nearSets(), QStringList());
        QCOMPARE(shown.setup.farSets(), QStringList{"noise"});
    }

    void noResamplesHaveAName() {
        Shown shown;
        QCOMPARE(shown.setup.resamples(), std::size_t{1000});
        shown.setup.setResamples(0);
        QCOMPARE(part<QSpinBox>(shown.setup, "compareResamples")->text(), QString("none"));
        QCOMPARE(shown.setup.resamples(), std::size_t{0});
    }

    void resamplesAreEditedByTheUserOnly() {
        Shown shown;
        QSignalSpy edited(&shown.setup, &CompareSetup::resamplesEdited);
        shown.setup.setResamples(500);
        QCOMPARE(edited.count(), 0);
        QTest::keyClick(part<QSpinBox>(shown.setup, "compareResamples"), Qt::Key_Up);
        QCOMPARE(edited.count(), 1);
        QCOMPARE(shown.setup.resamples(), std::size_t{600});
    }
};

QTEST_MAIN(TestCompareSetup)
#include "test_compare_setup.moc"
