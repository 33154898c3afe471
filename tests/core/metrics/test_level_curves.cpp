#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <set>
#include <stop_token>

#include "core/metrics/level_curves.h"
#include "core/metrics/roc_curve.h"

using namespace dicescope;

namespace {

constexpr std::size_t kLevels = 3;
constexpr std::array kKinds{ScoreKind::Energy, ScoreKind::Msp, ScoreKind::MaxLogit};
constexpr std::array kRanges{BinRange::AllRows, BinRange::EachRow};

/// Logits on a grid of 1 / `steps`: few steps give many ties. Later rows lie higher.
SweepResult randomSweep(std::size_t samples, float mean, float steps, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> logit(mean, 2);
    SweepResult sweep;
    sweep.samples = samples;
    sweep.levels = kLevels;
    sweep.hasDense = true;
    for (std::size_t row = 0; row < sweep.rows(); ++row) {
        for (std::size_t i = 0; i < samples; ++i) {
            const float shift = 3 * static_cast<float>(row);
            sweep.maxLogit.push_back(std::round(logit(random) * steps) / steps + shift);
            sweep.excess.push_back(std::abs(std::round(logit(random) * steps) / (8 * steps)));
        }
    }
    return sweep;
}

/// A sweep whose max logits are these in every row.
SweepResult constantSweep(const std::vector<float>& maxLogits) {
    SweepResult sweep;
    sweep.samples = maxLogits.size();
    sweep.levels = kLevels;
    sweep.hasDense = true;
    for (std::size_t row = 0; row < sweep.rows(); ++row)
        sweep.maxLogit.insert(sweep.maxLogit.end(), maxLogits.begin(), maxLogits.end());
    sweep.excess.assign(sweep.maxLogit.size(), 0);
    return sweep;
}

struct Sweeps {
    SweepResult id;
    std::vector<SweepResult> ood;

