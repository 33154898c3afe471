#include "ui/inspect/image_detail.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>
#include <cmath>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/inspect/inspect_test_support.h"
#include "ui/inspect/image_charts.h"
#include "ui/inspect/image_picture.h"
#include "ui/plots/chart_view.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

constexpr std::size_t kRow = 90;

std::span<const float> featureOf(const ImageRecord& record) {
    return tinyInspection()->features(record.set).features.row(record.row);
}

ImageNumbers numbersOf(const ImageRecord& record) {
    const Inspection& inspection = *tinyInspection();
    const auto feature = featureOf(record);
    return {tinyInspection(), kRow, *explainImage(feature, inspection.head(), inspection.mask(kRow), {}, 5),
            *waterfall(feature, inspection.head(), inspection.mask(kRow), {}, {}, 6)};
}

/// Maps of 2 x 2 positions that add up to 4, 6 and -2.
ActivationMaps someMaps() {
    ActivationMaps maps;
    maps.classIndex = 2;
    maps.dense = Matrix<float>(2, 2, {1, 2, 3, 10});
    maps.kept = Matrix<float>(2, 2, {2, 3, 4, 15});
    maps.difference = Matrix<float>(2, 2, {-1, -1, -1, -5});
    maps.denseMean = maps.denseContribution = 4;
    maps.keptMean = 6;
    maps.keptContribution = 6.25;
    return maps;
}

struct ShownDetail {
    ImageDetail detail;
    ImageList list = listOf(tinyInspection(), kRow);

    ShownDetail() {
        detail.resize(420, 700);
        detail.show();
        detail.activateWindow();
        if (!QTest::qWaitForWindowActive(&detail)) qFatal("The detail did not become active.");
    }
    void showImage(std::uint32_t record) {
        detail.setImage(list, record);
        detail.setPicture(picture(32));
        detail.setNumbers(numbersOf(list.record(record)));
    }
    [[nodiscard]] QString text(const char* label) const { return part<QLabel>(detail, label)->text(); }
    [[nodiscard]] QString cell(int row, int column) const {
        return part<QTableWidget>(detail, "answerTable")->item(row, column)->text();
    }
    void choose(const char* letters) {
        auto* combo = part<QComboBox>(detail, "overlayCombo");
        combo->setFocus();
        QTest::qWait(2 * QApplication::keyboardInputInterval());  // what was typed before is over
        QTest::keyClicks(combo, letters);
    }
};

}  // namespace

class TestImageDetail : public QObject {
    Q_OBJECT

  private:
    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void initTestCase() { QApplication::setKeyboardInputInterval(20); }
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void asksForAnImage() {
        const ShownDetail shown;
        QVERIFY(part<QLabel>(shown.detail, "noImageLabel")->isVisible());
    }

