#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QTest>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "ui/panels/exploration_controls.h"

using namespace dicescope;

namespace {

struct Fixture {
    Fixture() {
        controls.setChoices(sweep(), {});
        controls.setFeatureRange(4, 1.5);
        controls.setChoiceSets({"gaussian-noise", "val"}, {"near", "far"});
        controls.resize(1200, controls.heightForWidth(1200));
        controls.show();
    }

    static ExplorationSweep sweep() {
        ExplorationSweep sweep;
        sweep.levels = {0, 50, 90};
        sweep.threads = 7;
        return sweep;
    }
    template <class Widget>
    Widget* find(const char* name) const {
        auto* widget = controls.findChild<Widget*>(name);
        if (widget == nullptr) qFatal("no %s", name);
        return widget;
    }
    /// Goes to an entry of a list by the keyboard.
    void choose(const char* box, int entry) const {
        auto* combo = find<QComboBox>(box);
        combo->setFocus();
        while (combo->currentIndex() != entry) {
            QTest::keyClick(combo, combo->currentIndex() < entry ? Qt::Key_Down : Qt::Key_Up);
        }
    }
    void type(const char* box, const QString& text) const {
        auto* spin = find<QAbstractSpinBox>(box);
        spin->setFocus();
        spin->selectAll();
        QTest::keyClicks(spin, text);
        QTest::keyClick(spin, Qt::Key_Return);
    }
    void toggleReact() const { QTest::keyClick(find<QCheckBox>("reactCheck"), Qt::Key_Space); }

    ExplorationControls controls;
    QSignalSpy changes{&controls, &ExplorationControls::changed};
};

}  // namespace

class TestExplorationControls : public QObject {
    Q_OBJECT

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void programSetsWithoutASignal() {
        Fixture f;
        ExplorationSweep sweep = Fixture::sweep();
        sweep.rule = RankingRule::RandomUnit;
        sweep.seed = 5'000'000'000;  // more than a spin box holds
        sweep.reactClip = 1.2345678F;
        ExplorationView view;
        view.score = ScoreKind::MaxLogit;
        view.tprLevel = 0.91234;
        view.bins = 4000;
        view.binRange = BinRange::EachRow;
        view.choice = LevelChoiceRequest{"far", LevelCriterion::Auroc, true};
        f.controls.setChoices(sweep, view);
        QCOMPARE(f.changes.count(), 0);
        QVERIFY(f.controls.sweep() == sweep);
        const ExplorationView shown = f.controls.view();
        QCOMPARE(shown.score, view.score);
        QCOMPARE(shown.tprLevel, view.tprLevel);
        QCOMPARE(shown.bins, view.bins);
        QCOMPARE(shown.binRange, view.binRange);
        QCOMPARE(shown.choice->on, view.choice->on);
        QCOMPARE(shown.choice->criterion, view.choice->criterion);
        QVERIFY(shown.choice->allowReported);
        QCOMPARE(f.find<QSpinBox>("binsBox")->value(), 4000);
        QCOMPARE(f.find<QDoubleSpinBox>("tprBox")->text(), QString("91.2340 %"));
        QCOMPARE(f.find<QComboBox>("choiceBox")->currentText(), QString("far (reported: optimistic)"));
    }

    void everyScoreAndRule() {
        Fixture f;
        const auto scores = {ScoreKind::Energy, ScoreKind::Msp, ScoreKind::MaxLogit};
        int entry = 0;
        for (const ScoreKind score : scores) {
            f.choose("scoreBox", entry++);
            QCOMPARE(f.controls.view().score, score);
        }
        QCOMPARE(f.changes.count(), 2);
        entry = 0;
        for (const RankingRule rule : allRankingRules()) {
            f.choose("ruleBox", entry++);
            QCOMPARE(f.controls.sweep().rule, rule);
            const bool random = rule == RankingRule::RandomWeight || rule == RankingRule::RandomUnit;
            QCOMPARE(f.find<QSpinBox>("seedBox")->isVisible(), random);
        }
        QCOMPARE(f.find<QComboBox>("ruleBox")->count(), static_cast<int>(allRankingRules().size()));
        QCOMPARE(f.changes.count(), 2 + 5);
        QCOMPARE(f.controls.sweep().levels, Fixture::sweep().levels);
        QCOMPARE(f.controls.sweep().threads, 7U);
    }

    void everyEntryIsExplained() {
        Fixture f;
        for (const char* name : {"scoreBox", "ruleBox", "rangeBox", "criterionBox"}) {
            auto* box = f.find<QComboBox>(name);
            QVERIFY(!box->toolTip().isEmpty() && !box->accessibleName().isEmpty());
            for (int i = 0; i < box->count(); ++i)
                QVERIFY(!box->itemData(i, Qt::ToolTipRole).toString().isEmpty());
        }
    }

    void seedOfTheRandomRules() {
        Fixture f;
        f.choose("ruleBox", static_cast<int>(RankingRule::RandomWeight));
        f.changes.clear();
        f.type("seedBox", "42");
        QCOMPARE(f.controls.sweep().seed, std::uint64_t{42});
        QCOMPARE(f.changes.count(), 1);
        f.type("seedBox", "42");
        QCOMPARE(f.changes.count(), 1);
    }

    void reactStartsAtTheUsualFeature() {
        Fixture f;
        QVERIFY(!f.find<QSlider>("reactSlider")->isEnabled());
        f.toggleReact();
        QCOMPARE(f.controls.sweep().reactClip, std::optional(1.5F));
        QCOMPARE(f.changes.count(), 1);
        QVERIFY(f.find<QSlider>("reactSlider")->isEnabled());
        f.type("reactBox", "0.75");
        QCOMPARE(f.controls.sweep().reactClip, std::optional(0.75F));
        f.toggleReact();
        QVERIFY(!f.controls.sweep().reactClip);
        f.toggleReact();
        QCOMPARE(f.controls.sweep().reactClip, std::optional(0.75F));
        QCOMPARE(f.changes.count(), 4);
    }

