#pragma once

#include <QPushButton>
#include <QTest>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/gui/compare_controller.h"
#include "tests/support/tiny_exploration.h"
#include "tests/ui/compare/compare_test_support.h"
#include "ui/compare/compare_setup.h"
#include "ui/compare/comparison_table.h"
#include "ui/compare/detector_list.h"
#include "ui/compare/detector_list_model.h"

namespace dicescope::testing {

inline constexpr int kTimeout = 30'000;

/// The compare page on screen with its controller and a small analysis.
struct ShownComparison {
    ComparePage page;
    CompareController controller{page};

    explicit ShownComparison(std::shared_ptr<const AnalysisInputs> inputs = tinyInputs()) {
        ComparisonDefaults defaults;
        defaults.resamples = 50;
        controller.setDefaults(defaults);
        controller.setInputs(std::move(inputs));
        page.resize(1200, 700);
        page.show();
        if (!QTest::qWaitForWindowExposed(&page)) qFatal("The page is not shown.");
    }
    [[nodiscard]] DetectorListModel& list() const { return page.detectors().detectors(); }
    [[nodiscard]] ComparisonModel& results() const { return page.results().model(); }
    void check(const std::vector<std::string>& ids) const {
        list().checkNone();
        for (int row = 0; row < list().rowCount(); ++row) {
            if (std::ranges::find(ids, list().spec(row).id) != ids.end())
                list().setData(list().index(row, 0), Qt::Checked, Qt::CheckStateRole);
        }
    }
    void click(const char* name) const { QTest::mouseClick(part<QPushButton>(page, name), Qt::LeftButton); }
    [[nodiscard]] bool ends() const {
        return QTest::qWaitFor([&] { return !controller.running(); }, kTimeout);
    }
    [[nodiscard]] std::vector<DetectorSpec> shownWithNumbers() const {
        std::vector<DetectorSpec> specs;
        for (int row = 0; row < results().rowCount(); ++row) {
            if (hasNumbers(*results().detector(row))) specs.push_back(results().detector(row)->spec);
        }
        return specs;
    }
};

/// Scores for ODIN that wait until they are let go.
class HeldScorer {
  public:
    [[nodiscard]] ModelScorer scorer() const {
        return [open = open_](const DetectorSpec&, const InputSet& set,
                              const Job& job) -> Result<std::vector<double>> {
            while (!*open) {
                if (job.stopRequested()) return cancelled();
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            std::vector<double> scores(set.features->size());
            for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = static_cast<double>(i % 7);
            return scores;
        };
    }
    void open() { *open_ = true; }

  private:
    std::shared_ptr<std::atomic<bool>> open_ = std::make_shared<std::atomic<bool>>(false);
};

/// Scores for ODIN that depend on its noise, and how often a set was scored.
class CountingScorer {
  public:
    explicit CountingScorer(double shift = 0) : shift_(shift) {}
    [[nodiscard]] ModelScorer scorer() const {
        return [count = count_, shift = shift_](const DetectorSpec& spec, const InputSet& set,
                                                const Job&) -> Result<std::vector<double>> {
            ++*count;
            std::vector<double> scores(set.features->size());
            for (std::size_t i = 0; i < scores.size(); ++i) {
                const double id = set.role == SetRole::Id ? 3 : 0;
                scores[i] = id + shift + static_cast<double>(i * i % 11) + parameterValue(spec, "noise");
            }
            return scores;
        };
    }
    [[nodiscard]] int count() const { return *count_; }

  private:
    std::shared_ptr<std::atomic<int>> count_ = std::make_shared<std::atomic<int>>(0);
    double shift_;
};

inline const DetectorSpec kEnergy{"energy", {}};
inline const DetectorSpec kMsp{"msp", {}};
inline const DetectorSpec kDice{"dice", {}};
inline const DetectorSpec kOdin{"odin", {}};

}  // namespace dicescope::testing
