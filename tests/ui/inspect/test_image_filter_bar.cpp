#include "ui/inspect/image_filter_bar.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/inspect/inspect_test_support.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

struct ShownBar {
    ImageFilterBar bar;
    QSignalSpy changed{&bar, &ImageFilterBar::queryChanged};

    ShownBar() {
        bar.setInspection(tinyInspection());
        bar.resize(1200, 60);
        bar.show();
        bar.activateWindow();
        if (!QTest::qWaitForWindowActive(&bar)) qFatal("The bar did not become active.");
    }
    /// Types the beginning of an entry, as from the keyboard.
    void type(const char* combo, const char* letters) {
        auto* box = part<QComboBox>(bar, combo);
        box->setFocus();
        QTest::qWait(2 * QApplication::keyboardInputInterval());  // what was typed before is over
        QTest::keyClicks(box, letters);
    }
    /// Goes down to an entry, as from the keyboard.
    void stepTo(const char* combo, const QString& entry) {
        auto* box = part<QComboBox>(bar, combo);
        box->setFocus();
        QTest::keyClick(box, Qt::Key_Home);
        while (box->currentText() != entry && box->currentIndex() + 1 < box->count())
            QTest::keyClick(box, Qt::Key_Down);
    }
    void check(const char* box) {
        auto* found = part<QCheckBox>(bar, box);
        QTest::mouseClick(found, Qt::LeftButton, {}, QPoint(8, found->height() / 2));
    }
    [[nodiscard]] const ImageQuery& query() const { return bar.query(); }
};

}  // namespace

class TestImageFilterBar : public QObject {
    Q_OBJECT

  private:
    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void initTestCase() { QApplication::setKeyboardInputInterval(20); }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void offersWhatThereIs() {
        const ShownBar shown;
        QCOMPARE(part<QComboBox>(shown.bar, "imageSetCombo")->count(), 5);  // all, ID, three OOD sets
        QCOMPARE(part<QComboBox>(shown.bar, "imageClassCombo")->count(), 6);
        QCOMPARE(part<QComboBox>(shown.bar, "imagePredictedCombo")->itemText(3), QString("cat"));
        auto* order = part<QComboBox>(shown.bar, "imageOrderCombo");
        QVERIFY(order->findText("Energy and MSP disagree") >= 0);
        QVERIFY(order->findText("Energy and MaxLogit disagree") >= 0);
        QVERIFY(order->findText("Energy and Energy disagree") < 0);
    }

    void everyChoiceIsPartOfTheQuery() {
        ShownBar shown;
        shown.type("imageSetCombo", "far");
        QCOMPARE(shown.query().filter.sets, std::vector<std::uint32_t>{2});
        shown.type("imageClassCombo", "bee");
        QCOMPARE(shown.query().filter.label, std::optional<std::int32_t>(1));
        shown.type("imagePredictedCombo", "dog");
        QCOMPARE(shown.query().filter.predicted, std::optional<std::int32_t>(3));
        shown.check("wronglyAcceptedCheck");
        shown.check("changedCheck");
        QVERIFY(shown.query().filter.wronglyAccepted);
        QVERIFY(!shown.query().filter.wronglyRejected);
        QVERIFY(shown.query().filter.changed);
        shown.check("wronglyRejectedCheck");
        shown.check("wronglyAcceptedCheck");
        QVERIFY(shown.query().filter.wronglyRejected);
        QVERIFY(!shown.query().filter.wronglyAccepted);
        QCOMPARE(shown.changed.count(), 7);
        QCOMPARE(shown.changed.last().front().value<ImageQuery>(), shown.query());
        shown.type("imageSetCombo", "all");
        QVERIFY(shown.query().filter.sets.empty());
    }

    void sortsAndTurnsRound() {
        ShownBar shown;
        QVERIFY(shown.query().descending);
        auto* direction = part<QPushButton>(shown.bar, "imageDirectionButton");
        QCOMPARE(direction->text(), QString("Highest first"));
        QTest::mouseClick(direction, Qt::LeftButton);
        QVERIFY(!shown.query().descending);
        QCOMPARE(direction->text(), QString("Lowest first"));
        shown.stepTo("imageOrderCombo", "Energy and MaxLogit disagree");
        QCOMPARE(shown.query().order, ImageOrder::Column);
        QCOMPARE(shown.query().other, std::optional(ScoreKind::MaxLogit));
        shown.type("imageOrderCombo", "Change");
        QCOMPARE(shown.query().order, ImageOrder::MarginChange);
        QVERIFY(!shown.query().other);
        shown.type("imageOrderCombo", "As");
        QCOMPARE(shown.query().order, ImageOrder::AsTheyAre);
        QCOMPARE(direction->text(), QString("First first"));
    }

