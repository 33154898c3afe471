#include <QtTest>
#include <algorithm>
#include <set>
#include <vector>

#include "core/sparsity/levels.h"
#include "core/sparsity/ranking.h"
#include "golden_file.h"

using namespace dicescope;

namespace {

Matrix<float> someWeight() {
    return {2, 3, {1.0f, -2.0f, 0.5f, 0.0f, 3.0f, -1.0f}};
}

std::vector<double> flat(const Matrix<double>& matrix) {
    return {matrix.data(), matrix.data() + matrix.size()};
}

}  // namespace

class TestRanking : public QObject {
    Q_OBJECT

  private slots:
    void namesGoThereAndBack() {
        QCOMPARE(allRankingRules().size(), std::size_t{6});
        std::set<std::string_view> names;
        for (const RankingRule rule : allRankingRules()) {
            names.insert(name(rule));
            const auto parsed = parseRankingRule(name(rule));
            QVERIFY(parsed);
            QVERIFY(*parsed == rule);
        }
        QCOMPARE(names.size(), std::size_t{6});
    }

    void unknownNameListsTheKnownOnes() {
        const auto parsed = parseRankingRule("Contribution");
        QVERIFY(!parsed);
        QVERIFY(parsed.error().code == ErrorCode::InvalidArgument);
        for (const RankingRule rule : allRankingRules()) {
            QVERIFY(parsed.error().message.find(name(rule)) != std::string::npos);
        }
        QVERIFY(!parseRankingRule(""));
    }

    void equalsNumpyForEveryRuleThatIsNotRandom() {
        for (const auto& testCase : golden("plan.json")) {
            const Matrix<float> weight(testCase["classes"], testCase["units"],
                                       testCase["weight"].get<std::vector<float>>());
            const auto rule = parseRankingRule(testCase["rule"].get<std::string>());
            QVERIFY(rule);
            const auto values =
                rankingValues(*rule, weight.view(), testCase["mean"].get<std::vector<double>>(), 0);
            QVERIFY(values);
            const auto plan = planLevels(values->view(), testCase["levels"].get<std::vector<double>>());
            QVERIFY(plan);
            const auto label = testCase["name"].get<std::string>();
            QVERIFY2(plan->thresholds == testCase["thresholds"].get<std::vector<double>>(), label.c_str());
            QVERIFY2(plan->kept == testCase["kept"].get<std::vector<std::size_t>>(), label.c_str());
            const std::vector<int> last(plan->lastKept.data(), plan->lastKept.data() + plan->lastKept.size());
            QVERIFY2(last == testCase["lastKept"].get<std::vector<int>>(), label.c_str());
        }
    }

    void unitRulesAreTheSameForEveryClass() {
        const std::vector<double> mean{0.25, -1.0, 7.0};
        const auto activation = rankingValues(RankingRule::UnitActivation, someWeight().view(), mean, 0);
        QVERIFY(activation);
        QCOMPARE(flat(*activation), (std::vector<double>{0.25, -1.0, 7.0, 0.25, -1.0, 7.0}));
        const auto random = rankingValues(RankingRule::RandomUnit, someWeight().view(), {}, 5);
        QVERIFY(random);
        for (std::size_t d = 0; d < 3; ++d) QCOMPARE((*random)(0, d), (*random)(1, d));
    }

    void randomRulesFollowTheSeed() {
        const Matrix<float> weight(50, 40);
        for (const auto rule : {RankingRule::RandomWeight, RankingRule::RandomUnit}) {
            const auto a = rankingValues(rule, weight.view(), {}, 1);
            const auto again = rankingValues(rule, weight.view(), {}, 1);
            const auto b = rankingValues(rule, weight.view(), {}, 2);
            QVERIFY(a && again && b);
            QVERIFY(flat(*a) == flat(*again));
            QVERIFY(flat(*a) != flat(*b));
            QVERIFY(std::ranges::all_of(flat(*a), [](double v) { return v >= 0 && v < 1; }));
        }
        // The first draw of std::mt19937_64 with its standard seed is fixed by the C++ standard's definition.
        const auto standard = rankingValues(RankingRule::RandomWeight, weight.view(), {}, 5489);
        QVERIFY((*standard)(0, 0) == static_cast<double>(14514284786278117030ULL >> 11) * 0x1p-53);
    }

    void randomWeightsAreUniform() {
        const Matrix<float> weight(100, 100);
        const auto values = rankingValues(RankingRule::RandomWeight, weight.view(), {}, 3);
        QVERIFY(values);
        const auto all = flat(*values);
        const auto belowQuarter = std::ranges::count_if(all, [](double v) { return v < 0.25; });
        // 10,000 draws: a standard deviation is 43.
        QVERIFY(std::abs(belowQuarter - 2500) < 6 * 43);
    }

    void meanIsAskedForOnlyWhereItIsUsed() {
        for (const RankingRule rule : allRankingRules()) {
            const auto values = rankingValues(rule, someWeight().view(), {}, 0);
            QCOMPARE(values.has_value(), !needsMean(rule));
            if (!values) QVERIFY(values.error().code == ErrorCode::Mismatch);
        }
    }
};

QTEST_APPLESS_MAIN(TestRanking)
#include "test_ranking.moc"
