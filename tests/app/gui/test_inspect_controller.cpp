#include "app/gui/inspect_controller.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableWidget>
#include <QTest>
#include <cmath>
#include <functional>
#include <optional>

#include "core/metrics/ood_metrics.h"
#include "tests/support/qt_warnings.h"
#include "tests/support/tiny_exploration.h"
#include "ui/inspect/class_view.h"
#include "ui/inspect/image_view.h"
#include "ui/inspect/map_view.h"
#include "ui/inspect/theory_view.h"
#include "ui/inspect/thumbnail_grid.h"
#include "ui/inspect/thumbnail_model.h"
#include "ui/inspect/unit_view.h"
#include "ui/plots/chart_view.h"
#include "ui/plots/heatmap_view.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

constexpr std::size_t kRow = 70;
constexpr std::size_t kUnit = 3;

/// Energies in float64 of one set with one unit off, by loops over the weights that are kept.
std::vector<double> energiesWithout(const Inspection& inspection, std::size_t set, std::size_t row,
                                    std::size_t unit) {
    const HeadView head = inspection.head();
    const HeadMask mask = inspection.mask(row);
    const auto features = inspection.features(set).features;
    std::vector<double> energies;
    for (std::size_t i = 0; i < features.rows; ++i) {
        double sum = 0;
        for (std::size_t c = 0; c < head.classes(); ++c) {
            double logit = static_cast<double>(head.bias[c]);
            for (std::size_t d = 0; d < head.units(); ++d) {
                if (d == unit || !mask.keeps(c, d)) continue;
                logit += static_cast<double>(head.weight(c, d)) * static_cast<double>(features(i, d));
            }
            sum += std::exp(logit);
        }
        energies.push_back(std::log(sum));
    }
    return energies;
}

}  // namespace

