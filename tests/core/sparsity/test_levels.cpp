#include <QtTest>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "core/sparsity/contribution.h"
#include "core/sparsity/levels.h"

using namespace dicescope;

namespace {

/// The definition, one level at a time: percentile of everything, then a strict comparison.
void compareWithDefinition(const Matrix<double>& values, const std::vector<double>& levels) {
    const auto plan = planLevels(values.view(), levels);
    QVERIFY(plan);
    QVERIFY(plan->levels == levels);
    for (std::size_t k = 0; k < levels.size(); ++k) {
        const double threshold = percentile(values.view().flat(), levels[k]);
        QVERIFY(plan->thresholds[k] == threshold);
        std::size_t kept = 0;
        for (std::size_t c = 0; c < values.rows(); ++c) {
            for (std::size_t d = 0; d < values.cols(); ++d) {
                const bool keep = values(c, d) > threshold;
                QCOMPARE(plan->keeps(k, c, d), keep);
                kept += keep ? 1 : 0;
            }
        }
        QCOMPARE(plan->kept[k], kept);
    }
}

std::vector<double> fineLevels() {
    std::vector<double> levels;
    for (int i = 0; i <= 1000; ++i) levels.push_back(i / 10.0);
    return levels;
}

}  // namespace

class TestLevels : public QObject {
    Q_OBJECT

  private slots:
    void parsesLists() {
        QCOMPARE(parseLevels("90").value(), std::vector<double>{90});
        QCOMPARE(parseLevels("0,10,50").value(), (std::vector<double>{0, 10, 50}));
        QCOMPARE(parseLevels("50,0,10,50").value(), (std::vector<double>{0, 10, 50}));
        QCOMPARE(parseLevels(" 0 , 99.5 ,100 ").value(), (std::vector<double>{0, 99.5, 100}));
    }

    void rangesHaveBothEnds() {
        const auto levels = parseLevels("0:100:1");
        QVERIFY(levels);
        QCOMPARE(levels->size(), std::size_t{101});
        for (std::size_t i = 0; i <= 100; ++i) QVERIFY((*levels)[i] == static_cast<double>(i));
        QCOMPARE(parseLevels("5:5:1").value(), std::vector<double>{5});
        QCOMPARE(parseLevels("0:100:30").value(), (std::vector<double>{0, 30, 60, 90}));
    }

    void fineRangesDoNotDrift() {
        const auto levels = parseLevels("0:100:0.1");
        QVERIFY(levels);
        QVERIFY(*levels == fineLevels());
        QVERIFY(parseLevels("0.3:0.9:0.3").value() == (std::vector<double>{0.3, 0.6, 0.9}));
    }

    void refusesBadText_data() {
        QTest::addColumn<QString>("text");
        for (const char* text :
             {"",       " ",         "a",          "1,",        ",1",      "1,,2",     "90%",     "-1",
              "100.5",  "nan",       "inf",        "0:100",     "0:100:0", "0:100:-1", "100:0:1", "0:101:1",
              "-1:5:1", "0:100:1:1", "0:100:1e-9", "0:100:nan", "0:1,5",   "1e999",    "0x10"}) {
            QTest::newRow(text) << QString(text);
        }
    }

    void refusesBadText() {
        QFETCH(QString, text);
        const auto levels = parseLevels(text.toStdString());
        QVERIFY(!levels);
        QVERIFY(levels.error().code == ErrorCode::InvalidArgument);
    }

    void keepsWhatTheDefinitionKeeps() {
        std::mt19937_64 random(7);
        std::normal_distribution<double> normal;
        Matrix<double> values(7, 31);
        for (double& v : values.view().flat()) v = normal(random);
        compareWithDefinition(values, fineLevels());
    }

    void tiesAreDroppedTogether() {
        std::mt19937_64 random(8);
        Matrix<double> values(9, 30);
        for (double& v : values.view().flat()) v = static_cast<double>(random() % 4) / 3.0 - 0.5;
        compareWithDefinition(values, fineLevels());
    }

    void allEqualKeepsNothing() {
        const Matrix<double> values(3, 4, 0.1);
        const auto plan = planLevels(values.view(), fineLevels());
        QVERIFY(plan);
        for (const std::size_t kept : plan->kept) QCOMPARE(kept, std::size_t{0});
    }

    void countsWithoutTies() {
        Matrix<double> values(20, 50);
        for (std::size_t i = 0; i < values.size(); ++i) values.data()[i] = std::sin(static_cast<double>(i));
        const std::vector<double> levels{0, 10, 53, 90, 100};
        const auto plan = planLevels(values.view(), levels);
        QVERIFY(plan);
        for (std::size_t k = 0; k < levels.size(); ++k) {
            QCOMPARE(plan->kept[k], 999 - static_cast<std::size_t>(std::floor(999 * levels[k] / 100)));
        }
    }

    void handlesASingleWeight() { compareWithDefinition(Matrix<double>(1, 1, -2.0), {0, 50, 100}); }

    void handlesZerosOfBothSignsAndDenormals() {
        compareWithDefinition(Matrix<double>(2, 3, {0.0, -0.0, 5e-324, -5e-324, 1e-310, 0.0}), fineLevels());
    }

    void findsTheNearestLevel() {
        const std::vector<double> levels{0, 10, 50, 90};
        QCOMPARE(nearestLevel(levels, -5), 0U);
        QCOMPARE(nearestLevel(levels, 5), 0U);  // equally near: the smaller one
        QCOMPARE(nearestLevel(levels, 5.1), 1U);
        QCOMPARE(nearestLevel(levels, 50), 2U);
        QCOMPARE(nearestLevel(levels, 100), 3U);
        QCOMPARE(nearestLevel(std::vector<double>{70}, 3), 0U);
    }

    void refusesWhatCannotBeRanked() {
        const std::vector<double> one{50};
        constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        for (const double bad : {kNan, kInfinity, -kInfinity}) {
            QVERIFY(!planLevels(Matrix<double>(1, 2, {0.0, bad}).view(), one));
        }
        QVERIFY(!planLevels(Matrix<double>(1, 2, {-1e308, 1e308}).view(), one));
        QVERIFY(!planLevels(Matrix<double>().view(), one));
        const Matrix<double> fine(1, 2, {0.0, 1.0});
        for (const auto& levels : {std::vector<double>{}, {50, 50}, {60, 50}, {-1}, {100.1}, {kNan}}) {
            const auto plan = planLevels(fine.view(), levels);
            QVERIFY(!plan);
            QVERIFY(plan.error().code == ErrorCode::InvalidArgument);
        }
    }
};

QTEST_APPLESS_MAIN(TestLevels)
#include "test_levels.moc"
