#include <QtTest>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/explain/contribution_map.h"
#include "explain_case.h"

using namespace dicescope;
using explain_case::Case;

namespace {

struct Block {
    float value = 0;
    bool dropped = false;
};

/// Every cell of a block, by the definition.
Block naiveBlock(const Case& c, const ContributionMap& map, std::size_t row, const CellRegion& cells) {
    Block kept, dropped;
    bool anyKept = false;
    const auto larger = [](float a, float b) {
        return std::abs(a) > std::abs(b) || (std::abs(a) == std::abs(b) && a > b);
    };
    bool anyDropped = false;
    for (std::size_t y = cells.firstRow; y < cells.firstRow + cells.rows; ++y) {
        for (std::size_t x = cells.firstColumn; x < cells.firstColumn + cells.columns; ++x) {
            const std::size_t k = map.classAt(y);
            const std::size_t d = map.unitAt(x);
            const auto v = static_cast<float>(static_cast<double>(c.weight(k, d)) * c.mean[d]);
            if (explain_case::keeps(c, row, k, d)) {
                if (!anyKept || larger(v, kept.value)) kept.value = v;
                anyKept = true;
            } else {
                if (!anyDropped || larger(v, dropped.value)) dropped.value = v;
                anyDropped = true;
            }
        }
    }
    dropped.dropped = true;
    return anyKept ? kept : dropped;
}

ContributionMap mapOf(const Case& c, UnitOrder units) {
    const auto table = ContributionTable::make(c.head(), c.mean, c.ranking());
    auto rows = table->classOrder(ClassOrder::Index);
    std::ranges::reverse(rows);
    return *ContributionMap::make(*table, c.plan, rows, table->unitOrder(units));
}

std::optional<std::size_t> levelOf(const Case& c, std::size_t row) {
    return row < c.plan.levels.size() ? std::optional(row) : std::nullopt;
}

}  // namespace

class TestContributionMap : public QObject {
    Q_OBJECT

  private slots:
    void everyBlockShowsItsLargestCell() {
        const Case c(23, 41, 1);
        const auto map = mapOf(c, UnitOrder::TotalContribution);
        const CellRegion regions[] = {{0, 23, 0, 41}, {3, 9, 7, 20}, {22, 1, 40, 1}, {5, 2, 0, 41}};
        const std::pair<std::size_t, std::size_t> sizes[] = {{41, 23}, {10, 7}, {1, 1}, {17, 23}, {100, 100}};
        MapPicture picture;
        for (const CellRegion& region : regions) {
            for (const auto& [width, height] : sizes) {
                for (std::size_t row = 0; row < c.rows(); ++row) {
                    map.reduce(region, width, height, levelOf(c, row), picture);
                    QCOMPARE(picture.width, std::min(width, region.columns));
                    QCOMPARE(picture.height, std::min(height, region.rows));
                    QCOMPARE(picture.value.size(), picture.width * picture.height);
                    for (std::size_t y = 0; y < picture.height; ++y) {
                        for (std::size_t x = 0; x < picture.width; ++x) {
                            const std::size_t left = x * region.columns / picture.width;
                            const std::size_t right = (x + 1) * region.columns / picture.width;
                            const std::size_t top = y * region.rows / picture.height;
                            const std::size_t bottom = (y + 1) * region.rows / picture.height;
                            const Block expected = naiveBlock(c, map, row,
                                                              {region.firstRow + top, bottom - top,
                                                               region.firstColumn + left, right - left});
                            QCOMPARE(picture.value[y * picture.width + x], expected.value);
                            QCOMPARE(picture.dropped[y * picture.width + x] != 0, expected.dropped);
                        }
                    }
                }
            }
        }
    }

    void equalMagnitudesShowThePositive() {
        const Matrix<float> weight(1, 4, std::vector<float>{-2, 2, -0.0F, 0});
        const std::vector<float> bias(1);
        const std::vector<double> mean(4, 1.0);
        const auto ranking = rankingValues(RankingRule::AbsoluteWeight, weight.view(), mean, 0);
        const auto plan = planLevels(ranking->view(), std::vector<double>{50});
        const auto table = ContributionTable::make({weight.view(), bias}, mean, *ranking);
        const auto map = *ContributionMap::make(*table, *plan, {0}, {0, 1, 2, 3});
        MapPicture picture;
        map.reduce({0, 1, 0, 4}, 2, 1, std::nullopt, picture);
        QCOMPARE(picture.value[0], 2.0F);
        QCOMPARE(picture.value[1], 0.0F);
        QVERIFY(picture.dropped[0] == 0 && picture.dropped[1] == 0);
        map.reduce({0, 1, 0, 4}, 2, 1, 0, picture);
        QCOMPARE(picture.value[0], 2.0F);
        QVERIFY(picture.dropped[0] == 0 && picture.dropped[1] == 1);
    }

    void placesAreInversesOfEachOther() {
        const Case c(6, 9, 2);
        const auto map = mapOf(c, UnitOrder::MeanActivation);
        for (std::size_t r = 0; r < 6; ++r) QCOMPARE(map.rowOf(map.classAt(r)), r);
        for (std::size_t x = 0; x < 9; ++x) QCOMPARE(map.columnOf(map.unitAt(x)), x);
        QCOMPARE(map.classAt(0), std::size_t{5});
    }

    void regionsAreClippedToTheMap() {
        const Case c(4, 5, 3);
        const auto map = mapOf(c, UnitOrder::AsTheyAre);
        MapPicture picture;
        map.reduce({2, 100, 3, 100}, 10, 10, std::nullopt, picture);
        QVERIFY(picture.width == 2 && picture.height == 2);
        map.reduce({4, 1, 0, 5}, 10, 10, std::nullopt, picture);
        QVERIFY(picture.width == 0 && picture.height == 0 && picture.value.empty());
        map.reduce({0, 4, 0, 0}, 10, 10, std::nullopt, picture);
        QVERIFY(picture.width == 0 && picture.height == 0 && picture.dropped.empty());
        map.reduce({0, 4, 0, 5}, 0, 0, std::nullopt, picture);
        QVERIFY(picture.width == 1 && picture.height == 1);
    }

    void refusesWhatIsNoPermutation() {
        const Case c(2, 3, 4);
        const auto table = ContributionTable::make(c.head(), c.mean, c.ranking());
        const auto code = [&](std::vector<std::uint32_t> rows, std::vector<std::uint32_t> columns) {
            return ContributionMap::make(*table, c.plan, std::move(rows), std::move(columns)).error().code;
        };
        QCOMPARE(code({0, 0}, {0, 1, 2}), ErrorCode::Mismatch);
        QCOMPARE(code({0, 1}, {0, 1, 3}), ErrorCode::Mismatch);
        QCOMPARE(code({0}, {0, 1, 2}), ErrorCode::Mismatch);
        const Case other(2, 4, 4);
        QCOMPARE(ContributionMap::make(*table, other.plan, {0, 1}, {0, 1, 2}).error().code,
                 ErrorCode::Mismatch);
    }
};

QTEST_APPLESS_MAIN(TestContributionMap)
#include "test_contribution_map.moc"
