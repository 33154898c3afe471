#pragma once

#include <QStringList>
#include <QWidget>

class QComboBox;
class QSpinBox;

namespace dicescope {

/// Which class, unit and OOD set all views of the inspection speak of. GUI thread.
class SelectionBar : public QWidget {
    Q_OBJECT

  public:
    explicit SelectionBar(QWidget* parent = nullptr);

    /// What there is to choose from; selections that no longer exist become the first.
    void setChoices(const QStringList& classes, int units, const QStringList& oodSets);
    void setClass(int index);
    void setUnit(int unit);
    [[nodiscard]] int selectedClass() const;
    [[nodiscard]] int selectedUnit() const;
    /// Index of an OOD set; -1 where there is none.
    [[nodiscard]] int selectedOodSet() const;

  signals:
    void classChanged(int index);
    void unitChanged(int unit);
    void oodSetChanged(int index);

  private:
    QComboBox* classes_;
    QSpinBox* unit_;
    QComboBox* oodSets_;
};

}  // namespace dicescope
