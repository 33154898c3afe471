#include <QtTest>
#include <cmath>
#include <limits>

#include "core/explain/colour_range.h"
#include "core/explain/contribution_table.h"
#include "core/sparsity/contribution.h"
#include "explain_case.h"
#include "golden_case.h"

using namespace dicescope;
using explain_case::near;

namespace {

std::vector<std::uint32_t> unitsOf(const nlohmann::json& json) {
    return json.get<std::vector<std::uint32_t>>();
}

}  // namespace

class TestContributionTable : public QObject {
    Q_OBJECT

  private slots:
    void agreesWithNumpy() {
        const GoldenCase c;
        const auto json = golden("table.json");
        const auto table = ContributionTable::make(c.head(), c.mean, c.ranking());
        QVERIFY(table.has_value());
        QVERIFY(near(table->colourRange(), json["range"]));
        QVERIFY(table->unitOrder(UnitOrder::TotalContribution) == unitsOf(json["byTotal"]));
        QVERIFY(table->unitOrder(UnitOrder::MeanActivation) == unitsOf(json["byMean"]));
        for (std::size_t d = 0; d < table->units(); ++d) QVERIFY(near(table->totals()[d], json["totals"][d]));
        for (std::size_t k = 0; k < table->classes(); ++k) {
            for (std::size_t d = 0; d < table->units(); ++d) {
                const CellFacts facts = table->facts(k, d);
                const double expected = json["contribution"][k][d];
                QVERIFY(near(facts.contribution, expected));
                QCOMPARE(table->contributions()(k, d), static_cast<float>(expected));
                QCOMPARE(static_cast<double>(facts.rank), json["rank"][k][d].get<double>());
                QVERIFY(near(facts.droppedAt, json["droppedAt"][k][d], 1e-12));
                QCOMPARE(facts.weight, static_cast<double>(c.weight(k, d)));
                QCOMPARE(facts.meanActivation, c.mean[d]);
                QCOMPARE(facts.weights, c.weight.size());
            }
        }
    }

    /// At droppedAt the strict > drops the weight, one double before it still keeps it.
    void droppedAtIsTheSmallestSuchLevel() {
        for (const unsigned seed : {1U, 2U, 3U}) {
            const explain_case::Case c(7, 11, seed);
            auto ranking = c.ranking();
            if (seed == 3) {  // many ties
                for (double& value : ranking.view().flat()) value = std::round(value);
            }
            const auto table = ContributionTable::make(c.head(), c.mean, ranking);
            QVERIFY(table.has_value());
            for (std::size_t k = 0; k < 7; ++k) {
                for (std::size_t d = 0; d < 11; ++d) {
                    const double value = ranking(k, d);
                    const double p = table->facts(k, d).droppedAt;
                    QVERIFY(p >= 0 && p <= 100);
                    QVERIFY(!(value > percentile(ranking.view().flat(), p)));
                    if (p > 0) QVERIFY(value > percentile(ranking.view().flat(), std::nextafter(p, 0)));
                }
            }
        }
    }

    void rankCountsLargerValues() {
        const Matrix<float> weight(1, 4, std::vector<float>{1, 2, 2, 3});
        const std::vector<float> bias(1);
        const std::vector<double> mean(4, 1.0);
        const auto ranking = rankingValues(RankingRule::Contribution, weight.view(), mean, 0);
        const auto table = ContributionTable::make({weight.view(), bias}, mean, *ranking);
        QVERIFY(table.has_value());
        QCOMPARE(table->facts(0, 0).rank, std::size_t{4});
        QCOMPARE(table->facts(0, 1).rank, std::size_t{2});
        QCOMPARE(table->facts(0, 2).rank, std::size_t{2});
        QCOMPARE(table->facts(0, 3).rank, std::size_t{1});
        QCOMPARE(table->facts(0, 0).droppedAt, 0.0);
        QCOMPARE(table->facts(0, 3).droppedAt, 100.0);
    }

    void classesByName() {
        const explain_case::Case c(3, 2, 4);
        const std::vector<std::string> names{"pear", "apple", "fig"};
        const auto named = ContributionTable::make(c.head(), c.mean, c.ranking(), names);
        QVERIFY((named->classOrder(ClassOrder::Name) == std::vector<std::uint32_t>{1, 2, 0}));
        QVERIFY((named->classOrder(ClassOrder::Index) == std::vector<std::uint32_t>{0, 1, 2}));
        const auto nameless = ContributionTable::make(c.head(), c.mean, c.ranking());
        QVERIFY((nameless->classOrder(ClassOrder::Name) == std::vector<std::uint32_t>{0, 1, 2}));
        QVERIFY((nameless->unitOrder(UnitOrder::AsTheyAre) == std::vector<std::uint32_t>{0, 1}));
    }

    void oneWeight() {
        const Matrix<float> weight(1, 1, 2.0F);
        const std::vector<float> bias(1);
        const auto table = ContributionTable::make({weight.view(), bias}, std::vector<double>{0.5},
                                                   Matrix<double>(1, 1, 1.0));
        QVERIFY(table.has_value());
        QCOMPARE(table->facts(0, 0).droppedAt, 0.0);
        QCOMPARE(table->facts(0, 0).rank, std::size_t{1});
        QCOMPARE(table->colourRange(), 1.0);
    }

    void colourRangeIsNeverZero() {
        QCOMPARE(symmetricRange({}), 1.0);
        QCOMPARE(symmetricRange({0, 0, 0}), 1.0);
        std::vector<double> sparse(1000);
        sparse[10] = -4;  // above the 99.5th percentile alone
        QCOMPARE(symmetricRange(sparse), 4.0);
        QCOMPARE(symmetricRange(std::vector<double>(10, -3.0)), 3.0);
    }

    void refusesWhatDoesNotFit() {
        const explain_case::Case c(3, 4, 5);
        const std::vector<double> shortMean(3);
        QCOMPARE(ContributionTable::make(c.head(), shortMean, c.ranking()).error().code, ErrorCode::Mismatch);
        QCOMPARE(ContributionTable::make(c.head(), c.mean, Matrix<double>(4, 3)).error().code,
                 ErrorCode::Mismatch);
        const std::vector<std::string> names{"one"};
        QCOMPARE(ContributionTable::make(c.head(), c.mean, c.ranking(), names).error().code,
                 ErrorCode::Mismatch);
        auto ranking = c.ranking();
        ranking(0, 0) = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(ContributionTable::make(c.head(), c.mean, ranking).error().code, ErrorCode::InvalidArgument);
        auto weight = c.weight;
        weight(1, 1) = std::numeric_limits<float>::infinity();
        QCOMPARE(ContributionTable::make({weight.view(), c.bias}, c.mean, c.ranking()).error().code,
                 ErrorCode::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(TestContributionTable)
#include "test_contribution_table.moc"
