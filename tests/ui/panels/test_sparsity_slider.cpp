#include <QAccessible>
#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QHelpEvent>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolTip>
#include <QWheelEvent>
#include <cmath>
#include <optional>
#include <vector>

#include "tests/support/qt_warnings.h"
#include "ui/panels/sparsity_groove.h"
#include "ui/panels/sparsity_slider.h"

using namespace dicescope;

namespace {

std::vector<double> grid(int count, double step) {
    std::vector<double> levels;
    for (int i = 0; i < count; ++i) levels.push_back(std::round(i * step * 10) / 10);
    return levels;
}

/// The slider in a window, with its parts found as a user of the screen finds them: by name.
struct Fixture {
    explicit Fixture(const std::vector<double>& levels = grid(101, 1)) {
        slider.setLevels(levels);
        slider.resize(900, slider.sizeHint().height());
        slider.show();
        groove = slider.findChild<SparsityGroove*>("sparsityGroove");
        box = slider.findChild<QDoubleSpinBox*>("pBox");
        dense = slider.findChild<QPushButton*>("denseButton");
        fine = slider.findChild<QCheckBox*>("fineSteps");
    }

    void click(int x) const { QTest::mouseClick(groove, Qt::LeftButton, {}, {x, groove->height() / 3}); }
    void clickAt(std::size_t row) const {
        click(static_cast<int>(std::lround(groove->pointOf(static_cast<int>(row)).x())));
    }
    void wheel(QPoint angle) const {
        const QPointF middle(groove->rect().center());
        QWheelEvent event(middle, groove->mapToGlobal(middle), {}, angle, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(groove, &event);
    }
    void type(const QString& text) const {
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, text);
        QTest::keyClick(box, Qt::Key_Return);
    }
    [[nodiscard]] QString tipAt(QPointF point) const {
        QHelpEvent event(QEvent::ToolTip, point.toPoint(), groove->mapToGlobal(point.toPoint()));
        QCoreApplication::sendEvent(groove, &event);
        return QToolTip::text();
    }

    SparsitySlider slider;
    SparsityGroove* groove = nullptr;
    QDoubleSpinBox* box = nullptr;
    QPushButton* dense = nullptr;
    QCheckBox* fine = nullptr;
    QSignalSpy rows{&slider, &SparsitySlider::rowChanged};
};

}  // namespace

class TestSparsitySlider : public QObject {
    Q_OBJECT

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void startsAtTheDenseHead() {
        Fixture f;
        QCOMPARE(f.slider.row(), std::size_t{101});
        QVERIFY(!f.slider.p());
        QVERIFY(f.dense->isChecked());
        QCOMPARE(f.box->text(), QString("dense"));
    }

    void withoutLevelsNothingMoves() {
        Fixture f(std::vector<double>{});
        QCOMPARE(f.slider.row(), std::size_t{0});
        QVERIFY(!f.groove->isEnabled() && !f.box->isEnabled() && !f.dense->isEnabled());
        f.click(f.groove->width() - 2);
        f.slider.setRow(3);
        QCOMPARE(f.slider.row(), std::size_t{0});
        QCOMPARE(f.rows.count(), 0);
    }

    void programSetsWithoutASignal() {
        Fixture f;
        QSignalSpy fine(&f.slider, &SparsitySlider::fineToggled);
        f.slider.setRow(90);
        QCOMPARE(f.slider.row(), std::size_t{90});
        QCOMPARE(f.slider.p(), std::optional(90.0));
        QCOMPARE(f.box->text(), QString("90.0 %"));
        QVERIFY(!f.dense->isChecked());
        f.slider.setMarks(80, 85);
        f.slider.setFine(true);
        f.slider.setLevels(grid(1001, 0.1));
        f.slider.setRow(5000);
        QVERIFY(!f.slider.p());
        QCOMPARE(f.rows.count(), 0);
        QCOMPARE(fine.count(), 0);
    }

