#include <QtTest>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <set>

#include "core/metrics/roc_curve.h"
#include "golden_file.h"

using namespace dicescope;

using Pixel = std::pair<int, int>;
using Pixels = std::set<Pixel>;

namespace {

struct Position {
    double x;
    double y;
};

Position onView(const RocPoint& point, const RocView& view) {
    return {(point.fpr - view.fprMin) / (view.fprMax - view.fprMin) * view.width,
            (point.tpr - view.tprMin) / (view.tprMax - view.tprMin) * view.height};
}

bool within(const Pixel& pixel, const RocView& view) {
    return pixel.first >= 0 && pixel.second >= 0 && pixel.first < static_cast<int>(view.width) &&
           pixel.second < static_cast<int>(view.height);
}

/// Every pixel of the view that the polyline passes through: each segment is cut where it crosses a pixel's
/// border, and the ends and the middle of every piece are marked.
Pixels passedThrough(std::span<const RocPoint> line, const RocView& view) {
    Pixels pixels;
    const auto mark = [&](double x, double y) {
        const Pixel pixel{static_cast<int>(std::floor(x)), static_cast<int>(std::floor(y))};
        if (within(pixel, view)) pixels.insert(pixel);
    };
    for (std::size_t i = 1; i < line.size(); ++i) {
        const Position a = onView(line[i - 1], view);
        const Position b = onView(line[i], view);
        std::set<double> cuts{0, 1};
        for (double x = std::ceil(a.x); x < b.x; ++x) cuts.insert((x - a.x) / (b.x - a.x));
        for (double y = std::ceil(a.y); y < b.y; ++y) cuts.insert((y - a.y) / (b.y - a.y));
        const auto at = [&](double t) {
            mark(t == 1 ? b.x : a.x + t * (b.x - a.x), t == 1 ? b.y : a.y + t * (b.y - a.y));
        };
        double before = 0;
        for (const double cut : cuts) {
            at(cut);
            at((before + cut) / 2);
            before = cut;
        }
    }
    return pixels;
}

/// What a plotter draws that first moves every vertex into its pixel: Bresenham's lines between pixels.
Pixels drawnByBresenham(std::span<const RocPoint> line, const RocView& view) {
    Pixels pixels;
    for (std::size_t i = 1; i < line.size(); ++i) {
        const Position a = onView(line[i - 1], view);
        const Position b = onView(line[i], view);
        int x = static_cast<int>(std::floor(a.x));
        int y = static_cast<int>(std::floor(a.y));
        const int toX = static_cast<int>(std::floor(b.x));
        const int toY = static_cast<int>(std::floor(b.y));
        const int dx = std::abs(toX - x);
        const int dy = -std::abs(toY - y);
        int error = dx + dy;
        pixels.insert({x, y});
        while (x != toX || y != toY) {
            const int twice = 2 * error;
            if (twice >= dy) error += dy, x += toX > x ? 1 : -1;
            if (twice <= dx) error += dx, y += toY > y ? 1 : -1;
            pixels.insert({x, y});
        }
    }
    return pixels;
}

std::vector<RocPoint> randomCurve(std::size_t ids, std::size_t oods, int distinct, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    const auto fill = [&](std::size_t count, double mean) {
        std::vector<double> scores(count);
        for (double& score : scores) {
            score = normal(random) + mean;
            if (distinct > 0) score = std::round(score * distinct);
        }
        return scores;
    };
    return *rocCurve(fill(ids, 1), fill(oods, 0));
}

bool isSubsequence(const std::vector<RocPoint>& part, const std::vector<RocPoint>& whole) {
    std::size_t next = 0;
    for (const RocPoint& point : whole) {
        if (next < part.size() && part[next] == point) ++next;
    }
    return next == part.size();
}

}  // namespace

class TestRocCurve : public QObject {
    Q_OBJECT

  private slots:
    void agreesWithScikitLearn() {
        for (const auto& json : golden("metrics.json")) {
            const std::vector<double> id = json["id"];
            const std::vector<double> ood = json["ood"];
            const auto curve = rocCurve(id, ood);
            QVERIFY(curve.has_value());
            QCOMPARE(curve->size(), json["roc_fpr"].size());
            for (std::size_t i = 0; i < curve->size(); ++i) {
                QVERIFY(std::abs((*curve)[i].fpr - json["roc_fpr"][i].get<double>()) < 1e-15);
                QVERIFY(std::abs((*curve)[i].tpr - json["roc_tpr"][i].get<double>()) < 1e-15);
            }
        }
    }

