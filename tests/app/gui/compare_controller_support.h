#pragma once

#include <QPushButton>
#include <QTest>
#include <algorithm>
#include <memory>
#include <string>
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

}  // namespace dicescope::testing
