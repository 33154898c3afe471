#include <QtTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "core/explain/image_table.h"
#include "explain_case.h"
#include "golden_case.h"

using namespace dicescope;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
using Indices = std::vector<std::uint32_t>;

/// Four ID and three OOD images, with thresholds that are easy to see.
struct Images {
    std::vector<int> labels{0, 1, 1, -1};
    std::vector<std::int32_t> idPredicted{0, 1, 0, 1}, oodPredicted{1, 0, 1};
    std::vector<float> idDense{4, 3, 2, 1}, idLevel{10, 30, 20, 40};
    std::vector<float> oodDense{0, 5, kNan}, oodLevel{25, 5, 50};

    /// At a TPR level of 0.75 the thresholds are 2 and 20.
    [[nodiscard]] ImageTable table() const {
        const std::vector<TableSet> sets{{"id", true, labels, idPredicted, idDense, idLevel},
                                         {"ood", false, {}, oodPredicted, oodDense, oodLevel}};
        return *ImageTable::make(sets, 0.75);
    }
};

}  // namespace

class TestImageTable : public QObject {
    Q_OBJECT

  private slots:
    void recordsSayWhoIsAccepted() {
        const auto table = Images().table();
        QCOMPARE(table.threshold(ScoreSide::Dense), 2.0);
        QCOMPARE(table.threshold(ScoreSide::AtLevel), 20.0);
        QCOMPARE(table.records().size(), std::size_t{7});
        const std::vector<bool> dense{true, true, true, false, false, true, false};
        const std::vector<bool> level{false, true, true, true, true, false, true};
        for (std::size_t i = 0; i < 7; ++i) {
            const ImageRecord& record = table.records()[i];
            QCOMPARE(record.acceptedDense, bool{dense[i]});
            QCOMPARE(record.acceptedAtLevel, bool{level[i]});
            QCOMPARE(record.inDistribution, i < 4);
            QCOMPARE(table.indexOf(record.set, record.row), i);
        }
        QCOMPARE(table.records()[2].label, 1);
        QCOMPARE(table.records()[4].label, -1);
        QCOMPARE(table.records()[6].predicted, 1);
    }

    void filters() {
        const auto table = Images().table();
        const auto found = [&](const ImageFilter& filter) {
            return table.select(filter, ImageOrder::AsTheyAre, false);
        };
        QVERIFY((found({}) == Indices{0, 1, 2, 3, 4, 5, 6}));
        QVERIFY((found({.sets = {1}}) == Indices{4, 5, 6}));
        QVERIFY((found({.sets = {7}}).empty()));
        QVERIFY((found({.label = 1}) == Indices{1, 2}));
        QVERIFY((found({.label = -1}) == Indices{3, 4, 5, 6}));
        QVERIFY((found({.predicted = 1}) == Indices{1, 3, 4, 6}));
        QVERIFY((found({.wronglyAccepted = true}) == Indices{4, 6}));
        QVERIFY((found({.wronglyAccepted = true, .side = ScoreSide::Dense}) == Indices{5}));
        QVERIFY((found({.wronglyRejected = true}) == Indices{0}));
        QVERIFY((found({.wronglyRejected = true, .side = ScoreSide::Dense}) == Indices{3}));
        QVERIFY((found({.wronglyAccepted = true, .wronglyRejected = true}) == Indices{0, 4, 6}));
        QVERIFY((found({.changed = true}) == Indices{0, 3, 4, 5, 6}));
        QVERIFY((found({.low = 20.0F, .high = 30.0F}) == Indices{1, 2, 4}));
        QVERIFY((found({.side = ScoreSide::Dense, .high = 2.0F}) == Indices{2, 3, 4}));
        QVERIFY((found({.sets = {0}, .predicted = 1, .changed = true}) == Indices{3}));
        QVERIFY((table.select({.sets = {1}}, ImageOrder::AsTheyAre, true) == Indices{6, 5, 4}));
    }

