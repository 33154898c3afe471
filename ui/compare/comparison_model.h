#pragma once

#include <QAbstractTableModel>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "core/analysis/comparison.h"
#include "ui/base/theme.h"
#include "ui/compare/comparison_columns.h"

namespace dicescope {

using ComparisonPtr = std::shared_ptr<const Comparison>;
using ComparedDetectorPtr = std::shared_ptr<const ComparedDetector>;

/// A comparison as a table: a row a detector in the order of the comparison, columns as columnsOf(). Metrics
/// in percent, differences in percentage points. The best value of a column of metrics is bold. GUI thread.
class ComparisonModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Role {
        ValueRole = Qt::UserRole,  ///< what is sorted by: a double, or the name; invalid where there is none
        IntervalRole,              ///< text of the interval; invalid in columns that have none
        NumberRole,                ///< text without the interval
        DifferenceRole,            ///< whether the column is one of differences
        SentenceRole,              ///< why the row has no numbers; empty where it has
    };

    explicit ComparisonModel(QObject* parent = nullptr);

    /// Shows a comparison (null: nothing). While it runs, detectors without numbers are still to come.
    void setComparison(ComparisonPtr comparison, bool running);
    /// A detector that is done before the others.
    void setDetector(std::size_t index, ComparedDetectorPtr detector);
    void setTheme(const Theme& theme);

    [[nodiscard]] const ComparisonPtr& comparison() const { return comparison_; }
    /// As it is shown, of the row.
    [[nodiscard]] const ComparedDetectorPtr& detector(int row) const {
        return detectors_[static_cast<std::size_t>(row)];
    }
    [[nodiscard]] const ComparisonColumn& column(int column) const {
        return columns_[static_cast<std::size_t>(column)];
    }
    /// These rows as lines of tab-separated values with a header; metrics in percent, intervals in columns of
    /// their own.
    [[nodiscard]] QString tabSeparated(const std::vector<int>& rows) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    [[nodiscard]] const ComparedDetector* baselineFor(int row) const;
    [[nodiscard]] std::optional<double> value(int row, int column) const;
    [[nodiscard]] QVariant sortValue(int row, int column) const;
    [[nodiscard]] bool hasIntervals(const ComparisonColumn& column) const;
    [[nodiscard]] QString number(int row, int column) const;
    [[nodiscard]] QString interval(int row, int column) const;
    [[nodiscard]] QString sentence(int row) const;
    [[nodiscard]] QVariant color(int row, int column) const;
    void findBest();

    ComparisonPtr comparison_;
    bool running_ = false;
    std::vector<ComparedDetectorPtr> detectors_;
    std::vector<ComparisonColumn> columns_;
    std::vector<std::optional<double>> best_;  ///< one a column
    Theme theme_ = lightTheme();
};

}  // namespace dicescope
