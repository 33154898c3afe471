#pragma once

#include <QAbstractItemModel>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/analysis/exploration.h"
#include "ui/base/theme.h"
#include "ui/panels/metrics_cell.h"

namespace dicescope {

/// Published numbers for one OOD set, to lay beside one's own; fractions.
struct PublishedMetrics {
    QString set;  ///< name of the OOD set; empty: the average
    std::optional<double> fpr95;
    std::optional<double> auroc;
    QString source;  ///< of method and place, for a tool tip: "DICE, ResNet-50, Sun & Li 2022, table 2"
};

/// The metrics of the current row as a tree: the average and every OOD set with their FPR95 (ID positive) and
/// AUROC in two lines, below each FPR95 (ID positive), FPR95 (OOD positive), AUROC, AUPR-IN and AUPR-OUT.
/// Columns: name, dense, current p, difference with its interval where it is known, and the published value
/// where there is one. Percent with two decimals, differences in percentage points. GUI thread.
class MetricsModel : public QAbstractItemModel {
    Q_OBJECT

  public:
    enum Column { Name, Dense, Current, Difference, Published, ColumnCount };
    enum Metric { Fpr, FprOodPositive, Auroc, AuprIn, AuprOut, MetricCount };  ///< rows below a set
    enum Role {
        ValueRole =
            Qt::UserRole,  ///< double, a fraction; FPR95 in the row of a set; invalid where there is none
        CellRole,          ///< MetricsCell
    };

    explicit MetricsModel(QObject* parent = nullptr);

    /// Shows a row of an exploration (null: nothing; a row past the last: the dense head). Another row of the
    /// same sets changes data only; other sets reset the model.
    void show(ExplorationPtr exploration, std::size_t row);
    /// Intervals for a row; shown while that row of that exploration is, dropped otherwise. `options`: those
    /// that they were made with.
    void setIntervals(const ExplorationPtr& exploration, std::size_t row, const PairedIntervals& intervals,
                      const BootstrapOptions& options = {});
    void setPublished(std::vector<PublishedMetrics> published);
    void setTheme(const Theme& theme);

    /// The rows of the selection (all five metrics for that of a set; an empty selection: everything) as
    /// lines of tab-separated values with a header: set, metric, dense, current, difference, low, high in
    /// percent.
    [[nodiscard]] QString tabSeparated(const QModelIndexList& selection = {}) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& child) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    [[nodiscard]] QString setName(int set) const;
    [[nodiscard]] QString metricName(Metric metric) const;
    [[nodiscard]] std::optional<double> value(int set, Metric metric, int column) const;
    [[nodiscard]] std::optional<Interval> interval(int set, Metric metric, int column) const;
    [[nodiscard]] const PublishedMetrics* publishedOf(int set) const;
    [[nodiscard]] QString valueText(int set, Metric metric, int column) const;
    /// -1 worse than the dense head, 1 better, 0 the same or not told apart by the interval.
    [[nodiscard]] int verdict(int set, Metric metric) const;
    [[nodiscard]] QString toolTip(int set, std::optional<Metric> metric, int column) const;
    [[nodiscard]] QString differenceTip(int set, Metric metric) const;
    [[nodiscard]] MetricsCell setCell(int set, int column) const;
    [[nodiscard]] MetricsCell metricCell(int set, Metric metric, int column) const;
    [[nodiscard]] QColor toneOf(int set, Metric metric, int column) const;
    void announce(int firstColumn);

    ExplorationPtr exploration_;
    std::size_t row_ = 0;
    std::optional<PairedIntervals> intervals_;
    BootstrapOptions bootstrap_;
    std::vector<PublishedMetrics> published_;
    Theme theme_;
};

}  // namespace dicescope