    void saysWhatTheImageIsAndHowItWasJudged() {
        ShownDetail shown;
        shown.showImage(7);
        QVERIFY(!part<QLabel>(shown.detail, "noImageLabel")->isVisible());
        // Image 7 is of class 7 % 5.
        QCOMPARE(shown.text("imagePathLabel"), QString("/images/id/cat/7.png"));
        QVERIFY2(shown.text("imageClassesLabel").endsWith("is: cat"),
                 qPrintable(shown.text("imageClassesLabel")));
        const ImageRecord& record = shown.list.record(7);
        const QString scores = shown.text("imageScoresLabel");
        QVERIFY2(scores.contains(QString::number(static_cast<double>(record.atLevel), 'f', 2)),
                 qPrintable(scores));
        QVERIFY2(scores.contains(record.acceptedAtLevel ? "accepted" : "rejected"), qPrintable(scores));
        QTest::mouseClick(part<QPushButton>(shown.detail, "copyImagePathButton"), Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), QString("/images/id/cat/7.png"));
        QVERIFY(part<QPushButton>(shown.detail, "openImageFolderButton")->isEnabled());
    }

    /// Against sums by plain loops.
    void theTableHasBothHeads() {
        ShownDetail shown;
        shown.showImage(401);
        const Inspection& inspection = *tinyInspection();
        const auto feature = featureOf(shown.list.record(401));
        const HeadMask mask = inspection.mask(kRow);
        double dense = 0;
        double masked = 0;
        double best = -1e9;
        for (std::size_t c = 0; c < kTinyClasses; ++c) {
            double all = static_cast<double>(inspection.head().bias[c]);
            double kept = all;
            for (std::size_t d = 0; d < kTinyFeatures; ++d) {
                const double term =
                    static_cast<double>(inspection.head().weight(c, d)) * static_cast<double>(feature[d]);
                all += term;
                if (mask.keeps(c, d)) kept += term;
            }
            dense += std::exp(all);
            masked += std::exp(kept);
            best = std::max(best, all);
        }
        QCOMPARE(shown.cell(0, 2), QString::number(std::log(dense), 'f', 3));
        QCOMPARE(shown.cell(0, 5), QString::number(std::log(masked), 'f', 3));
        QCOMPARE(shown.cell(2, 2), QString::number(best, 'f', 3));
        QCOMPARE(part<QTableWidget>(shown.detail, "answerTable")->horizontalHeaderItem(4)->text(),
                 QString("p = 90 %"));
    }

    void aClassOfTheTableIsPicked() {
        ShownDetail shown;
        shown.showImage(7);
        QSignalSpy picked(&shown.detail, &ImageDetail::classPicked);
        auto* table = part<QTableWidget>(shown.detail, "answerTable");
        const auto click = [&](int row, int column) {
            QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                              table->visualItemRect(table->item(row, column)).center());
        };
        click(4, 1);
        QCOMPARE(picked.count(), 1);
        const auto c = picked[0][0].value<std::size_t>();
        QCOMPARE(table->item(4, 1)->text(), QString::fromStdString(tinyInspection()->className(c)));
        click(0, 2);  // an energy is no class
        QCOMPARE(picked.count(), 1);
    }

    void theWaterfallAddsUp() {
        ShownDetail shown;
        shown.showImage(7);
        const ImageNumbers numbers = numbersOf(shown.list.record(7));
        const ChartData& data = shown.detail.waterfall().data();
        QCOMPARE(data.series.size(), std::size_t{3});  // bias, kept, dropped
        double sum = 0;
        std::size_t bars = 0;
        for (const ChartSeries& series : data.series) {
            for (const double value : series.y) sum += value;
            bars += series.y.size();
        }
        QVERIFY(std::abs(sum - numbers.explanation.dense.top[0].logit) < 1e-9);
        QVERIFY(bars <= 15);
        QCOMPARE(data.x.ticks.size(), bars);
    }

    void aBarOfTheWaterfallIsAUnit() {
        ShownDetail shown;
        shown.showImage(7);
        QSignalSpy picked(&shown.detail, &ImageDetail::unitPicked);
        const WaterfallChart chart = waterfallChart(numbersOf(shown.list.record(7)).waterfall, "any");
        QVERIFY(chart.units[1][0].has_value());
        emit shown.detail.waterfall().pointPicked(1, 0);
        QCOMPARE(picked.count(), 1);
        QCOMPARE(picked[0][0].value<std::size_t>(), *chart.units[1][0]);
        emit shown.detail.waterfall().pointPicked(0, 0);  // the bias
        emit shown.detail.waterfall().pointPicked(9, 9);
        QCOMPARE(picked.count(), 1);
    }

    void aMapIsShownWhereItIsAskedFor() {
        ShownDetail shown;
        shown.showImage(7);
        QSignalSpy chosen(&shown.detail, &ImageDetail::overlayChosen);
        auto* view = part<ImagePicture>(shown.detail, "imagePicture");
        shown.detail.setMaps(someMaps(), kRow);
        QVERIFY(!view->hasMap());
        shown.choose("kept");
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(shown.detail.overlay(), MapOverlay::Kept);
        QVERIFY(view->hasMap());
        const QString text = shown.text("mapTextLabel");
        QVERIFY2(text.contains("cat") && text.contains("4.0000") && text.contains("6.2500") &&
                     text.contains("0.25"),
                 qPrintable(text));
        const QImage kept = view->grab().toImage();
        shown.choose("diff");
        QVERIFY(view->grab().toImage() != kept);
        shown.choose("no");
        QVERIFY(!view->hasMap());
    }

    void whyThereIsNoMapStandsBelow() {
        ShownDetail shown;
        shown.showImage(7);
        shown.choose("dense");
        shown.detail.setMapsText("This model has no map: it uses a class token.", true);
        QVERIFY(part<QLabel>(shown.detail, "mapTextLabel")->isVisible());
        QCOMPARE(shown.text("mapTextLabel"), QString("This model has no map: it uses a class token."));
        QVERIFY(!part<ImagePicture>(shown.detail, "imagePicture")->hasMap());
    }

    void anotherImageForgetsTheLastOne() {
        ShownDetail shown;
        shown.showImage(7);
        shown.choose("dense");
        shown.detail.setMaps(someMaps(), kRow);
        auto* view = part<ImagePicture>(shown.detail, "imagePicture");
        // Another p of the same image: what was computed stays until it is replaced.
        shown.detail.setImage(listOf(tinyInspection(), 50), 7);
        QVERIFY(view->hasMap());
        shown.detail.setImage(shown.list, 8);
        QVERIFY(!view->hasMap());
        QVERIFY(shown.detail.waterfall().data().empty());
        QVERIFY(part<QTableWidget>(shown.detail, "answerTable")->item(2, 1) == nullptr);
        shown.detail.setImage({}, std::nullopt);
        QVERIFY(part<QLabel>(shown.detail, "noImageLabel")->isVisible());
    }
};

QTEST_MAIN(TestImageDetail)
#include "test_image_detail.moc"