    void thresholdsGiveTheirPoint() {
        const std::vector<float> id{1, 2, 2, 4};
        const std::vector<float> ood{2, 0};
        const auto curve = rocCurve(id, ood);
        QVERIFY(curve.has_value());
        const std::vector<RocPoint> expected{{0, 0, std::numeric_limits<double>::infinity()},
                                             {0, 0.25, 4},
                                             {0.5, 0.75, 2},
                                             {0.5, 1, 1},
                                             {1, 1, 0}};
        QVERIFY(*curve == expected);
    }

    void thinningMovesNoPixel_data() {
        QTest::addColumn<int>("ids");
        QTest::addColumn<int>("oods");
        QTest::addColumn<int>("distinct");
        QTest::addColumn<QList<double>>("range");
        const QList<double> all{0, 1, 0, 1};
        QTest::newRow("many") << 9000 << 6000 << 0 << all;
        QTest::newRow("ties") << 9000 << 6000 << 9 << all;
        QTest::newRow("more ties") << 9000 << 6000 << 150 << all;
        QTest::newRow("few") << 20 << 3 << 0 << all;
        QTest::newRow("one each") << 1 << 1 << 0 << all;
        QTest::newRow("beside the borders") << 9000 << 6000 << 0 << QList<double>{-0.03, 1.03, -0.02, 1.02};
        QTest::newRow("zoomed") << 9000 << 6000 << 150 << QList<double>{0.1, 0.3, 0.55, 0.8};
        QTest::newRow("zoomed far") << 9000 << 6000 << 0 << QList<double>{0.2, 0.201, 0.5, 0.8};
    }
    void thinningMovesNoPixel() {
        QFETCH(int, ids);
        QFETCH(int, oods);
        QFETCH(int, distinct);
        QFETCH(QList<double>, range);
        const auto curve =
            randomCurve(static_cast<std::size_t>(ids), static_cast<std::size_t>(oods), distinct, 3);
        for (const auto& [width, height] : {std::pair{160U, 160U}, {97U, 211U}, {1U, 1U}, {640U, 64U}}) {
            const RocView view{range[0], range[1], range[2], range[3], width, height};
            const auto thinned = thinForView(curve, view);
            QVERIFY(thinned.has_value());
            QVERIFY(isSubsequence(*thinned, curve));
            QVERIFY(thinned->front() == curve.front() && thinned->back() == curve.back());
            QVERIFY(thinned->size() <= 2 * (width + height + 4));
            QVERIFY(passedThrough(*thinned, view) == passedThrough(curve, view));
            if (range[0] <= 0 && range[1] >= 1 && range[2] <= 0 && range[3] >= 1) {
                QVERIFY(drawnByBresenham(*thinned, view) == drawnByBresenham(curve, view));
            }
        }
    }

    void theRasterSeesPixelsThatAreTooLarge() {
        const auto curve = randomCurve(9000, 6000, 0, 3);
        const auto coarse = *thinForView(curve, {.width = 80, .height = 80});
        const RocView fine{.width = 160, .height = 160};
        QVERIFY(passedThrough(coarse, fine) != passedThrough(curve, fine));
        QVERIFY(drawnByBresenham(coarse, fine) != drawnByBresenham(curve, fine));
    }

    void thinningIsWorthIt() {
        const auto curve = randomCurve(50'000, 10'000, 0, 4);
        const auto thinned = thinForView(curve, {.width = 500, .height = 500});
        QVERIFY(curve.size() == 60'001 && thinned->size() <= 2008);
    }

    void refusesWhatHasNoAnswer() {
        const std::vector<double> good{1, 2};
        const std::vector<double> bad{std::numeric_limits<double>::quiet_NaN()};
        for (const auto& result : {rocCurve({}, good), rocCurve(good, {}), rocCurve(bad, good)}) {
            QVERIFY(!result && result.error().code == ErrorCode::InvalidArgument);
        }
        const auto curve = *rocCurve(good, good);
        const double nan = bad[0];
        for (const RocView& view :
             {RocView{0, 1, 0, 1, 0, 9}, RocView{0, 1, 0, 1, 9, 0}, RocView{1, 1, 0, 1, 9, 9},
              RocView{0, 1, 1, 0, 9, 9}, RocView{nan, 1, 0, 1, 9, 9}, RocView{0, 1, 0, 1, 4'000'000'000, 9},
              RocView{-std::numeric_limits<double>::infinity(), 1, 0, 1, 9, 9}}) {
            const auto result = thinForView(curve, view);
            QVERIFY(!result && result.error().code == ErrorCode::InvalidArgument);
        }
        QVERIFY(thinForView({}, {.width = 9, .height = 9})->empty());
    }
};

QTEST_APPLESS_MAIN(TestRocCurve)
#include "test_roc_curve.moc"
