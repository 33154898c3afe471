#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <string>
#include <vector>

#include "core/detectors/registry.h"
#include "core/session/comparison_choices.h"
#include "core/session/comparison_defaults.h"
#include "ui/compare/detector_text.h"

namespace dicescope {

/// A detector that is compared.
struct CheckedDetector {
    DetectorSpec spec;
    std::string text;  ///< as in DetectorChoice: what it leaves open follows the defaults
    std::vector<std::string> otherTexts = {};  ///< of further rows that have the same settings now
};

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
    /// Other defaults: values for the settings that rows leave open. One out of its range leaves a row as it
    /// is.
    void setDefaults(const DetectorValues& defaults);
    /// Makes the rows those of a session; nothing: as at first. Texts that are none of parseDetectorSpec()
    /// are passed over.
    void setChoice(const std::optional<DetectorChoice>& choice);
    /// What the rows are, for a session; nothing where they are as at first.
    [[nodiscard]] std::optional<DetectorChoice> choice() const;

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
    [[nodiscard]] std::vector<CheckedDetector> checkedDetectors() const;
    /// The same without their texts.
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
    void checkedChanged();  ///< checkedDetectors() may be others
    void edited();          ///< by the user: choice() may be another
    /// By the user: the text of a row is another. Comes before the other two, and not where another row still
    /// has the text of before, unless this one is compared and that one is not.
    void textChanged(const std::string& before, const std::string& now);

  private:
    struct Row {
        DetectorSpec spec;
        std::string text;  ///< of CheckedDetector; the id alone where nobody edited it
        bool checked = false;
        bool further = false;
    };
    [[nodiscard]] static std::vector<Row> registryRows();
    void place(const std::string& text, bool checked, const std::optional<DetectorChoice>& choice);
    [[nodiscard]] bool fill(Row& row) const;
    [[nodiscard]] bool isElsewhere(int row, const std::string& text) const;
    [[nodiscard]] const Row& at(int row) const { return rows_[static_cast<std::size_t>(row)]; }
    [[nodiscard]] QString text(const Row& row, int column) const;
    [[nodiscard]] QString toolTip(const Row& row) const;
    void announce();
    void announceEdit();

    std::vector<Row> rows_;
    DetectorValues defaults_;
    DetectorSupply supply_;
    DetectorWork work_;
};

}  // namespace dicescope
