#include <QtTest>

#include "core/explain/masked_head.h"
#include "explain_case.h"

using namespace dicescope;
using explain_case::Case;

class TestMaskedHead : public QObject {
    Q_OBJECT

  private slots:
    void keepsWhatThePercentileKeeps() {
        const Case c(5, 13, 1);
        for (std::size_t row = 0; row < c.rows(); ++row) {
            for (std::size_t k = 0; k < 5; ++k) {
                for (std::size_t d = 0; d < 13; ++d)
                    QCOMPARE(c.mask(row).keeps(k, d), explain_case::keeps(c, row, k, d));
            }
        }
    }

    void entryOrderAddsUnitsLevelByLevel() {
        const Case c(4, 17, 3);
        for (std::size_t k = 0; k < 4; ++k) {
            const EntryOrder entry = entryOrder(c.plan, k);
            QCOMPARE(entry.end.size(), c.rows());
            for (std::size_t row = 0; row < c.rows(); ++row) {
                std::vector<std::uint8_t> flags(17);
                for (std::size_t i = 0; i < entry.end[row]; ++i) flags[entry.order[i]] = 1;
                for (std::size_t d = 0; d < 17; ++d) QCOMPARE(flags[d] != 0, c.mask(row).keeps(k, d));
            }
        }
    }

    void oneLevelThatKeepsNothing() {
        const Matrix<double> values(1, 3, 2.0);
        const auto plan = planLevels(values.view(), std::vector<double>{100});
        QVERIFY(plan.has_value());
        const EntryOrder entry = entryOrder(*plan, 0);
        QVERIFY((entry.end == std::vector<std::size_t>{0, 3}));
        QVERIFY((entry.order == std::vector<std::uint32_t>{0, 1, 2}));
    }

    void refusesWhatDoesNotFit() {
        const Case c(3, 6, 2);
        const std::vector<float> shortBias(2);
        QCOMPARE(checkHead({c.weight.view(), shortBias}).error().code, ErrorCode::Mismatch);
        QCOMPARE(checkHead({}).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(checkHead(c.head(), {&c.plan, c.plan.levels.size()}).error().code,
                 ErrorCode::InvalidArgument);
        const Case other(3, 7, 2);
        QCOMPARE(checkHead(c.head(), {&other.plan, 0}).error().code, ErrorCode::Mismatch);
        QVERIFY(checkHead(c.head(), {&c.plan, 0}).has_value());

        const Matrix<float> narrow(2, 5);
        QCOMPARE(checkFeatures(narrow.view(), c.head()).error().code, ErrorCode::Mismatch);
        QVERIFY(checkFeatures({}, c.head()).has_value());
        QCOMPARE(checkClip(0.0F).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(checkClip(std::numeric_limits<float>::quiet_NaN()).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(checkClass(c.head(), 3).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(checkUnit(6, 6).error().code, ErrorCode::InvalidArgument);
    }
};

QTEST_APPLESS_MAIN(TestMaskedHead)
#include "test_masked_head.moc"
