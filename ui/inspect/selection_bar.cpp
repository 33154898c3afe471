#include "ui/inspect/selection_bar.h"

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
    : QWidget(parent), classes_(new QComboBox), unit_(new QSpinBox), oodSets_(new QComboBox) {
    classes_->setObjectName("inspectClass");
    classes_->setAccessibleName(tr("Class"));
    classes_->setToolTip(
        tr("The class that the class view, the image view and the theory speak of; type to "
           "search"));
    classes_->setEditable(true);
    classes_->setInsertPolicy(QComboBox::NoInsert);
    classes_->completer()->setFilterMode(Qt::MatchContains);
    classes_->completer()->setCompletionMode(QCompleter::PopupCompletion);
    classes_->setMinimumContentsLength(14);
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
    add(tr("&Unit"), unit_);
    add(tr("OO&D set"), oodSets_);
    row->addStretch();
    connect(classes_, qOverload<int>(&QComboBox::currentIndexChanged), this, [this](int index) {
        if (index >= 0) emit classChanged(index);
    });
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
