#include <hwy/targets.h>

#include <QtTest>
#include <set>
#include <string>

#include "core/sparsity/sweep_kernel.h"
#include "naive_sweep.h"

using namespace dicescope;

/// Every instruction set that this processor has gives the results of the definition.
class TestSweepTargets : public QObject {
    Q_OBJECT

  private slots:
    void equalsTheNaiveMask_data() {
        QTest::addColumn<qint64>("target");
        for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1) {
            const std::int64_t target = left & -left;
            QTest::newRow(hwy::TargetName(target)) << qint64{target};
        }
    }

    void equalsTheNaiveMask() {
        QFETCH(qint64, target);
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        used_.insert(sweepTarget());
        for (const SweepCase& c :
             {randomCase(11, 70, 70, 1), integerCase(5, 33, 9, 2), randomCase(3, 1, 1, 3)}) {
            const auto plan = planLevels(c.ranking.view(), c.levels).value();
            const auto sweep = Sweep::plan(c.weight.view(), c.bias, plan).value();
            const auto result = sweep.run(c.features.view(), {}, {}).value();
            const std::string wrong = difference(c, plan, result);
            QVERIFY2(wrong.empty(), wrong.c_str());
        }
    }

    void cleanupTestCase() {
        hwy::SetSupportedTargetsForTest(0);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        QVERIFY2(used_.size() > 1, "the instruction sets were not switched");
    }

  private:
    std::set<std::string> used_;
};

QTEST_APPLESS_MAIN(TestSweepTargets)
#include "test_sweep_targets.moc"
