#pragma once

#include <QStringList>
#include <QWidget>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/detectors/registry.h"

class QComboBox;
class QSpinBox;
class QTableWidget;

namespace dicescope {

class ChoiceCombo;

/// How detectors are compared: the baseline, the resamples of the bootstrap, and which OOD sets are near and
/// which far. GUI thread.
class CompareSetup : public QWidget {
    Q_OBJECT

  public:
    explicit CompareSetup(QWidget* parent = nullptr);

    /// What a baseline can be chosen from. The choice stays while it is among them; else it becomes Energy,
    /// or none.
    void setDetectors(const std::vector<DetectorSpec>& detectors);
    void setOodSets(const QStringList& names);
    void setGroups(const QStringList& near, const QStringList& far);
    void setResamples(std::size_t resamples);

    [[nodiscard]] std::optional<DetectorSpec> baseline() const;
    [[nodiscard]] std::size_t resamples() const;
    [[nodiscard]] QStringList nearSets() const { return checkedSets(kNear); }
    [[nodiscard]] QStringList farSets() const { return checkedSets(kFar); }

  signals:
    void groupsEdited();  ///< by the user

  private:
    static constexpr int kNear = 1;
    static constexpr int kFar = 2;

    void buildTable();
    void groupToggled(int row, int column);
    [[nodiscard]] QStringList checkedSets(int column) const;

    std::vector<DetectorSpec> detectors_;
    QString wish_;  ///< baseline that the user chose: a specification, empty for none
    ChoiceCombo* baseline_;
    QSpinBox* resamples_;
    QTableWidget* groups_;
};

}  // namespace dicescope
