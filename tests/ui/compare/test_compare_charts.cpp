#include "ui/compare/compare_charts.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/ui/compare/compare_test_support.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

double areaOf(const ChartSeries& series) {
    double area = 0;
    for (std::size_t i = 0; i + 1 < series.x.size(); ++i)
        area += series.y[i] * (series.x[i + 1] - series.x[i]);
    return area;
}

/// Share of scores at or above a threshold, by counting.
double shareAbove(const std::vector<double>& scores, double threshold) {
    const auto above = std::ranges::count_if(scores, [&](double score) { return score >= threshold; });
    return static_cast<double>(above) / static_cast<double>(scores.size());
}

/// Area under a curve of points, by trapezoids.
double areaUnder(const ChartSeries& series) {
    double area = 0;
    for (std::size_t i = 0; i + 1 < series.x.size(); ++i)
        area += (series.x[i + 1] - series.x[i]) * (series.y[i + 1] + series.y[i]) / 2;
    return area;
}

}  // namespace

class TestCompareCharts : public QObject {
    Q_OBJECT

  private slots:
    void everySetHasItsDensityAndItsCurve() {
        const auto comparison = madeComparison();
        const ComparedDetector& dice = comparison->detectors[2];
        const auto charts = detectorCharts(*comparison, dice, "id");
        QVERIFY(charts);
        const auto& densities = charts->histogram.series;
        QCOMPARE(densities.size(), std::size_t{4});
        QCOMPARE(densities[0].name, QString("id"));
        QCOMPARE(densities[3].name, QString("noise"));
        for (const ChartSeries& series : densities) QVERIFY(std::abs(areaOf(series) - 1) < 1e-9);
        QCOMPARE(charts->histogram.marks.size(), std::size_t{1});
        QCOMPARE(charts->histogram.marks[0].x, dice.average.threshold);
        // One bin against a count by hand.
        const ChartSeries& id = densities[0];
        std::size_t in = 0;
        for (const double score : dice.idScores) in += score >= id.x[60] && score < id.x[61] ? 1 : 0;
        QVERIFY(std::abs(id.y[60] * (id.x[61] - id.x[60]) - static_cast<double>(in) / 200) < 1e-9);
    }

    void theCurveHasTheArea() {
        const auto comparison = madeComparison();
        const ComparedDetector& dice = comparison->detectors[2];
        const auto charts = detectorCharts(*comparison, dice, "id");
        QVERIFY(charts);
        for (std::size_t s = 0; s < 3; ++s) {
            const auto curve = std::ranges::find(
                charts->roc.series, QString::fromStdString(comparison->oodNames[s]), &ChartSeries::name);
            QVERIFY(curve != charts->roc.series.end());
            QVERIFY(std::abs(areaUnder(*curve) - dice.metrics[s].auroc) < 1e-3);
            // The point of FPR95 is on it.
            const double threshold = dice.metrics[s].threshold;
            const double fpr = shareAbove(dice.oodScores[s], threshold);
            const double tpr = shareAbove(dice.idScores, threshold);
            bool isThere = false;
            for (std::size_t i = 0; i < curve->x.size(); ++i)
                isThere |= std::hypot(curve->x[i] - fpr, curve->y[i] - tpr) < 2e-3;
            QVERIFY(isThere);
        }
    }

    void scoresThatLieCloseTogetherAreToldApart() {
        const auto comparison = madeComparison();
        ComparedDetector odin = comparison->detectors[0];
        for (double& score : odin.idScores) score = 0.1 + 1e-9 * score;
        for (auto& scores : odin.oodScores) {
            for (double& score : scores) score = 0.1 + 1e-9 * score;
        }
        const auto charts = detectorCharts(*comparison, odin, "id");
        QVERIFY(charts);
        const ChartSeries& id = charts->histogram.series[0];
        QVERIFY(std::ranges::count_if(id.y, [](double y) { return y > 0; }) > 20);
        QVERIFY(std::abs(areaOf(id) - 1) < 1e-6);
    }

    void outliersAreLeftOutAndSaidSo() {
        const auto comparison = madeComparison();
        ComparedDetector detector = comparison->detectors[0];
        const double usual = detectorCharts(*comparison, detector, "id")->histogram.series[0].x.back();
        detector.oodScores[1][0] = 1e300;
        detector.oodScores[1][1] = std::numeric_limits<double>::infinity();
        const auto charts = detectorCharts(*comparison, detector, "id");
        QVERIFY(charts);
        QVERIFY(charts->histogram.series[0].x.back() < 10 * usual);
        QVERIFY2(charts->histogram.caption.contains("beyond"), qPrintable(charts->histogram.caption));
        QVERIFY(std::abs(areaOf(charts->histogram.series[2]) - 0.98) < 1e-9);
    }

    void equalScoresAreABar() {
        const auto comparison = madeComparison();
        ComparedDetector detector = comparison->detectors[0];
        std::ranges::fill(detector.idScores, 1e12);
        for (auto& scores : detector.oodScores) std::ranges::fill(scores, 1e12);
        const auto charts = detectorCharts(*comparison, detector, "id");
        QVERIFY(charts);
        QVERIFY(std::abs(areaOf(charts->histogram.series[0]) - 1) < 1e-3);
    }

    void withoutNumbersThereIsNothing() {
        const auto comparison = madeComparison();
        const auto charts = detectorCharts(*comparison, comparison->detectors[4], "id");
        QVERIFY(charts);
        QVERIFY(charts->histogram.empty());
        QVERIFY(charts->roc.empty());
        ComparedDetector broken = comparison->detectors[0];
        broken.idScores[3] = std::numeric_limits<double>::quiet_NaN();
        QVERIFY(!detectorCharts(*comparison, broken, "id"));
    }
};

QTEST_APPLESS_MAIN(TestCompareCharts)
#include "test_compare_charts.moc"