    void sorts() {
        const auto table = Images().table();
        QVERIFY((table.select({}, ImageOrder::DenseScore, true) == Indices{5, 0, 1, 2, 3, 4, 6}));
        QVERIFY((table.select({}, ImageOrder::DenseScore, false) == Indices{4, 3, 2, 1, 0, 5, 6}));
        QVERIFY((table.select({}, ImageOrder::LevelScore, true) == Indices{6, 3, 1, 4, 2, 0, 5}));
        // margins at p less dense: -10-2, 10-1, 0-0, 20+1, 5+2, -15-3, NaN
        QVERIFY((table.select({}, ImageOrder::MarginChange, true) == Indices{3, 1, 4, 2, 0, 5, 6}));
        QVERIFY((table.select({}, ImageOrder::MarginChange, false) == Indices{5, 0, 2, 4, 1, 3, 6}));
        const std::vector<float> column{1, kNan, 1, -2, 0};
        QVERIFY((table.select({}, ImageOrder::Column, true, column) == Indices{0, 2, 4, 3, 1, 5, 6}));
        QVERIFY((table.select({}, ImageOrder::Column, false, column) == Indices{3, 4, 0, 2, 1, 5, 6}));
    }

    /// Many images against std::stable_sort.
    void sortsManyAsTheStandardLibraryDoes() {
        std::mt19937 random(1);
        std::normal_distribution<float> normal;
        std::vector<float> dense(3000), level(3000);
        for (float& value : dense) value = std::round(normal(random) * 50) / 50;
        for (float& value : level) value = normal(random);
        const std::vector<std::int32_t> predicted(3000);
        const std::vector<TableSet> sets{{"id", true, {}, predicted, dense, level}};
        const auto table = *ImageTable::make(sets);
        Indices expected(3000);
        for (std::uint32_t i = 0; i < 3000; ++i) expected[i] = i;
        std::ranges::stable_sort(expected, [&](auto a, auto b) { return dense[a] > dense[b]; });
        QVERIFY(table.select({}, ImageOrder::DenseScore, true) == expected);
        std::vector<float> sorted = level;
        std::ranges::sort(sorted, std::greater());
        QCOMPARE(table.threshold(ScoreSide::AtLevel), static_cast<double>(sorted[2849]));  // 95 % of 3,000
    }

    void emptyAndUnknown() {
        const auto nothing = ImageTable::make({});
        QVERIFY(nothing.has_value());
        QVERIFY(nothing->select({}, ImageOrder::LevelScore, true).empty());
        QVERIFY(std::isnan(nothing->threshold(ScoreSide::Dense)));
        const std::vector<float> scores{1, 2};
        const std::vector<std::int32_t> predicted{0, 0};
        const std::vector<TableSet> oodOnly{{"ood", false, {}, predicted, scores, scores}};
        const auto table = *ImageTable::make(oodOnly);
        QVERIFY(!table.records()[1].acceptedDense && !table.records()[1].acceptedAtLevel);
        const std::vector<TableSet> uneven{{"ood", false, {}, predicted, scores, std::span(scores).first(1)}};
        QCOMPARE(ImageTable::make(uneven).error().code, ErrorCode::Mismatch);
        QCOMPARE(ImageTable::make(oodOnly, 0).error().code, ErrorCode::InvalidArgument);
    }

    void disagreementAgreesWithScipy() {
        const auto json = golden("disagreement.json");
        const auto first = json["first"].get<std::vector<float>>();
        const auto second = json["second"].get<std::vector<float>>();
        const auto difference = rankDisagreement(first, second);
        QVERIFY(difference.has_value());
        for (std::size_t i = 0; i < first.size(); ++i)
            QVERIFY(explain_case::near(static_cast<double>((*difference)[i]), json["expected"][i], 1e-6));
    }

    void disagreementLeavesNanOut() {
        const std::vector<float> first{1, kNan, 2, 3}, second{3, 1, kNan, 2};
        const auto difference = *rankDisagreement(first, second);
        QVERIFY(difference[0] == 1 && difference[3] == 1);
        QVERIFY(std::isnan(difference[1]) && std::isnan(difference[2]));
        QVERIFY((*rankDisagreement(std::vector<float>{5}, std::vector<float>{7}))[0] == 0);
        QCOMPARE(rankDisagreement(first, std::vector<float>{1}).error().code, ErrorCode::Mismatch);
    }
};

QTEST_APPLESS_MAIN(TestImageTable)
#include "test_image_table.moc"