    [[nodiscard]] LevelMetricsRequest request(ScoreKind kind = ScoreKind::Energy) const {
        LevelMetricsRequest request;
        request.score = kind;
        for (std::size_t level = 0; level < kLevels; ++level)
            request.levels.push_back(static_cast<double>(level));
        request.id = {"id", &id, std::nullopt};
        for (std::size_t s = 0; s < ood.size(); ++s)
            request.ood.push_back({"ood" + std::to_string(s), &ood[s], std::nullopt});
        return request;
    }
};

Sweeps randomSweeps(float steps = 1000) {
    return {randomSweep(700, 2, steps, 1), {randomSweep(500, 0, steps, 2), randomSweep(90, 1, steps, 3)}};
}

std::vector<std::size_t> all(const SweepResult& sweep) {
    std::vector<std::size_t> samples(sweep.samples);
    std::iota(samples.begin(), samples.end(), std::size_t{0});
    return samples;
}

LevelCurvesPtr curvesOf(const LevelMetricsRequest& request, const LevelCurvesOptions& options = {}) {
    const auto curves = computeLevelCurves(request, options, Job{});
    return curves ? *curves : nullptr;
}

bool countsAgree(const SetHistograms& histograms, std::size_t row, const SweepResult& sweep, ScoreKind kind,
                 const HistogramBins& bins) {
    const auto whole = histogram(scoresAt(sweep, row, kind, all(sweep)), bins);
    return whole && std::ranges::equal(histograms.counts[row], whole->counts) && whole->underflow == 0 &&
           whole->overflow == 0 && histograms.samples == sweep.samples;
}

std::vector<RocPoint> wholeCurve(const SweepResult& id, const SweepResult& ood, std::size_t row,
                                 ScoreKind kind) {
    const auto curve =
        rocCurve(rankingScores(id, row, kind, all(id)), rankingScores(ood, row, kind, all(ood)));
    return curve ? *curve : std::vector<RocPoint>{};
}

struct Pixel {
    double x = 0;
    double y = 0;
};

/// Where a point is drawn on a square of `side` pixels.
Pixel drawn(double fpr, double tpr, double side, bool logarithmic) {
    const double x = logarithmic ? (std::log10(std::max(fpr, 1e-4)) + 4) / 4 : fpr;
    return {x * side, tpr * side};
}

template <class Points>
std::vector<Pixel> drawnLine(const Points& points, double side, bool logarithmic) {
    std::vector<Pixel> line;
    for (const auto& point : points)
        line.push_back(
            drawn(static_cast<double>(point.fpr), static_cast<double>(point.tpr), side, logarithmic));
    return line;
}

double distanceTo(const Pixel& point, const Pixel& a, const Pixel& b) {
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double length = dx * dx + dy * dy;
    const double along = length == 0 ? 0 : ((point.x - a.x) * dx + (point.y - a.y) * dy) / length;
    const double t = std::clamp(along, 0.0, 1.0);
    return std::hypot(a.x + t * dx - point.x, a.y + t * dy - point.y);
}

/// Points at most `step` pixels apart on a line.
std::vector<Pixel> walk(const std::vector<Pixel>& line, double step) {
    std::vector<Pixel> points{line.front()};
    for (std::size_t i = 1; i < line.size(); ++i) {
        const double dx = line[i].x - line[i - 1].x;
        const double dy = line[i].y - line[i - 1].y;
        const int pieces = static_cast<int>(std::hypot(dx, dy) / step) + 1;
        for (int k = 1; k <= pieces; ++k)
            points.push_back({line[i - 1].x + dx * k / pieces, line[i - 1].y + dy * k / pieces});
    }
    return points;
}

/// The largest distance from a point of `from` to the nearest one of `to`, in pixels.
double farthest(const std::vector<Pixel>& from, const std::vector<Pixel>& to) {
    double worst = 0;
    for (const Pixel& point : walk(from, 0.5)) {
        double nearest = std::numeric_limits<double>::infinity();
        for (std::size_t i = 1; i < to.size(); ++i)
            nearest = std::min(nearest, distanceTo(point, to[i - 1], to[i]));
        worst = std::max(worst, nearest);
    }
    return worst;
}

std::set<std::pair<int, int>> raster(const std::vector<Pixel>& line) {
    std::set<std::pair<int, int>> pixels;
    for (const Pixel& point : walk(line, 0.02))
        pixels.emplace(static_cast<int>(point.x), static_cast<int>(point.y));
    return pixels;
}

/// Whether every pixel of one is one of the other or beside one.
bool covers(const std::set<std::pair<int, int>>& one, const std::set<std::pair<int, int>>& other) {
    return std::ranges::all_of(one, [&](const auto& pixel) {
        for (int dx = -1; dx <= 1; ++dx) {
            for (int dy = -1; dy <= 1; ++dy) {
                if (other.contains({pixel.first + dx, pixel.second + dy})) return true;
            }
        }
        return false;
    });
}

/// Whether the vertices are points of the curve in its order, its two ends among them.
bool isThinned(const std::vector<RocVertex>& vertices, const std::vector<RocPoint>& curve) {
    std::size_t next = 0;
    for (const RocVertex& vertex : vertices) {
        const auto same = [&](const RocPoint& point) {
            return static_cast<float>(point.fpr) == vertex.fpr && static_cast<float>(point.tpr) == vertex.tpr;
        };
        while (next < curve.size() && !same(curve[next])) ++next;
        if (next++ >= curve.size()) return false;
    }
    const auto& first = vertices.front();
    const auto& last = vertices.back();
    return next == curve.size() && first.fpr == 0 && first.tpr == 0 && last.fpr == 1 && last.tpr == 1;
}

bool same(const SetHistograms& a, const SetHistograms& b) {
    return a.name == b.name && a.counts == b.counts && a.samples == b.samples;
}

bool same(const LevelCurves& a, const LevelCurves& b) {
    if (a.bins != b.bins || !same(a.id, b.id) || a.ood.size() != b.ood.size()) return false;
    const auto sameVertex = [](const RocVertex& u, const RocVertex& v) {
        return u.fpr == v.fpr && u.tpr == v.tpr;
    };
    for (std::size_t s = 0; s < a.ood.size(); ++s) {
        if (!same(a.ood[s], b.ood[s])) return false;
        for (std::size_t row = 0; row < a.bins.size(); ++row) {
            if (!std::ranges::equal(a.rocs[s].curves[row], b.rocs[s].curves[row], sameVertex)) return false;
        }
    }
    return true;
}

}  // namespace