    void newLevelsKeepP() {
        Fixture f;
        f.slider.setRow(90);
        f.slider.setLevels(grid(1001, 0.1));
        QCOMPARE(f.slider.row(), std::size_t{900});
        QCOMPARE(f.slider.p(), std::optional(90.0));
        f.slider.setLevels({0, 50, 93});
        QCOMPARE(f.slider.row(), std::size_t{2});
        QCOMPARE(f.box->value(), 93.0);
        f.slider.setRow(3);
        f.slider.setLevels(grid(101, 1));
        QVERIFY(!f.slider.p());
    }

    void clicksJump() {
        Fixture f;
        f.clickAt(37);
        QCOMPARE(f.slider.row(), std::size_t{37});
        QCOMPARE(f.rows.count(), 1);
        QCOMPARE(f.rows.at(0).at(0).value<std::size_t>(), std::size_t{37});
        f.clickAt(37);
        QCOMPARE(f.rows.count(), 1);
        f.click(1);
        QCOMPARE(f.slider.row(), std::size_t{101});
        f.click(f.groove->width() - 2);
        QCOMPARE(f.slider.row(), std::size_t{100});
        QCOMPARE(f.rows.count(), 3);
        // The scale is linear, and the dense head stands apart from p = 0.
        const double zero = f.groove->pointOf(0).x();
        const double full = f.groove->pointOf(100).x();
        QVERIFY(std::abs(f.groove->pointOf(50).x() - (zero + full) / 2) < 1e-6);
        QVERIFY(zero - f.groove->pointOf(SparsityGroove::kDense).x() > 2 * (full - zero) / 100);
    }

    void otherButtonsDoNothing() {
        Fixture f;
        QTest::mouseClick(f.groove, Qt::MiddleButton, {}, {f.groove->width() / 2, 10});
        QCOMPARE(f.rows.count(), 0);
    }

    void dragsFollowEveryEvent() {
        Fixture f;
        const auto at = [&](std::size_t row) { return f.groove->pointOf(static_cast<int>(row)).toPoint(); };
        QTest::mousePress(f.groove, Qt::LeftButton, {}, at(20));
        for (const std::size_t row : {25U, 60U, 61U}) {
            QTest::mouseMove(f.groove, at(row));
            QCOMPARE(f.slider.row(), std::size_t{row});
        }
        QTest::mouseMove(f.groove, {f.groove->width() + 300, 0});
        QCOMPARE(f.slider.row(), std::size_t{100});
        QTest::mouseMove(f.groove, {-300, 0});
        QCOMPARE(f.slider.row(), std::size_t{101});
        QTest::mouseMove(f.groove, at(5));
        QTest::mouseRelease(f.groove, Qt::LeftButton, {}, at(5));
        QCOMPARE(f.rows.count(), 7);
        QTest::mouseMove(f.groove, at(70));
        QCOMPARE(f.slider.row(), std::size_t{5});
    }

    void keys_data() {
        QTest::addColumn<int>("from");
        QTest::addColumn<Qt::Key>("key");
        QTest::addColumn<int>("to");
        constexpr int kDense = 1001;
        QTest::newRow("right") << 500 << Qt::Key_Right << 501;
        QTest::newRow("left") << 500 << Qt::Key_Left << 499;
        QTest::newRow("up") << 500 << Qt::Key_Up << 501;
        QTest::newRow("down") << 500 << Qt::Key_Down << 499;
        QTest::newRow("page up") << 505 << Qt::Key_PageUp << 605;
        QTest::newRow("page down") << 505 << Qt::Key_PageDown << 405;
        QTest::newRow("page up near the end") << 950 << Qt::Key_PageUp << 1000;
        QTest::newRow("page up at the end") << 1000 << Qt::Key_PageUp << 1000;
        QTest::newRow("page down near zero") << 50 << Qt::Key_PageDown << 0;
        QTest::newRow("page down at zero") << 0 << Qt::Key_PageDown << kDense;
        QTest::newRow("home") << 500 << Qt::Key_Home << kDense;
        QTest::newRow("end") << 500 << Qt::Key_End << 1000;
        QTest::newRow("right from dense") << kDense << Qt::Key_Right << 0;
        QTest::newRow("left from zero") << 0 << Qt::Key_Left << kDense;
        QTest::newRow("left from dense") << kDense << Qt::Key_Left << kDense;
        QTest::newRow("right at the end") << 1000 << Qt::Key_Right << 1000;
        QTest::newRow("page up from dense") << kDense << Qt::Key_PageUp << 0;
        QTest::newRow("page down from dense") << kDense << Qt::Key_PageDown << kDense;
    }

