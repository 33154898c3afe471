#pragma once

#include <QStringList>
#include <QWidget>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/explain/hand_edits.h"
#include "core/metrics/ood_metrics.h"
#include "ui/base/theme.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QTableWidget;
class QVBoxLayout;

namespace dicescope {

/// "1 unit off", "3 units off".
[[nodiscard]] QString unitsOffText(std::size_t units);

/// Metrics of every OOD set and of their average, before and after units were switched off.
struct EditComparison {
    QStringList sets;  ///< OOD sets in their order
    std::vector<OodMetrics> dense;
    std::vector<OodMetrics> base;  ///< of the mask that was edited
    std::vector<OodMetrics> edited;
};

/// Units switched off by hand: which, what becomes of FPR95 and AUROC, undo, and edits kept under a name. GUI
/// thread.
class EditPanel : public QWidget {
    Q_OBJECT

  public:
    explicit EditPanel(QWidget* parent = nullptr);

    /// The unit that the button is about.
    void setUnit(std::size_t unit);
    void setUnitsOff(const std::vector<std::size_t>& units);
    void setCanUndo(bool can);
    /// Nothing: not known (yet); `state` says why.
    void setComparison(const std::optional<EditComparison>& comparison, const QString& state);
    /// selected: index of the one to choose, if there is such a one.
    void setKept(const std::vector<MaskEdit>& edits, std::size_t selected = 0);
    void setTheme(const Theme& theme);

  signals:
    void toggleRequested(std::size_t unit);
    void undoRequested();
    void clearRequested();
    void keepRequested(const QString& name);
    void keptChosen(int index);
    void keptRemoved(int index);
    void unitPicked(std::size_t unit);

  private:
    void buildButtons(QVBoxLayout& column);
    void buildKept(QVBoxLayout& column);
    void refreshToggle();
    void fillRow(int row, const QString& name, const OodMetrics& dense, const OodMetrics& base,
                 const OodMetrics& edited);

    QPushButton* toggle_;
    QPushButton* undo_;
    QPushButton* clear_;
    QLabel* state_;
    QListWidget* off_;
    QTableWidget* table_;
    QLineEdit* name_;
    QPushButton* keep_;
    QComboBox* kept_;
    QPushButton* show_;
    QPushButton* remove_;
    Theme theme_ = lightTheme();
    std::size_t unit_ = 0;
    std::vector<std::size_t> unitsOff_;
    std::optional<EditComparison> comparison_;
    QString stateText_;
};

}  // namespace dicescope