class TestLevelCurves : public QObject {
    Q_OBJECT

  private slots:
    void countsAreThoseOfHistogram() {
        for (const float steps : {1.0F, 8.0F, 1000.0F}) {
            const Sweeps sweeps = randomSweeps(steps);
            for (const ScoreKind kind : kKinds) {
                for (const BinRange range : kRanges) {
                    const auto curves = curvesOf(sweeps.request(kind), {37, range});
                    QVERIFY(curves);
                    QCOMPARE(curves->bins.size(), kLevels + 1);
                    for (std::size_t row = 0; row <= kLevels; ++row) {
                        const auto& bins = curves->bins[row];
                        QVERIFY(countsAgree(curves->id, row, sweeps.id, kind, bins));
                        QVERIFY(countsAgree(curves->ood[0], row, sweeps.ood[0], kind, bins));
                        QVERIFY(countsAgree(curves->ood[1], row, sweeps.ood[1], kind, bins));
                    }
                }
            }
        }
    }

    void binsReachOverAllRowsOrOverEach() {
        const Sweeps sweeps = randomSweeps();
        for (const ScoreKind kind : kKinds) {
            const auto common = curvesOf(sweeps.request(kind), {10, BinRange::AllRows});
            const auto own = curvesOf(sweeps.request(kind), {10, BinRange::EachRow});
            float lowest = std::numeric_limits<float>::infinity();
            float highest = -lowest;
            for (std::size_t row = 0; row <= kLevels; ++row) {
                float low = std::numeric_limits<float>::infinity();
                float high = -low;
                for (const SweepResult* sweep : {&sweeps.id, &sweeps.ood[0], &sweeps.ood[1]}) {
                    for (const float score : scoresAt(*sweep, row, kind, all(*sweep))) {
                        low = std::min(low, score);
                        high = std::max(high, score);
                    }
                }
                QCOMPARE(own->bins[row], (HistogramBins{low, high, 10}));
                lowest = std::min(lowest, low);
                highest = std::max(highest, high);
            }
            for (const HistogramBins& bins : common->bins)
                QCOMPARE(bins, (HistogramBins{lowest, highest, 10}));
        }
    }

    void aScoreOnAnEdgeOpensItsBin() {
        const Sweeps sweeps{constantSweep({0, 1, 1, 2, 10}), {constantSweep({5, 10})}};
        const auto curves = curvesOf(sweeps.request(), {10, BinRange::AllRows});
        QCOMPARE(curves->id.counts[0], (std::vector<std::uint32_t>{1, 2, 1, 0, 0, 0, 0, 0, 0, 1}));
        QCOMPARE(curves->ood[0].counts[0], (std::vector<std::uint32_t>{0, 0, 0, 0, 0, 1, 0, 0, 0, 1}));
    }

    void equalScoresHaveARangeToo() {
        const Sweeps sweeps{constantSweep({4, 4, 4}), {constantSweep({4, 4})}};
        for (const BinRange range : kRanges) {
            const auto curves = curvesOf(sweeps.request(), {4, range});
            QCOMPARE(curves->bins[0], (HistogramBins{3.5, 4.5, 4}));
            QCOMPARE(curves->id.counts[0], (std::vector<std::uint32_t>{0, 0, 3, 0}));
            QCOMPARE(curves->rocs[0].curves[0].size(), std::size_t{2});
        }
    }

    void thinnedCurvesLieWithinHalfAPixel_data() {
        QTest::addColumn<unsigned>("pixels");
        QTest::addColumn<float>("steps");
        for (const unsigned pixels : {1U, 16U, 150U, 1024U}) {
            for (const float steps : {1.0F, 8.0F, 10000.0F})
                QTest::addRow("%u px, steps of 1/%g", pixels, static_cast<double>(steps)) << pixels << steps;
        }
    }
    void thinnedCurvesLieWithinHalfAPixel() {
        QFETCH(unsigned, pixels);
        QFETCH(float, steps);
        const Sweeps sweeps = randomSweeps(steps);
        for (const ScoreKind kind : kKinds) {
            const auto curves = curvesOf(sweeps.request(kind), {10, BinRange::AllRows, pixels});
            for (std::size_t s = 0; s < sweeps.ood.size(); ++s) {
                const auto& vertices = curves->rocs[s].curves[1];
                const auto whole = wholeCurve(sweeps.id, sweeps.ood[s], 1, kind);
                QVERIFY(isThinned(vertices, whole));
                for (const bool logarithmic : {false, true}) {
                    const auto thinLine = drawnLine(vertices, pixels, logarithmic);
                    const auto wholeLine = drawnLine(whole, pixels, logarithmic);
                    QVERIFY(farthest(wholeLine, thinLine) < 0.501);
                    QVERIFY(farthest(thinLine, wholeLine) < 0.501);
                }
            }
        }
    }