    void keys() {
        QFETCH(const int, from);
        QFETCH(const Qt::Key, key);
        QFETCH(const int, to);
        Fixture f(grid(1001, 0.1));
        f.slider.setRow(static_cast<std::size_t>(from));
        QTest::keyClick(f.groove, key);
        QCOMPARE(f.slider.row(), static_cast<std::size_t>(to));
        QCOMPARE(f.rows.count(), from == to ? 0 : 1);
    }

    void unevenLevelsPageToTheNearest() {
        Fixture f(std::vector<double>{0, 3, 50, 90, 95, 99.5});
        f.slider.setRow(1);
        QTest::keyClick(f.groove, Qt::Key_PageUp);  // 13 is nearest to 3 itself: one level on
        QCOMPARE(f.slider.p(), std::optional(50.0));
        QTest::keyClick(f.groove, Qt::Key_End);
        QTest::keyClick(f.groove, Qt::Key_PageDown);
        QCOMPARE(f.slider.p(), std::optional(90.0));
    }

    void wheelMovesALevelANotch() {
        Fixture f;
        f.slider.setRow(50);
        f.wheel({0, 120});
        QCOMPARE(f.slider.row(), std::size_t{51});
        f.wheel({0, -240});
        QCOMPARE(f.slider.row(), std::size_t{49});
        QCOMPARE(f.rows.count(), 2);
        for (int i = 0; i < 3; ++i) f.wheel({0, 50});
        QCOMPARE(f.slider.row(), std::size_t{50});
        f.wheel({-120, 0});  // to the right
        QCOMPARE(f.slider.row(), std::size_t{51});
        f.slider.setRow(0);
        f.wheel({0, -600});
        QVERIFY(!f.slider.p());
    }

    void typingGoesToTheNearestLevel() {
        Fixture f;
        f.slider.setRow(50);
        f.type("33.4");
        QCOMPARE(f.slider.row(), std::size_t{33});
        QCOMPARE(f.box->text(), QString("33.0 %"));
        QCOMPARE(f.rows.count(), 1);
        f.type("33.2");
        QCOMPARE(f.box->text(), QString("33.0 %"));
        QCOMPARE(f.rows.count(), 1);
        f.type("100");
        QCOMPARE(f.slider.row(), std::size_t{100});
        QCOMPARE(f.rows.count(), 2);
        f.type("1000");  // the box takes three digits
        QCOMPARE(f.slider.row(), std::size_t{100});
    }

    void boxStepsByOnePercentOrATenth() {
        Fixture f(grid(1001, 0.1));
        f.slider.setRow(500);
        QTest::keyClick(f.box, Qt::Key_Up);
        QCOMPARE(f.slider.row(), std::size_t{510});
        f.slider.setFine(true);
        QTest::keyClick(f.box, Qt::Key_Down);
        QCOMPARE(f.slider.row(), std::size_t{509});
        QCOMPARE(f.box->text(), QString("50.9 %"));
        f.slider.setRow(0);
        QTest::keyClick(f.box, Qt::Key_Down);
        QVERIFY(!f.slider.p());
        QTest::keyClick(f.box, Qt::Key_Up);
        QCOMPARE(f.slider.row(), std::size_t{0});
        QCOMPARE(f.rows.count(), 4);
    }