    void reactSliderIsLive() {
        Fixture f;
        f.toggleReact();
        f.changes.clear();
        auto* slider = f.find<QSlider>("reactSlider");
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_End);
        QCOMPARE(f.controls.sweep().reactClip, std::optional(4.0F));
        QCOMPARE(f.find<QDoubleSpinBox>("reactBox")->value(), 4.0);
        QTest::keyClick(slider, Qt::Key_Home);
        QVERIFY(f.controls.sweep().reactClip > 0.0F);
        QCOMPARE(f.changes.count(), 2);
        const QPoint middle = slider->rect().center();
        QTest::mousePress(slider, Qt::LeftButton, {}, {4, middle.y()});
        const auto before = f.changes.count();
        QTest::mouseMove(slider, middle);
        QVERIFY(f.changes.count() > before);
        QVERIFY(std::abs(*f.controls.sweep().reactClip - 2.0F) < 0.5F);
        QTest::mouseRelease(slider, Qt::LeftButton, {}, middle);
    }

    void reactRangeFollowsTheFeatures() {
        Fixture f;
        f.controls.setFeatureRange(0, 0);  // nothing is known: ignored
        f.controls.setFeatureRange(40, 12);
        f.toggleReact();
        QCOMPARE(f.controls.sweep().reactClip, std::optional(12.0F));
        ExplorationSweep sweep = Fixture::sweep();
        sweep.reactClip = 60.0F;  // above every feature
        f.controls.setChoices(sweep, {});
        QCOMPARE(f.find<QDoubleSpinBox>("reactBox")->value(), 60.0);
        QCOMPARE(f.controls.sweep().reactClip, std::optional(60.0F));
    }

    void binsRangeAndTpr() {
        Fixture f;
        f.type("binsBox", "37");
        QCOMPARE(f.controls.view().bins, std::size_t{37});
        f.choose("rangeBox", 1);
        QCOMPARE(f.controls.view().binRange, BinRange::EachRow);
        f.type("tprBox", "99.9");
        QCOMPARE(f.controls.view().tprLevel, 0.999);
        QCOMPARE(f.find<QComboBox>("criterionBox")->itemText(0), QString("FPR99.9"));
        f.type("tprBox", "90");
        QCOMPARE(f.controls.view().tprLevel, 0.9);
        QCOMPARE(f.find<QComboBox>("criterionBox")->itemText(0), QString("FPR90"));
        QCOMPARE(f.changes.count(), 4);
    }

    void choiceOfP() {
        Fixture f;
        auto* criterion = f.find<QComboBox>("criterionBox");
        QVERIFY(!f.controls.view().choice && !criterion->isEnabled());
        f.choose("choiceBox", 1);
        QCOMPARE(f.controls.view().choice->on, std::string("gaussian-noise"));
        QVERIFY(!f.controls.view().choice->allowReported);
        QCOMPARE(f.controls.view().choice->criterion, LevelCriterion::Fpr95);
        f.choose("criterionBox", 1);
        QCOMPARE(f.controls.view().choice->criterion, LevelCriterion::Auroc);
        f.choose("choiceBox", 3);
        QCOMPARE(f.controls.view().choice->on, std::string("near"));
        QVERIFY(f.controls.view().choice->allowReported);
        QCOMPARE(f.controls.view().choice->criterion, LevelCriterion::Auroc);
        QVERIFY(f.find<QComboBox>("choiceBox")->currentText().contains("reported: optimistic"));
        f.choose("choiceBox", 0);
        QVERIFY(!f.controls.view().choice);
    }

    void chosenSetThatIsGoneIsSaid() {
        Fixture f;
        f.choose("choiceBox", 2);
        f.changes.clear();
        f.controls.setChoiceSets({}, {"near"});
        QCOMPARE(f.find<QComboBox>("choiceBox")->currentText(), QString("val (not there)"));
        QCOMPARE(f.controls.view().choice->on, std::string("val"));
        QCOMPARE(f.changes.count(), 0);
    }

    void wheelWithoutFocusChangesNothing() {
        Fixture f;
        auto* box = f.find<QComboBox>("ruleBox");
        f.find<QSpinBox>("binsBox")->setFocus();
        QWheelEvent event({5, 5}, box->mapToGlobal(QPointF(5, 5)), {}, {0, -120}, Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(box, &event);
        QCOMPARE(f.changes.count(), 0);
    }

    void wrapsWithoutOverlap() {
        Fixture f;
        f.choose("ruleBox", static_cast<int>(RankingRule::RandomUnit));
        for (const int width : {1400, 900, 600, 420}) {
            f.controls.resize(width, f.controls.heightForWidth(width));
            QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
            const auto fields = f.controls.findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly);
            for (const QWidget* a : fields) {
                if (!a->isVisible()) continue;
                QVERIFY2(f.controls.rect().contains(a->geometry()), qPrintable(QString::number(width)));
                for (const QWidget* b : fields) {
                    QVERIFY(a == b || !b->isVisible() || !a->geometry().intersects(b->geometry()));
                }
            }
        }
        QVERIFY(f.controls.heightForWidth(420) > f.controls.heightForWidth(1400));
    }

  private:
    std::optional<dicescope::testing::FailOnQtWarnings> warnings_;
};

QTEST_MAIN(TestExplorationControls)
#include "test_exploration_controls.moc"
