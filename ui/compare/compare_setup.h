#pragma once

#include <QStringList>
#include <QWidget>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "ui/compare/detector_list_model.h"

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

    /// What a baseline can be chosen from. The choice stays while a row of its text is among them; else it
    /// becomes Energy, or none.
    void setDetectors(const std::vector<CheckedDetector>& detectors);
    /// The choice of a session; see ComparisonChoices::baseline.
    void setBaselineChoice(const std::optional<std::string>& choice);
    /// A detector has another text: it stays the baseline where it is.
    void followDetector(const std::string& before, const std::string& now);
    [[nodiscard]] const std::optional<std::string>& baselineChoice() const { return choice_; }
    void setOodSets(const QStringList& names);
    void setGroups(const QStringList& near, const QStringList& far);
    void setResamples(std::size_t resamples);

    [[nodiscard]] std::optional<DetectorSpec> baseline() const;
    [[nodiscard]] std::size_t resamples() const;
    [[nodiscard]] QStringList nearSets() const { return checkedSets(kNear); }
    [[nodiscard]] QStringList farSets() const { return checkedSets(kFar); }

  signals:
    void groupsEdited();     ///< by the user
    void baselineEdited();   ///< by the user
    void resamplesEdited();  ///< by the user

  private:
    static constexpr int kNear = 1;
    static constexpr int kFar = 2;

    void buildTable();
    void choose(std::string text);
    void showBaseline();
    [[nodiscard]] int entryOf(const std::string& text) const;
    void groupToggled(int row, int column);
    [[nodiscard]] QStringList checkedSets(int column) const;

    std::vector<CheckedDetector> detectors_;
    std::optional<std::string> choice_;  ///< of the baseline
    ChoiceCombo* baseline_;
    QSpinBox* resamples_;
    QTableWidget* groups_;
};

}  // namespace dicescope