    void boxStepsOverUnevenLevels() {
        Fixture f(std::vector<double>{0, 50, 90.25});
        f.slider.setRow(1);
        QTest::keyClick(f.box, Qt::Key_Up);
        QCOMPARE(f.slider.row(), std::size_t{2});
        QCOMPARE(f.box->text(), QString("90.25 %"));
    }

    void denseButtonGoesThereAndBack() {
        Fixture f;
        f.slider.setRow(72);
        QTest::mouseClick(f.dense, Qt::LeftButton);
        QVERIFY(!f.slider.p());
        QVERIFY(f.dense->isChecked());
        QTest::mouseClick(f.dense, Qt::LeftButton);
        QCOMPARE(f.slider.row(), std::size_t{72});
        QVERIFY(!f.dense->isChecked());
        QCOMPARE(f.rows.count(), 2);
    }

    void fineSwitchTells() {
        Fixture f;
        QSignalSpy fine(&f.slider, &SparsitySlider::fineToggled);
        QTest::mouseClick(f.fine, Qt::LeftButton, {}, {8, f.fine->height() / 2});
        QCOMPARE(fine.count(), 1);
        QCOMPARE(fine.at(0).at(0).toBool(), true);
        QCOMPARE(f.box->singleStep(), 0.1);
        QTest::keyClick(f.fine, Qt::Key_Space);
        QCOMPARE(fine.at(1).at(0).toBool(), false);
        QCOMPARE(f.box->singleStep(), 1.0);
        QCOMPARE(f.rows.count(), 0);
    }

    void marksExplainThemselvesAndCanBeClicked() {
        Fixture f(grid(1001, 0.1));
        f.slider.setMarks(873, 902);
        const double best = f.groove->pointOf(873).x();
        const double chosen = f.groove->pointOf(902).x();
        const QPointF handle = f.groove->pointOf(0);
        const QPointF onBest(best + 2, 6);  // two pixels beside it, where a level is less than a pixel
        QVERIFY(f.tipAt(onBest).contains("bound and not a result"));
        QVERIFY(f.tipAt(onBest).contains("87.3"));
        const QPointF onChosen(chosen, handle.y() + 0.7 * f.groove->fontMetrics().height());
        QVERIFY(f.tipAt(onChosen).contains("Chosen p: 90.2"));
        QVERIFY(f.tipAt({handle.x(), handle.y()}).contains("dropped"));
        QTest::mouseClick(f.groove, Qt::LeftButton, {}, onBest.toPoint());
        QCOMPARE(f.slider.row(), std::size_t{873});
        f.slider.setLevels(grid(101, 1));
        QVERIFY(!f.tipAt(onBest).contains("bound"));
    }

    void rightToLeftIsMirrored() {
        Fixture f;
        f.slider.setLayoutDirection(Qt::RightToLeft);
        QVERIFY(f.groove->pointOf(0).x() > f.groove->pointOf(100).x());
        f.click(2);
        QCOMPARE(f.slider.row(), std::size_t{100});
        f.clickAt(30);
        QCOMPARE(f.slider.row(), std::size_t{30});
        QTest::keyClick(f.groove, Qt::Key_Left);
        QCOMPARE(f.slider.row(), std::size_t{31});
    }

    void assistiveTechnologySeesASlider() {
        Fixture f;
        f.slider.setRow(90);
        QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(f.groove);
        QVERIFY(interface != nullptr);
        QCOMPARE(interface->role(), QAccessible::Slider);
        QCOMPARE(interface->text(QAccessible::Name), QString("Sparsity p"));
        QVERIFY(interface->text(QAccessible::Description).contains("90.0"));
        QAccessibleValueInterface* value = interface->valueInterface();
        QVERIFY(value != nullptr);
        QCOMPARE(value->currentValue().toInt(), 90);
        value->setCurrentValue(30);
        QCOMPARE(f.slider.row(), std::size_t{30});
        QCOMPARE(f.rows.count(), 1);
    }

  private:
    std::optional<dicescope::testing::FailOnQtWarnings> warnings_;
};

QTEST_MAIN(TestSparsitySlider)
#include "test_sparsity_slider.moc"