    void theRangeIsAChipThatClearsIt() {
        ShownBar shown;
        auto* chip = part<QPushButton>(shown.bar, "scoreRangeButton");
        QVERIFY(!chip->isVisible());
        shown.bar.setScoreRange(std::pair(1.5, 4.25));
        QVERIFY(chip->isVisible());
        QCOMPARE(chip->text(), QString("Energy from 1.5 to 4.25"));
        QCOMPARE(shown.query().filter.low, std::optional(1.5F));
        QCOMPARE(shown.query().filter.high, std::optional(4.25F));
        QCOMPARE(shown.changed.count(), 1);
        QTest::mouseClick(chip, Qt::LeftButton);
        QVERIFY(!shown.query().filter.low && !shown.query().filter.high);
        QVERIFY(!chip->isVisible());
        QCOMPARE(shown.changed.count(), 2);
        shown.bar.setScoreRange(std::nullopt);
        QCOMPARE(shown.changed.count(), 2);
    }

    void countsWhatIsShown() {
        ShownBar shown;
        auto* count = part<QLabel>(shown.bar, "imageCountLabel");
        shown.bar.setCount(1300, 1300);
        QCOMPARE(count->text(), QString("1,300 images"));
        shown.bar.setCount(12, 1300);
        QCOMPARE(count->text(), QString("12 of 1,300 images"));
    }

    void aListWithImagesCanBeExported() {
        ShownBar shown;
        QSignalSpy asked(&shown.bar, &ImageFilterBar::exportRequested);
        auto* button = part<QPushButton>(shown.bar, "exportImagesButton");
        shown.bar.setCount(0, 1300);
        QVERIFY(!button->isEnabled());
        shown.bar.setCount(12, 1300);
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(asked.count(), 1);
        QCOMPARE(shown.changed.count(), 0);
    }

    void aShownQueryIsNotTold() {
        ShownBar shown;
        ImageQuery query;
        query.filter.sets = {1};
        query.filter.changed = true;
        query.order = ImageOrder::Column;
        query.other = ScoreKind::Msp;
        shown.bar.setQuery(query);
        QCOMPARE(shown.changed.count(), 0);
        QCOMPARE(part<QComboBox>(shown.bar, "imageSetCombo")->currentText(), QString("near"));
        QCOMPARE(part<QComboBox>(shown.bar, "imageOrderCombo")->currentText(),
                 QString("Energy and MSP disagree"));
        QVERIFY(part<QCheckBox>(shown.bar, "changedCheck")->isChecked());
    }

    /// Another score: its range and the comparison with it mean nothing any more, the rest stays.
    void anotherScoreTakesBackWhatSpokeOfTheOld() {
        ShownBar shown;
        ImageQuery query;
        query.filter.sets = {1};
        query.filter.low = 1.0F;
        query.filter.high = 2.0F;
        query.order = ImageOrder::Column;
        query.other = ScoreKind::Msp;
        shown.bar.setQuery(query);
        ExplorationView msp;
        msp.score = ScoreKind::Msp;
        const auto& inputs = tinyInspection()->inputs;
        const auto other = inspect(inputs, tinyExploration(inputs, msp), {});
        QVERIFY(other.has_value());
        shown.bar.setInspection(*other);
        QCOMPARE(shown.query().filter.sets, std::vector<std::uint32_t>{1});
        QVERIFY(!shown.query().filter.low);
        QCOMPARE(shown.query().order, ImageOrder::LevelScore);
        QCOMPARE(part<QComboBox>(shown.bar, "imageOrderCombo")->currentText(), QString("log MSP at p"));
    }

    void withoutAnInspectionThereIsNothingToChoose() {
        ImageFilterBar bar;
        QVERIFY(!bar.isEnabled());
        bar.setInspection(tinyInspection());
        QVERIFY(bar.isEnabled());
        bar.setInspection(nullptr);
        QVERIFY(!bar.isEnabled());
    }
};

QTEST_MAIN(TestImageFilterBar)
#include "test_image_filter_bar.moc"