class TestInspectController : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;
    AnalysisInputsPtr inputs_;
    ExplorationPtr exploration_;
    std::unique_ptr<InspectPage> page_;
    std::unique_ptr<InspectController> controller_;

    template <class T>
    T* child(const char* name) {
        return page_->findChild<T*>(QString::fromLatin1(name));
    }
    void click(const char* name) { QTest::mouseClick(child<QPushButton>(name), Qt::LeftButton); }
    ThumbnailModel& thumbnails() { return page_->images().grid().thumbnails(); }
    /// Clicks the first image that the dense head takes for a class.
    void clickImageOf(std::int32_t c) {
        ThumbnailGrid& grid = page_->images().grid();
        const ImageList& list = thumbnails().list();
        for (const std::uint32_t record : *list.records) {
            if (list.record(record).predicted != c) continue;
            const QModelIndex at = thumbnails().indexOf(record);
            grid.scrollTo(at);
            return QTest::mouseClick(grid.viewport(), Qt::LeftButton, {}, grid.visualRect(at).center());
        }
        QFAIL("No image is taken for that class.");
    }
    QString classOfTheBar() { return child<QComboBox>("inspectClass")->currentText(); }
    /// Whose contributions are shown beside the image.
    QString classOfTheImage() {
        return page_->images().detail().waterfall().data().caption.section(':', 0, 0);
    }
    bool isForExport(const Exportable& plot) {
        return !plot.isEmpty() && controller_->plotsOf(exploration_).contains(&plot);
    }
    void stop() {
        controller_->stopAll();
        QTRY_VERIFY(controller_->idle());
    }
    QString cell(int row, int column) { return child<QTableWidget>("editTable")->item(row, column)->text(); }

  private slots:
    void initTestCase() {
        inputs_ = tinyInputs();
        exploration_ = tinyExploration(inputs_);
    }
    void init() {
        warnings_.emplace();
        page_ = std::make_unique<InspectPage>();
        controller_ = std::make_unique<InspectController>(*page_);
        page_->resize(1200, 800);
        page_->show();
        QVERIFY(QTest::qWaitForWindowExposed(page_.get()));
        controller_->setExploration(inputs_, exploration_, kRow);
        controller_->setShown(true);
        QTRY_VERIFY(controller_->inspection() != nullptr);
    }
    void cleanup() {
        controller_->stopAll();
        QTRY_VERIFY(controller_->idle());
        controller_.reset();
        page_.reset();
        warnings_.reset();
    }

    void nothingIsComputedWhileHidden() {
        controller_->setShown(false);
        controller_->setExploration(nullptr, nullptr, 0, "nothing");
        controller_->setExploration(inputs_, exploration_, kRow);
        QTest::qWait(50);
        QVERIFY(controller_->inspection() == nullptr);
        controller_->setShown(true);
        QTRY_VERIFY(controller_->inspection() != nullptr);
    }

    void theMapFollowsTheRowAndPicks() {
        HeatmapView& map = page_->map().heatmap();
        QTRY_VERIFY(!map.isEmpty());
        const auto numbers = map.numbers();
        QTRY_VERIFY(numbers().contains("\"ant\",0,"));
        const qsizetype kept = numbers().count(",1\n");
        QCOMPARE(kept, static_cast<qsizetype>(exploration_->kept[kRow]));
        controller_->setRow(exploration_->denseRow());
        QCOMPARE(map.numbers()().count(",1\n"), static_cast<qsizetype>(kTinyClasses * kTinyFeatures));
        emit map.cellPicked(2, 4);
        QCOMPARE(child<QComboBox>("inspectClass")->currentIndex(), 2);
    }

    void theClassViewShowsTheChosenClass() {
        page_->setView(InspectPage::Class);
        QTRY_VERIFY(!page_->classes().profile().isEmpty());
        QTest::keyClick(child<QComboBox>("inspectClass"), Qt::Key_Down);
        QTRY_VERIFY(page_->classes().profile().data().caption.contains("bee"));
        QTRY_VERIFY(page_->classes().logits().data().x.label.contains("bee"));
        const auto& series = page_->classes().profile().data().series;
        const auto id = std::ranges::find_if(series, [](const ChartSeries& each) {
            return each.name == "id" && each.shape == SeriesShape::Line;
        });
        QVERIFY(std::ranges::is_sorted(id->y, std::greater<>()));
        std::size_t kept = 0;
        for (std::size_t d = 0; d < kTinyFeatures; ++d)
            kept += controller_->inspection()->mask(kRow).keeps(1, d);
        QCOMPARE(series.back().x.size(), kept);
    }

    void aUnitSwitchedOffGivesTheMetricsOfAFullRecomputation() {
        page_->setView(InspectPage::Unit);
        child<QSpinBox>("inspectUnit")->setValue(kUnit);
        QTRY_VERIFY(child<QLabel>("unitFacts")->text().contains("Unit 3"));
        click("editToggle");
        QTRY_COMPARE(child<QTableWidget>("editTable")->rowCount(), 4);
        const Inspection& inspection = *controller_->inspection();
        const auto id = energiesWithout(inspection, 0, kRow, kUnit);
        for (std::size_t s = 0; s < 3; ++s) {
            const auto expected = computeOodMetrics(std::span<const double>(id),
                                                    energiesWithout(inspection, s + 1, kRow, kUnit));
            QVERIFY(expected.has_value());
            const int row = static_cast<int>(s);
            QCOMPARE(cell(row, 3).section(' ', 0, 0), QString::number(100 * expected->fpr95, 'f', 2));
            QCOMPARE(cell(row, 6).section(' ', 0, 0), QString::number(100 * expected->auroc, 'f', 2));
            const OodMetrics base = exploration_->metrics->ood[s].metrics.at(kRow);
            QCOMPARE(cell(row, 2), QString::number(100 * base.fpr95, 'f', 2));
        }
        QVERIFY(child<QPushButton>("editToggle")->text().contains("on"));
        click("editUndo");
        QTRY_COMPARE(child<QTableWidget>("editTable")->rowCount(), 0);
        QVERIFY(!child<QPushButton>("editUndo")->isEnabled());
    }

    void editsAreKeptShownAndRemoved() {
        page_->setView(InspectPage::Unit);
        child<QSpinBox>("inspectUnit")->setValue(0);
        click("editToggle");
        QSignalSpy kept(controller_.get(), &InspectController::keptEditsChanged);
        QTest::keyClicks(child<QLineEdit>("editName"), "without 0");
        click("editKeep");
        QCOMPARE(kept.size(), 1);
        const auto edits = kept[0][0].value<std::vector<MaskEdit>>();
        QCOMPARE(edits.size(), std::size_t{1});
        QCOMPARE(edits[0].name, std::string("without 0"));
        QCOMPARE(edits[0].p, std::optional(70.0));
        QCOMPARE(edits[0].unitsOff, std::vector<std::size_t>{0});
        click("editClear");
        QSignalSpy level(controller_.get(), &InspectController::levelWanted);
        click("editShow");
        QCOMPARE(level.size(), 1);
        QCOMPARE(level[0][0].value<std::optional<double>>(), std::optional(70.0));
        QTRY_COMPARE(child<QTableWidget>("editTable")->rowCount(), 4);
        click("editRemove");
        QCOMPARE(kept.size(), 2);
        QVERIFY(kept[1][0].value<std::vector<MaskEdit>>().empty());
    }

    void theoryIsComputedWhenAskedFor() {
        page_->setView(InspectPage::Theory);
        QTRY_VERIFY(!page_->theory().gap().isEmpty());
        QVERIFY(page_->theory().variance().isEmpty());
        click("theoryStart");
        QTRY_VERIFY(!page_->theory().variance().isEmpty());
        QTRY_VERIFY(!page_->theory().covariance().isEmpty());
        // What is measured on the images is what the full covariance says.
        const auto& series = page_->theory().variance().data().series;
        for (std::size_t i = 0; i + 1 < series.size(); i += 3) {
            QVERIFY(series[i].labels[0].contains("measured") && series[i + 1].labels[0].contains("full"));
            for (std::size_t k = 0; k < series[i].y.size(); ++k)
                QVERIFY(std::abs(series[i].y[k] - series[i + 1].y[k]) < 1e-6);
        }
        // The covariance is that of the kept units, and of all where none is kept.
        const auto rows = [this] { return page_->theory().covariance().numbers()().count('\n'); };
        qsizetype kept = 0;
        for (std::size_t d = 0; d < kTinyFeatures; ++d)
            kept += controller_->inspection()->mask(kRow).keeps(0, d) ? 1 : 0;
        QVERIFY(kept > 0 && kept < static_cast<qsizetype>(kTinyFeatures));
        QCOMPARE(rows(), kept);
        const auto says = [this](const char* text) {
            return page_->theory().covariance().svg({600, 400}).contains(text);
        };
        QVERIFY(says("kept units by mean"));
        controller_->setRow(100);
        QTRY_COMPARE(rows(), static_cast<qsizetype>(kTinyFeatures));
        QVERIFY(!says("kept units") && says("all units (none is kept) by mean"));
        controller_->setRow(kRow);
        // The gap is the difference of the mean largest logits.
        const auto& gap = page_->theory().gap().data().series;
        QCOMPARE(gap.size(), std::size_t{3});
        double expected = 0;
        for (const float value : exploration_->swept->id.maxLogitAt(kRow))
            expected += static_cast<double>(value) / 400;
        for (const float value : exploration_->swept->ood[1].maxLogitAt(kRow))
            expected -= static_cast<double>(value) / 300;
        QVERIFY(std::abs(gap[1].y[kRow + 1] - expected) < 1e-6);
    }

    void onlyPlotsOfWhatIsShownAreForExport() {
        QTRY_VERIFY(!page_->map().heatmap().isEmpty());
        page_->setView(InspectPage::Class);
        QTRY_VERIFY(!page_->classes().profile().isEmpty());
        QVERIFY(controller_->plotsOf(exploration_).contains(&page_->classes().profile()));
        // A plot that is not seen while p moves is computed anew when it is.
        page_->setView(InspectPage::Map);
        controller_->setRow(20);
        QVERIFY(page_->classes().profile().isEmpty());
        QVERIFY(!page_->map().heatmap().isEmpty());
        ExplorationView view;
        view.bins = 50;
        const auto other = tinyExploration(inputs_, view);
        QVERIFY(controller_->plotsOf(other).isEmpty());
        controller_->setExploration(inputs_, other, 20);
        QVERIFY(page_->map().heatmap().isEmpty());
        QTRY_VERIFY(controller_->plotsOf(other).contains(&page_->map().heatmap()));
    }

    void aClassThatWasStoppedIsNotForExport() {
        const ClassView& view = page_->classes();
        page_->setView(InspectPage::Class);
        QTRY_VERIFY(isForExport(view.profile()) && isForExport(view.logits()));
        // Another p, class and OOD set.
        const std::function<void()> changes[] = {
            [this] { controller_->setRow(20); },
            [this] { QTest::keyClick(child<QComboBox>("inspectClass"), Qt::Key_Down); },
            [this] { QTest::keyClick(child<QComboBox>("inspectOodSet"), Qt::Key_Down); }};
        for (const auto& change : changes) {
            change();
            QVERIFY(!isForExport(view.profile()) && !isForExport(view.logits()));
            stop();
            QVERIFY(!isForExport(view.profile()) && !isForExport(view.logits()));
            page_->setView(InspectPage::Map);
            page_->setView(InspectPage::Class);
            QTRY_VERIFY(isForExport(view.profile()) && isForExport(view.logits()));
        }
        QVERIFY(view.profile().data().caption.contains("bee"));
    }

    void aHiddenViewOfAnotherClassOrUnitIsNotForExport() {
        page_->setView(InspectPage::Unit);
        QTRY_VERIFY(isForExport(page_->unit().activations()));
        page_->setView(InspectPage::Class);
        QTRY_VERIFY(isForExport(page_->classes().profile()));
        page_->setView(InspectPage::Map);
        QTRY_VERIFY(isForExport(page_->map().heatmap()));
        QVERIFY(isForExport(page_->classes().profile()) && isForExport(page_->unit().activations()));
        const int unit = child<QSpinBox>("inspectUnit")->value();
        emit page_->map().heatmap().cellPicked(2, 0);
        emit page_->map().heatmap().cellPicked(2, 4);
        QVERIFY(child<QSpinBox>("inspectUnit")->value() != unit);
        QVERIFY(!isForExport(page_->classes().profile()) && !isForExport(page_->classes().logits()));
        QVERIFY(!isForExport(page_->unit().activations()));
        QVERIFY(isForExport(page_->map().heatmap()));
        page_->setView(InspectPage::Class);
        QTRY_VERIFY(isForExport(page_->classes().profile()));
    }

    void aUnitThatWasStoppedIsNotForExport() {
        page_->setView(InspectPage::Unit);
        auto* box = child<QSpinBox>("inspectUnit");
        box->setValue(kUnit);
        QTRY_VERIFY(isForExport(page_->unit().activations()));
        box->setValue(kUnit + 2);
        QVERIFY(!isForExport(page_->unit().activations()));
        stop();
        QVERIFY(!isForExport(page_->unit().activations()));
        box->setValue(kUnit);
        QVERIFY(isForExport(page_->unit().activations()));
        box->setValue(kUnit + 2);
        QTRY_VERIFY(isForExport(page_->unit().activations()));
        QVERIFY(child<QLabel>("unitFacts")->text().contains("Unit 5"));
    }

    void aUnitThatWasLeftDoesNotComeBack() {
        page_->setView(InspectPage::Unit);
        auto* box = child<QSpinBox>("inspectUnit");
        box->setValue(kUnit);
        QTRY_VERIFY(child<QLabel>("unitFacts")->text().contains("Unit 3"));
        box->setValue(kUnit + 2);
        box->setValue(kUnit);
        QTRY_VERIFY(controller_->idle());
        QTest::qWait(0);
        QVERIFY(child<QLabel>("unitFacts")->text().contains("Unit 3"));
        QVERIFY(isForExport(page_->unit().activations()));
    }

    void aMapThatWasStoppedIsNotForExport() {
        QTRY_VERIFY(isForExport(page_->map().heatmap()));
        child<QComboBox>("unitOrder")->setCurrentIndex(1);
        QVERIFY(!isForExport(page_->map().heatmap()));
        stop();
        QVERIFY(!isForExport(page_->map().heatmap()));
        page_->setView(InspectPage::Class);
        page_->setView(InspectPage::Map);
        QTRY_VERIFY(isForExport(page_->map().heatmap()));
    }

    void theoryThatWasStoppedIsNotForExport() {
        const TheoryView& view = page_->theory();
        const auto ofTheClass = [&] {
            return isForExport(view.variance()) && isForExport(view.mean()) && isForExport(view.covariance());
        };
        const auto none = [&] {
            return !isForExport(view.variance()) && !isForExport(view.mean()) &&
                   !isForExport(view.covariance());
        };
        page_->setView(InspectPage::Theory);
        QTRY_VERIFY(isForExport(view.gap()));
        QVERIFY(none());
        click("theoryStart");
        QTRY_VERIFY(ofTheClass());
        const std::function<void()> changes[] = {
            [this] { controller_->setRow(20); },
            [this] { QTest::keyClick(child<QComboBox>("inspectClass"), Qt::Key_Down); },
            [this] { QTest::keyClick(child<QComboBox>("inspectOodSet"), Qt::Key_Down); },
            [this] { QTest::mouseClick(child<QAbstractButton>("theoryAverage"), Qt::LeftButton); }};
        for (const auto& change : changes) {
            change();
            QVERIFY(none());
            stop();
            QVERIFY(none());
            // The gap is of all classes, and its mark needs no time.
            QVERIFY(isForExport(view.gap()));
            page_->setView(InspectPage::Map);
            QVERIFY(none());
            page_->setView(InspectPage::Theory);
            QTRY_VERIFY(ofTheClass());
        }
        // Hidden, with another class.
        page_->setView(InspectPage::Map);
        QVERIFY(ofTheClass());
        QTest::keyClick(child<QComboBox>("inspectClass"), Qt::Key_Down);
        QVERIFY(none());
        QVERIFY(isForExport(view.gap()));
        controller_->setRow(30);
        QVERIFY(!isForExport(view.gap()));
    }

    void numbersAreThoseOfTheMomentTheyWereAskedFor() {
        HeatmapView& map = page_->map().heatmap();
        QTRY_VERIFY(!map.isEmpty());
        const auto numbers = map.numbers();
        controller_->setRow(exploration_->denseRow());
        QCOMPARE(numbers().count(",1\n"), static_cast<qsizetype>(exploration_->kept[kRow]));
    }

    void covariancesOutliveAnotherBinning() {
        page_->setView(InspectPage::Theory);
        QTRY_VERIFY(!page_->theory().gap().isEmpty());
        click("theoryStart");
        QTRY_VERIFY(!page_->theory().variance().isEmpty());
        ExplorationView view;
        view.bins = 50;
        controller_->setExploration(inputs_, tinyExploration(inputs_, view), kRow);
        QTRY_VERIFY(controller_->inspection() != nullptr);
        QTRY_VERIFY(!page_->theory().variance().isEmpty());
        ExplorationSweep sweep = tinySweep();
        sweep.rule = RankingRule::AbsoluteWeight;
        controller_->setExploration(inputs_, tinyExploration(inputs_, {}, sweep), kRow);
        QVERIFY(page_->theory().variance().isEmpty());
    }

    void theBarAndTheImageNameOneClass() {
        page_->setView(InspectPage::Images);
        QTRY_VERIFY(thumbnails().list().size() > 0);
        // Every class of the head is predicted somewhere, the bar's first one among them.
        for (const std::int32_t c : {2, 0, 4}) {
            clickImageOf(c);
            QTRY_COMPARE(classOfTheImage(), classOfTheBar());
            QCOMPARE(child<QComboBox>("inspectClass")->currentIndex(), c);
        }
        // The other way round.
        QTest::keyClick(child<QComboBox>("inspectClass"), Qt::Key_Up);
        QCOMPARE(child<QComboBox>("inspectClass")->currentIndex(), 3);
        QTRY_COMPARE(classOfTheImage(), classOfTheBar());
        // From the table of the image.
        auto* table = child<QTableWidget>("answerTable");
        const QString third = table->item(4, 1)->text();
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                          table->visualItemRect(table->item(4, 1)).center());
        QCOMPARE(classOfTheBar(), third);
        QTRY_COMPARE(classOfTheImage(), third);
        // From another view.
        page_->setView(InspectPage::Map);
        QTRY_VERIFY(!page_->map().heatmap().isEmpty());
        emit page_->map().heatmap().cellPicked(1, 4);
        page_->setView(InspectPage::Images);
        QTRY_COMPARE(classOfTheImage(), classOfTheBar());
    }

    void aPinnedClassStays() {
        page_->setView(InspectPage::Images);
        QTRY_VERIFY(thumbnails().list().size() > 0);
        clickImageOf(2);
        auto* pin = child<QAbstractButton>("pinClass");
        QTest::mouseClick(pin, Qt::LeftButton);
        QVERIFY(pin->isChecked());
        clickImageOf(4);
        QTRY_COMPARE(classOfTheImage(), classOfTheBar());
        QCOMPARE(child<QComboBox>("inspectClass")->currentIndex(), 2);
        // Who pins a class may still choose another one.
        QTest::keyClick(child<QComboBox>("inspectClass"), Qt::Key_Down);
        clickImageOf(0);
        QTRY_COMPARE(classOfTheImage(), classOfTheBar());
        QCOMPARE(child<QComboBox>("inspectClass")->currentIndex(), 3);
        QTest::mouseClick(pin, Qt::LeftButton);
        clickImageOf(4);
        QCOMPARE(child<QComboBox>("inspectClass")->currentIndex(), 4);
        QTRY_COMPARE(classOfTheImage(), classOfTheBar());
    }

    void aMoveOfPKeepsTheUnitsImages() {
        page_->setView(InspectPage::Unit);
        auto* images = child<QListWidget>("unitImages");
        QTRY_VERIFY(images->count() > 0);
        const QListWidgetItem* first = images->item(0);
        const auto* weights = child<QTableWidget>("unitWeights");
        controller_->setRow(100);
        QCOMPARE(images->item(0), first);
        for (int row = 0; row < weights->rowCount(); ++row)
            QCOMPARE(weights->item(row, 3)->text(), QString("dropped"));
        controller_->setRow(exploration_->denseRow());
        for (int row = 0; row < weights->rowCount(); ++row)
            QCOMPARE(weights->item(row, 3)->text(), QString("kept"));
    }

    void anotherAnalysisClearsThePage() {
        QTRY_VERIFY(!page_->map().heatmap().isEmpty());
        controller_->setExploration(nullptr, nullptr, 0, "nothing here");
        QCOMPARE(child<QLabel>("inspectWaiting")->text(), QString("nothing here"));
        QVERIFY(child<QLabel>("inspectWaiting")->isVisible());
        QVERIFY(page_->map().heatmap().isEmpty());
    }
};

QTEST_MAIN(TestInspectController)
#include "test_inspect_controller.moc"