    void thinnedCurvesRasterAlike() {
        const Sweeps sweeps = randomSweeps();
        const auto curves = curvesOf(sweeps.request(), {10, BinRange::AllRows, 200});
        for (std::size_t row = 0; row <= kLevels; ++row) {
            const auto whole = wholeCurve(sweeps.id, sweeps.ood[0], row, ScoreKind::Energy);
            for (const bool logarithmic : {false, true}) {
                const auto thinPixels = raster(drawnLine(curves->rocs[0].curves[row], 200, logarithmic));
                const auto wholePixels = raster(drawnLine(whole, 200, logarithmic));
                QVERIFY(covers(thinPixels, wholePixels));
                QVERIFY(covers(wholePixels, thinPixels));
            }
        }
    }

    void manySamplesNeedFewVertices() {
        const Sweeps sweeps{randomSweep(30'000, 2, 1e5F, 1), {randomSweep(30'000, 0, 1e5F, 2)}};
        const auto curves = curvesOf(sweeps.request());
        const auto whole = wholeCurve(sweeps.id, sweeps.ood[0], 0, ScoreKind::Energy);
        const auto& vertices = curves->rocs[0].curves[0];
        QVERIFY(isThinned(vertices, whole));
        QVERIFY(whole.size() > 40'000);
        QVERIFY(vertices.size() < 1'000);
        // Beyond the low end of the logarithmic axis there are points as well.
        QVERIFY(whole[5].fpr < kSmallestLogFpr);
        QVERIFY(farthest(drawnLine(whole, 1024, true), drawnLine(vertices, 1024, true)) < 0.501);
    }

    void separatedSetsPassThroughTheCorner() {
        const Sweeps apart{constantSweep({3, 4, 5}), {constantSweep({0, 1, 2})}};
        const auto good = curvesOf(apart.request())->rocs[0].curves[0];
        QCOMPARE(good.size(), std::size_t{3});
        QCOMPARE(good[1].fpr, 0.0F);
        QCOMPARE(good[1].tpr, 1.0F);
        const Sweeps swapped{apart.ood[0], {apart.id}};
        const auto bad = curvesOf(swapped.request())->rocs[0].curves[0];
        QCOMPARE(bad.size(), std::size_t{3});
        QCOMPARE(bad[1].fpr, 1.0F);
        QCOMPARE(bad[1].tpr, 0.0F);
    }

    void mspIsRankedBelowTheResolutionOfItsValues() {
        Sweeps sweeps{constantSweep({1, 1}), {constantSweep({1, 1, 1})}};
        std::ranges::fill(sweeps.id.excess, 1e-12F);
        std::ranges::fill(sweeps.ood[0].excess, 1e-10F);
        const auto curves = curvesOf(sweeps.request(ScoreKind::Msp), {4, BinRange::AllRows});
        QCOMPARE(curves->bins[0], (HistogramBins{0.5, 1.5, 4}));
        QCOMPARE(curves->rocs[0].curves[0].size(), std::size_t{3});
        QCOMPARE(curves->rocs[0].curves[0][1].tpr, 1.0F);
        QCOMPARE(curves->rocs[0].curves[0][1].fpr, 0.0F);
    }

    void theNumberOfThreadsDoesNotMatter() {
        const Sweeps sweeps = randomSweeps();
        for (const BinRange range : kRanges) {
            auto request = sweeps.request(ScoreKind::Msp);
            request.threads = 1;
            const auto one = curvesOf(request, {50, range});
            request.threads = 4;
            QVERIFY(same(*one, *curvesOf(request, {50, range})));
        }
    }

    void samplesThatAreNotFiniteAreLeftOut() {
        const Sweeps sweeps = randomSweeps();
        Sweeps damaged = sweeps;
        const auto damage = [](SweepResult& sweep, std::size_t sample) {
            for (std::size_t row = 0; row < sweep.rows(); ++row) {
                sweep.maxLogit[row * sweep.samples + sample] = std::numeric_limits<float>::quiet_NaN();
                sweep.excess[row * sweep.samples + sample] = std::numeric_limits<float>::quiet_NaN();
            }
        };
        damage(damaged.id, 5);
        damage(damaged.ood[0], 0);
        std::vector<std::size_t> id = all(sweeps.id);
        id.erase(id.begin() + 5);
        std::vector<std::size_t> ood = all(sweeps.ood[0]);
        ood.erase(ood.begin());
        for (const ScoreKind kind : kKinds) {
            auto without = sweeps.request(kind);
            without.id.done = id;
            without.ood[0].done = ood;
            const auto curves = curvesOf(damaged.request(kind));
            QVERIFY(curves);
            QCOMPARE(curves->id.samples, std::size_t{699});
            QCOMPARE(curves->ood[0].samples, std::size_t{499});
            QVERIFY(same(*curves, *curvesOf(without)));
        }
    }

    void onlyDoneSamplesCount() {
        const Sweeps sweeps = randomSweeps();
        const std::vector<std::size_t> some{3, 8, 9, 200, 41};
        auto request = sweeps.request();
        request.id.done = some;
        const auto curves = curvesOf(request, {20, BinRange::EachRow});
        for (std::size_t row = 0; row <= kLevels; ++row) {
            const auto whole =
                histogram(scoresAt(sweeps.id, row, ScoreKind::Energy, some), curves->bins[row]);
            QVERIFY(std::ranges::equal(curves->id.counts[row], whole->counts));
        }
        QCOMPARE(curves->id.samples, std::size_t{5});
    }

    void refusesWhatCannotBeDrawn() {
        const Sweeps sweeps = randomSweeps();
        const auto codeOf = [](const LevelMetricsRequest& request, const LevelCurvesOptions& options) {
            const auto curves = computeLevelCurves(request, options, Job{});
            return curves ? std::optional<ErrorCode>() : curves.error().code;
        };
        const auto request = sweeps.request();
        QCOMPARE(codeOf(request, {0, BinRange::AllRows}), ErrorCode::InvalidArgument);
        QCOMPARE(codeOf(request, {10'001, BinRange::AllRows}), ErrorCode::InvalidArgument);
        QCOMPARE(codeOf(request, {10, BinRange::AllRows, 0}), ErrorCode::InvalidArgument);
        QCOMPARE(codeOf(request, {10, BinRange::AllRows, 1U << 21}), ErrorCode::InvalidArgument);
        QVERIFY(!codeOf(request, {10'000, BinRange::AllRows, 1U << 20}));

        auto other = request;
        other.levels.pop_back();
        QCOMPARE(codeOf(other, {}), ErrorCode::Mismatch);
        other = request;
        other.ood.clear();
        QCOMPARE(codeOf(other, {}), ErrorCode::InvalidArgument);
        other = request;
        other.ood[1].name = other.ood[0].name;
        QCOMPARE(codeOf(other, {}), ErrorCode::InvalidArgument);
        other = request;
        other.id.done = std::span<const std::size_t>();
        QCOMPARE(codeOf(other, {}), ErrorCode::InvalidArgument);
        other = request;
        other.tprLevel = 0;
        QVERIFY(!codeOf(other, {}));
    }

    void stopsWhenAsked() {
        const Sweeps sweeps = randomSweeps();
        std::stop_source before;
        before.request_stop();
        const auto none = computeLevelCurves(sweeps.request(), {}, Job{before.get_token(), {}});
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::Cancelled);

        std::stop_source during;
        const Job job{during.get_token(), [&](const Progress&) { during.request_stop(); }};
        const auto part = computeLevelCurves(sweeps.request(), {}, job);
        QVERIFY(!part);
        QCOMPARE(part.error().code, ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestLevelCurves)
#include "test_level_curves.moc"
