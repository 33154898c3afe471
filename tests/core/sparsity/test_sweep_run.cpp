#include <QtTest>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <set>
#include <thread>

#include "naive_sweep.h"

using namespace dicescope;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Sweep planned(const SweepCase& c) {
    return Sweep::plan(c.weight.view(), c.bias, planLevels(c.ranking.view(), c.levels).value()).value();
}

/// Equal in every bit, NaN included.
bool same(const SweepResult& a, const SweepResult& b) {
    const auto bytesEqual = [](const auto& x, const auto& y) {
        return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof(x[0])) == 0;
    };
    return a.samples == b.samples && a.rows() == b.rows() && bytesEqual(a.maxLogit, b.maxLogit) &&
           bytesEqual(a.excess, b.excess) && bytesEqual(a.prediction, b.prediction);
}

SweepCase manySamples() {
    return randomCase(12, 45, 3000, 21);
}

}  // namespace

class TestSweepRun : public QObject {
    Q_OBJECT

  private slots:
    void doesNotDependOnThreadsSlabsOrOrder() {
        const SweepCase c = manySamples();
        const Sweep sweep = planned(c);
        const auto reference = sweep.run(c.features.view(), {.threads = 1, .slab = 100'000}, {}).value();
        for (const SweepOptions& options : {SweepOptions{.threads = 2},
                                            {.threads = 7, .slab = 33},
                                            {.threads = 1, .slab = 1024, .seed = 9},
                                            {.threads = 3, .slab = 5000, .seed = 12345}}) {
            QVERIFY(same(sweep.run(c.features.view(), options, {}).value(), reference));
        }
    }

    void doesNotDependOnThePosition() {
        const SweepCase c = manySamples();
        const Sweep sweep = planned(c);
        const auto whole = sweep.run(c.features.view(), {}, {}).value();
        for (const std::size_t i : {std::size_t{0}, std::size_t{63}, std::size_t{1500}, std::size_t{2999}}) {
            const auto alone = sweep.run({c.features.data() + i * 45, 1, 45}, {}, {}).value();
            for (std::size_t row = 0; row < whole.rows(); ++row) {
                QVERIFY(alone.maxLogitAt(row)[0] == whole.maxLogitAt(row)[i]);
                QVERIFY(alone.excessAt(row)[0] == whole.excessAt(row)[i]);
                QCOMPARE(alone.predictionAt(row)[0], whole.predictionAt(row)[i]);
            }
        }
    }

    void doesNotDependOnTheNeighbours() {
        SweepCase c = randomCase(12, 45, 130, 33);
        const Sweep sweep = planned(c);
        const auto reference = sweep.run(c.features.view(), {}, {}).value();
        // In the tiles of these, steps are walked apart and looked at twice.
        for (float& h : c.features.view().row(2)) h *= 1e9f;
        for (float& h : c.features.view().row(70)) h *= 60.0f;
        c.features(129, 0) = kNan;
        const auto result = sweep.run(c.features.view(), {}, {}).value();
        for (std::size_t row = 0; row < result.rows(); ++row) {
            for (std::size_t i = 0; i < 130; ++i) {
                if (i == 2 || i == 70 || i == 129) continue;
                QVERIFY(result.maxLogitAt(row)[i] == reference.maxLogitAt(row)[i]);
                QVERIFY(result.excessAt(row)[i] == reference.excessAt(row)[i]);
                QCOMPARE(result.predictionAt(row)[i], reference.predictionAt(row)[i]);
            }
        }
    }

    void partialResultsAreFinalForWhatIsDone() {
        const SweepCase c = manySamples();
        const Sweep sweep = planned(c);
        const auto reference = sweep.run(c.features.view(), {}, {}).value();
        std::vector<std::size_t> sizes;
        std::vector<std::size_t> firstSlab;
        bool right = true;
        const auto sink = [&](const SweepResult& partial, std::span<const std::size_t> done) {
            right = right && partial.samples == 3000 && partial.rows() == reference.rows();
            for (const std::size_t i : done) {
                for (std::size_t row = 0; row < partial.rows(); ++row) {
                    right = right && partial.maxLogitAt(row)[i] == reference.maxLogitAt(row)[i] &&
                            partial.excessAt(row)[i] == reference.excessAt(row)[i];
                }
            }
            if (sizes.empty()) firstSlab.assign(done.begin(), done.end());
            right = right && std::set(done.begin(), done.end()).size() == done.size();
            sizes.push_back(done.size());
        };
        QVERIFY(sweep.run(c.features.view(), {.slab = 512, .seed = 4}, {}, sink));
        QVERIFY(right);
        QCOMPARE(sizes, (std::vector<std::size_t>{512, 1024, 1536, 2048, 2560, 3000}));
        // A random subset of 0..2999: its mean is 1499.5 with a standard deviation of about 35.
        const double mean = std::accumulate(firstSlab.begin(), firstSlab.end(), 0.0) / 512;
        QVERIFY(std::abs(mean - 1499.5) < 200);
    }

    void slabsGrow() {
        const SweepCase c = randomCase(1, 1, 9000, 22);
        std::vector<std::size_t> sizes;
        const auto sink = [&](const SweepResult&, std::span<const std::size_t> done) {
            sizes.push_back(done.size());
        };
        QVERIFY(planned(c).run(c.features.view(), {.slab = 4096}, {}, sink));
        QCOMPARE(sizes, (std::vector<std::size_t>{1024, 3072, 7168, 9000}));
    }

    void streamGivesTheSameValues() {
        const SweepCase c = manySamples();
        const Sweep sweep = planned(c);
        const auto reference = sweep.run(c.features.view(), {}, {}).value();
        std::set<std::size_t> seen;
        bool right = true;
        const auto sink = [&](const SweepResult& slab, std::span<const std::size_t> samples) -> Status {
            right = right && slab.samples == samples.size() && slab.rows() == reference.rows();
            for (std::size_t j = 0; j < samples.size(); ++j) {
                right = right && seen.insert(samples[j]).second;
                for (std::size_t row = 0; row < slab.rows(); ++row) {
                    right = right && slab.excessAt(row)[j] == reference.excessAt(row)[samples[j]] &&
                            slab.predictionAt(row)[j] == reference.predictionAt(row)[samples[j]];
                }
            }
            return {};
        };
        QVERIFY(sweep.stream(c.features.view(), {.slab = 700}, {}, sink));
        QVERIFY(right);
        QCOMPARE(seen.size(), std::size_t{3000});
    }

    void streamPassesOnTheErrorOfItsSink() {
        const SweepCase c = manySamples();
        int calls = 0;
        const auto sink = [&](const SweepResult&, std::span<const std::size_t>) -> Status {
            return ++calls == 2 ? Status(fail(ErrorCode::WriteFailed, "full")) : Status();
        };
        const auto status = planned(c).stream(c.features.view(), {.slab = 100}, {}, sink);
        QVERIFY(!status);
        QVERIFY(status.error().code == ErrorCode::WriteFailed);
        QCOMPARE(calls, 2);
    }

    void predictionsCanBeLeftOut() {
        const SweepCase c = randomCase(12, 45, 100, 23);
        const auto with = planned(c).run(c.features.view(), {}, {}).value();
        const auto without = planned(c).run(c.features.view(), {.predictions = false}, {}).value();
        QVERIFY(without.prediction.empty());
        QVERIFY(with.maxLogit == without.maxLogit);
        QVERIFY(with.excess == without.excess);
    }

    void badSamplesAreMarkedAndAlone() {
        SweepCase c = randomCase(6, 50, 130, 24);
        const auto reference = planned(c).run(c.features.view(), {}, {}).value();
        c.features(3, 7) = kNan;
        c.features(64, 49) = kInfinity;
        c.features(65, 0) = -kInfinity;
        c.features(129, 48) = 3e38f;
        const std::set<std::size_t> bad{3, 64, 65, 129};
        const auto result = planned(c).run(c.features.view(), {}, {}).value();
        for (std::size_t row = 0; row < result.rows(); ++row) {
            for (std::size_t i = 0; i < 130; ++i) {
                if (bad.contains(i)) {
                    QVERIFY(std::isnan(result.maxLogitAt(row)[i]));
                    QVERIFY(std::isnan(result.excessAt(row)[i]));
                    QCOMPARE(result.predictionAt(row)[i], -1);
                } else {
                    QVERIFY(result.maxLogitAt(row)[i] == reference.maxLogitAt(row)[i]);
                    QVERIFY(result.excessAt(row)[i] == reference.excessAt(row)[i]);
                }
            }
        }
    }

    void theClipComesBeforeTheCheck() {
        SweepCase c = randomCase(6, 5, 2, 25);
        c.features(0, 1) = kInfinity;
        c.features(1, 1) = kNan;
        const auto result = planned(c).run(c.features.view(), {.reactClip = 1.0f}, {}).value();
        for (std::size_t row = 0; row < result.rows(); ++row) {
            QVERIFY(std::isfinite(result.maxLogitAt(row)[0]));
            QVERIFY(std::isnan(result.maxLogitAt(row)[1]));
        }
    }

    void cancelledBeforeItStarts() {
        const SweepCase c = randomCase(6, 5, 2, 26);
        std::stop_source source;
        source.request_stop();
        const auto result =
            planned(c).run(c.features.view(), {}, {.stop = source.get_token(), .progress = {}});
        QVERIFY(!result);
        QVERIFY(result.error().code == ErrorCode::Cancelled);
    }

    void cancelledBetweenSlabs() {
        const SweepCase c = manySamples();
        std::stop_source source;
        int calls = 0;
        const auto sink = [&](const SweepResult&, std::span<const std::size_t>) {
            if (++calls == 2) source.request_stop();
        };
        const auto result = planned(c).run(c.features.view(), {.slab = 64},
                                           {.stop = source.get_token(), .progress = {}}, sink);
        QVERIFY(!result);
        QVERIFY(result.error().code == ErrorCode::Cancelled);
        QCOMPARE(calls, 2);
    }

    void cancelledFromAnotherThread() {
        // Minutes of work, were it not stopped.
        const SweepCase c = randomCase(400, 300, 50'000, 27);
        const Sweep sweep = planned(c);
        std::stop_source source;
        std::jthread stopper([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            source.request_stop();
        });
        const auto result =
            sweep.run(c.features.view(), {.slab = 50'000}, {.stop = source.get_token(), .progress = {}});
        QVERIFY(!result);
        QVERIFY(result.error().code == ErrorCode::Cancelled);
    }

    void progressEndsAtTheTotal() {
        const SweepCase c = manySamples();
        std::vector<std::uint64_t> done;
        std::uint64_t total = 0;
        const Job job{.stop = {}, .progress = [&](const Progress& progress) {
                          done.push_back(progress.done);
                          total = progress.total;
                      }};
        QVERIFY(planned(c).run(c.features.view(), {.threads = 4, .slab = 100}, job));
        QVERIFY(!done.empty());
        QVERIFY(std::ranges::is_sorted(done));
        QCOMPARE(done.back(), std::uint64_t{3000});
        QCOMPARE(total, std::uint64_t{3000});
    }

    void noSamplesGiveAnEmptyResult() {
        const SweepCase c = randomCase(6, 5, 0, 28);
        const auto result = planned(c).run(c.features.view(), {}, {});
        QVERIFY(result);
        QCOMPARE(result->samples, std::size_t{0});
        QVERIFY(result->maxLogit.empty());
        QVERIFY(planned(c).run({}, {}, {}));
    }

    void refusesWhatDoesNotBelongTogether() {
        const SweepCase c = randomCase(6, 5, 2, 29);
        const auto plan = planLevels(c.ranking.view(), c.levels).value();
        const auto code = [](const auto& result) {
            return result ? ErrorCode::Internal : result.error().code;
        };
        const Matrix<float> narrow(6, 4);
        QVERIFY(code(Sweep::plan(narrow.view(), c.bias, plan)) == ErrorCode::Mismatch);
        QVERIFY(code(Sweep::plan(c.weight.view(), std::vector<float>(5), plan)) == ErrorCode::Mismatch);
        QVERIFY(code(Sweep::plan(c.weight.view(), c.bias, LevelPlan{})) == ErrorCode::Mismatch);
        QVERIFY(code(Sweep::denseOnly({}, {})) == ErrorCode::InvalidArgument);
        const Sweep sweep = planned(c);
        QVERIFY(code(sweep.run({c.features.data(), 2, 4}, {}, {})) == ErrorCode::Mismatch);
        QVERIFY(code(sweep.run(c.features.view(), {.slab = 0}, {})) == ErrorCode::InvalidArgument);
        QVERIFY(code(sweep.run(c.features.view(), {.reactClip = kNan}, {})) == ErrorCode::InvalidArgument);
    }

    void refusesHeadsThatAreNotFinite() {
        for (const float bad : {kNan, kInfinity, 2e38f}) {
            SweepCase c = randomCase(6, 5, 2, 30);
            const auto plan = planLevels(c.ranking.view(), c.levels).value();
            c.weight(5, 4) = bad;
            const auto sweep = Sweep::plan(c.weight.view(), c.bias, plan);
            QVERIFY(!sweep);
            QVERIFY(sweep.error().code == ErrorCode::InvalidArgument);
            c = randomCase(6, 5, 2, 30);
            c.bias[0] = bad;
            QVERIFY(!Sweep::plan(c.weight.view(), c.bias, plan));
        }
    }

    void refusesAPlanThatIsNotConsistent() {
        const SweepCase c = randomCase(6, 5, 2, 31);
        auto plan = planLevels(c.ranking.view(), c.levels).value();
        plan.lastKept(0, 0) = static_cast<int>(c.levels.size());
        QVERIFY(!Sweep::plan(c.weight.view(), c.bias, plan));
        plan.lastKept(0, 0) = -2;
        QVERIFY(!Sweep::plan(c.weight.view(), c.bias, plan));
    }
};

QTEST_APPLESS_MAIN(TestSweepRun)
#include "test_sweep_run.moc"
