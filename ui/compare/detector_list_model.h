#pragma once

#include <QAbstractTableModel>
#include <map>
#include <string>
#include <vector>

#include "core/detectors/registry.h"
#include "ui/compare/detector_text.h"

namespace dicescope {

/// The detectors that can be compared: all of the registry with their defaults, and further rows of the same
/// detectors with other settings. Those that the analysis cannot feed have no check box that answers, and a
/// reason. At first all are checked but the slow ones. GUI thread.
class DetectorListModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Name, Need, Time, ColumnCount };
    enum Role {
        ReasonRole = Qt::UserRole,  ///< why it cannot run; empty where it can
        SearchRole,                 ///< what a filter looks through
    };

    explicit DetectorListModel(QObject* parent = nullptr);

    /// What there is, and the sizes that times are estimated from.
    void setSupply(const DetectorSupply& supply, const DetectorWork& work);
    /// Other defaults for rows that nobody edited: values by detector and parameter.
    void setDefaults(const std::map<std::string, std::map<std::string, double>>& defaults);

    [[nodiscard]] const DetectorSpec& spec(int row) const;
    [[nodiscard]] QString reason(int row) const;
    /// By the user. The row keeps them whatever the defaults become.
    void setSpec(int row, DetectorSpec spec);
    /// Adds the same detector below, with the first variant that is not there yet or the same settings.
    /// Returns its row.
    int duplicate(int row);
    /// Whether it is a further row.
    [[nodiscard]] bool canRemove(int row) const;
    void remove(int row);
    /// Checks all of the registry's that are not slow, or none at all.
    void checkQuick();
    void checkNone();

    /// What is checked and can run, each settings once, in the order of the rows.
    [[nodiscard]] std::vector<DetectorSpec> checkedSpecs() const;
    /// An estimate for one detector, in seconds; negative where it is not known.
    [[nodiscard]] double secondsOf(const DetectorSpec& spec) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

  signals:
    void checkedChanged();  ///< checkedSpecs() may be another

  private:
    struct Row {
        DetectorSpec spec;
        bool checked = false;
        bool further = false;
        bool edited = false;
    };
    [[nodiscard]] const Row& at(int row) const { return rows_[static_cast<std::size_t>(row)]; }
    [[nodiscard]] QString text(const Row& row, int column) const;
    [[nodiscard]] QString toolTip(const Row& row) const;
    void announce();

    std::vector<Row> rows_;
    DetectorSupply supply_;
    DetectorWork work_;
};

}  // namespace dicescope
