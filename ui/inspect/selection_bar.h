#pragma once

#include <QStringList>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QSpinBox;

namespace dicescope {

/// Which class, unit and OOD set all views of the inspection speak of: what it names is what every view
/// shows. One class is looked at. Choosing one anywhere (here, in the map, at a unit's weight, in the table
/// of an image) moves it everywhere; selecting an image moves it to the class that the dense head takes the
/// image for, unless the class is pinned. GUI thread.
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
    // By the user.
    void classChanged(int index);
    void classPinned(bool pinned);  ///< whether the class stays when another image is selected
    void unitChanged(int unit);
    void oodSetChanged(int index);

  private:
    QComboBox* classes_;
    QCheckBox* pin_;
    QSpinBox* unit_;
    QComboBox* oodSets_;
};

}  // namespace dicescope
