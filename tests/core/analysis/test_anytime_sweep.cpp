#include "core/analysis/anytime_sweep.h"

#include <QTest>
#include <algorithm>
#include <numeric>
#include <set>

#include "tests/support/tiny_exploration.h"

using namespace dicescope;
using dicescope::testing::tinyInputs;
using dicescope::testing::tinySweep;

namespace {

constexpr std::size_t kIdSamples = 3000;
constexpr std::size_t kOodSamples = 700;

SweepOptions smallSlabs() {
    SweepOptions options;
    options.slab = 512;
    return options;
}

std::vector<std::size_t> firstSamples(std::size_t count) {
    std::vector<std::size_t> samples(count);
    std::iota(samples.begin(), samples.end(), std::size_t{0});
    return samples;
}

/// The samples of the whole set that the columns of a partial sweep speak of, and which columns are final.
struct Meaning {
    std::vector<std::size_t> columns;
    std::vector<std::size_t> samples;
};

Meaning meaningOf(const SweptSet& set, std::size_t setSamples) {
    if (set.done) return {{set.done->begin(), set.done->end()}, {set.done->begin(), set.done->end()}};
    const std::size_t columns = set.sweep->samples;
    if (columns == setSamples) return {firstSamples(columns), firstSamples(columns)};
    return {firstSamples(columns), previewSamples(setSamples)};
}

bool agrees(const SweptSet& partial, const SweepResult& whole) {
    const auto [columns, samples] = meaningOf(partial, whole.samples);
    if (columns.size() != samples.size() || partial.sweep->rows() != whole.rows()) return false;
    for (std::size_t row = 0; row < whole.rows(); ++row) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (partial.sweep->maxLogitAt(row)[columns[i]] != whole.maxLogitAt(row)[samples[i]] ||
                partial.sweep->excessAt(row)[columns[i]] != whole.excessAt(row)[samples[i]] ||
                partial.sweep->predictionAt(row)[columns[i]] != whole.predictionAt(row)[samples[i]]) {
                return false;
            }
        }
    }
    return true;
}

bool same(const SweepResult& a, const SweepResult& b) {
    return a.samples == b.samples && a.levels == b.levels && a.maxLogit == b.maxLogit &&
           a.excess == b.excess && a.prediction == b.prediction;
}

}  // namespace

class TestAnytimeSweep : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        inputs_ = tinyInputs(kIdSamples, kOodSamples);
        auto planned = planSweep(*inputs_, RankingRule::Contribution, 0, tinySweep().levels);
        QVERIFY(planned);
        planned_.emplace(std::move(*planned));
        auto whole = sweepSets(*planned_, *inputs_, {}, Job{});
        QVERIFY(whole);
        whole_ = std::move(*whole);
    }

    void previewsAreRandomSamplesOfTheWholeSet() {
        const auto samples = previewSamples(100'000);
        QCOMPARE(samples.size(), kPreviewSamples);
        QVERIFY(std::ranges::is_sorted(samples));
        QCOMPARE((std::set<std::size_t>(samples.begin(), samples.end()).size()), kPreviewSamples);
        // Of uniform ones each quarter holds 128, give or take 10 (a standard deviation).
        for (std::size_t quarter = 0; quarter < 4; ++quarter) {
            const auto count = std::ranges::count_if(
                samples, [quarter](std::size_t sample) { return sample / 25'000 == quarter; });
            QVERIFY(count > 70 && count < 190);
        }
        QCOMPARE(previewSamples(7), firstSamples(7));
        QVERIFY(previewSamples(0).empty());
    }

    void everyPartialTellsValuesOfTheWholeSweep() {
        std::vector<std::size_t> done;
        const auto sink = [&](const PartialSets& partial) {
            QCOMPARE(partial.id.name, std::string("id"));
            QVERIFY(agrees(partial.id, whole_.id));
            QCOMPARE(partial.ood.size(), std::size_t{3});
            std::size_t samples = meaningOf(partial.id, kIdSamples).samples.size();
            for (std::size_t s = 0; s < 3; ++s) {
                QCOMPARE(partial.ood[s].name, inputs_->ood[s].name);
                QVERIFY(agrees(partial.ood[s], whole_.ood[s]));
                samples += meaningOf(partial.ood[s], kOodSamples).samples.size();
            }
            QCOMPARE(partial.samples, samples);
            done.push_back(partial.samples);
        };
        const auto swept = sweepAnytime(*planned_, *inputs_, smallSlabs(), Job{}, sink);
        QVERIFY(swept);
        QCOMPARE(done.front(), 4 * kPreviewSamples);
        QCOMPARE(done.back(), kIdSamples + 3 * kOodSamples);
        // The preview, six slabs of the ID set and two of each OOD set.
        QCOMPARE(done.size(), std::size_t{13});
        QVERIFY(std::ranges::is_sorted(done));
    }

    void labelsBelongToTheSamples() {
        bool sawPreview = false;
        const auto sink = [&](const PartialSets& partial) {
            const auto [columns, samples] = meaningOf(partial.id, kIdSamples);
            sawPreview = sawPreview || partial.id.sweep->samples == kPreviewSamples;
            for (std::size_t i = 0; i < columns.size(); ++i)
                QCOMPARE(partial.idLabels[columns[i]], inputs_->id.labels[samples[i]]);
        };
        QVERIFY(sweepAnytime(*planned_, *inputs_, smallSlabs(), Job{}, sink));
        QVERIFY(sawPreview);
    }

    void theEndIsThatOfAPlainSweep() {
        const auto swept = sweepAnytime(*planned_, *inputs_, smallSlabs(), Job{}, [](const PartialSets&) {});
        QVERIFY(swept);
        QVERIFY(same(swept->id, whole_.id));
        for (std::size_t s = 0; s < 3; ++s) QVERIFY(same(swept->ood[s], whole_.ood[s]));
        QCOMPARE(swept->validation.size(), std::size_t{1});
        QVERIFY(same(swept->validation[0], whole_.validation[0]));
    }

    void progressIsOverAllSets() {
        std::vector<Progress> reports;
        const Job job{{}, [&](const Progress& progress) { reports.push_back(progress); }};
        QVERIFY(sweepAnytime(*planned_, *inputs_, smallSlabs(), job, [](const PartialSets&) {}));
        const std::uint64_t total = kIdSamples + 4 * kOodSamples;
        QCOMPARE(countImages(*inputs_), std::size_t{total});
        QVERIFY(std::ranges::is_sorted(reports, {}, &Progress::done));
        QVERIFY(std::ranges::all_of(reports, [&](const Progress& p) { return p.total == total; }));
        QCOMPARE(reports.front().done, std::uint64_t{0});
        QCOMPARE(reports.back().done, total);
    }

  private:
    dicescope::testing::AnalysisInputsPtr inputs_;
    std::optional<PlannedSweep> planned_;
    SweptSets whole_;
};

QTEST_APPLESS_MAIN(TestAnytimeSweep)
#include "test_anytime_sweep.moc"
