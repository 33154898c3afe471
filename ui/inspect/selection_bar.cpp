#include "ui/inspect/selection_bar.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>

namespace dicescope {
namespace {

void fill(QComboBox& box, const QStringList& texts) {
    const QSignalBlocker quiet(box);
    const int selected = box.currentIndex();
    box.clear();
    box.addItems(texts);
    box.setCurrentIndex(selected >= 0 && selected < texts.size() ? selected : (texts.isEmpty() ? -1 : 0));
}

}  // namespace

SelectionBar::SelectionBar(QWidget* parent)
    : QWidget(parent),
      classes_(new QComboBox),
      pin_(new QCheckBox(tr("&pinned"))),
      unit_(new QSpinBox),
      oodSets_(new QComboBox) {
    classes_->setObjectName("inspectClass");
    classes_->setAccessibleName(tr("Class"));
    classes_->setToolTip(
        tr("The class that all views speak of; type to search. Selecting an image moves to the class it is "
           "predicted as, unless the class is pinned"));
    classes_->setEditable(true);
    classes_->setInsertPolicy(QComboBox::NoInsert);
    classes_->completer()->setFilterMode(Qt::MatchContains);
    classes_->completer()->setCompletionMode(QCompleter::PopupCompletion);
    classes_->setMinimumContentsLength(14);
    pin_->setObjectName("pinClass");
    pin_->setToolTip(tr("Stay with this class when another image is selected"));
    unit_->setObjectName("inspectUnit");
    unit_->setAccessibleName(tr("Unit"));
    unit_->setToolTip(tr("The penultimate unit that the unit view speaks of, counted from 0"));
    unit_->setKeyboardTracking(false);
    oodSets_->setObjectName("inspectOodSet");
    oodSets_->setAccessibleName(tr("OOD set"));
    oodSets_->setToolTip(tr("The OOD set that is laid beside the ID set"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(4, 2, 4, 2);
    const auto add = [row](const QString& text, QWidget* box) {
        auto* label = new QLabel(text);
        label->setBuddy(box);
        row->addWidget(label);
        row->addWidget(box);
        row->addSpacing(8);
    };
    add(tr("&Class"), classes_);
    row->insertWidget(row->count() - 1, pin_);
    add(tr("&Unit"), unit_);
    add(tr("OO&D set"), oodSets_);
    row->addStretch();
    connect(classes_, qOverload<int>(&QComboBox::currentIndexChanged), this, [this](int index) {
        if (index >= 0) emit classChanged(index);
    });
    connect(pin_, &QCheckBox::toggled, this, &SelectionBar::classPinned);
    connect(unit_, qOverload<int>(&QSpinBox::valueChanged), this, &SelectionBar::unitChanged);
    connect(oodSets_, qOverload<int>(&QComboBox::currentIndexChanged), this, [this](int index) {
        if (index >= 0) emit oodSetChanged(index);
    });
}

void SelectionBar::setChoices(const QStringList& classes, int units, const QStringList& oodSets) {
    fill(*classes_, classes);
    fill(*oodSets_, oodSets);
    const QSignalBlocker quiet(unit_);
    unit_->setRange(0, units - 1);
}

void SelectionBar::setClass(int index) {
    const QSignalBlocker quiet(classes_);
    classes_->setCurrentIndex(index);
}

void SelectionBar::setUnit(int unit) {
    const QSignalBlocker quiet(unit_);
    unit_->setValue(unit);
}

int SelectionBar::selectedClass() const {
    return classes_->currentIndex();
}

int SelectionBar::selectedUnit() const {
    return unit_->value();
}

int SelectionBar::selectedOodSet() const {
    return oodSets_->currentIndex();
}

}  // namespace dicescope
