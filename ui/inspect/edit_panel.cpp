#include "ui/inspect/edit_panel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace dicescope {
namespace {

constexpr double kPercent = 100;
constexpr double kSmallestShown = 0.00005;

QString percent(double share) {
    return QLocale().toString(kPercent * share, 'f', 2);
}

QString signedPoints(double difference) {
    const QString text = QLocale().toString(std::abs(kPercent * difference), 'f', 2);
    return (difference < 0 ? QStringLiteral("−") : QStringLiteral("+")) + text;
}

}  // namespace

QString unitsOffText(std::size_t units) {
    return units == 1 ? EditPanel::tr("1 unit off") : EditPanel::tr("%1 units off").arg(units);
}

EditPanel::EditPanel(QWidget* parent)
    : QWidget(parent),
      toggle_(new QPushButton),
      undo_(new QPushButton(tr("Und&o"))),
      clear_(new QPushButton(tr("All o&n"))),
      state_(new QLabel),
      off_(new QListWidget),
      table_(new QTableWidget(0, 7)),
      name_(new QLineEdit),
      keep_(new QPushButton(tr("&Keep"))),
      kept_(new QComboBox),
      show_(new QPushButton(tr("Sho&w"))),
      remove_(new QPushButton(tr("&Remove"))) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 0, 0, 0);
    buildButtons(*column);
    state_->setObjectName("editState");
    state_->setWordWrap(true);
    column->addWidget(state_);
    table_->setObjectName("editTable");
    table_->setAccessibleName(tr("Metrics before and after"));
    table_->setHorizontalHeaderLabels({tr("Set"), tr("FPR95\ndense"), tr("FPR95\nbefore"), tr("FPR95\nafter"),
                                       tr("AUROC\ndense"), tr("AUROC\nbefore"), tr("AUROC\nafter")});
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() * 3 / 2);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setTabKeyNavigation(false);
    table_->setSelectionMode(QAbstractItemView::NoSelection);
    table_->setToolTip(
        tr("In percent, ID positive: all weights, the mask that is edited, and the mask with the "
           "units off, each with a threshold of its own"));
    column->addWidget(table_, 2);
    buildKept(*column);
    setUnit(0);
    setUnitsOff({});
    setCanUndo(false);
    setKept({});
}

void EditPanel::buildButtons(QVBoxLayout& column) {
    toggle_->setObjectName("editToggle");
    toggle_->setToolTip(
        tr("Takes the unit out of every logit, for all images, and computes the metrics anew"));
    undo_->setObjectName("editUndo");
    undo_->setToolTip(tr("Takes the last switch back"));
    clear_->setObjectName("editClear");
    clear_->setToolTip(tr("Switches every unit on again"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(toggle_, 1);
    buttons->addWidget(undo_);
    buttons->addWidget(clear_);
    column.addLayout(buttons);
    off_->setObjectName("editUnitsOff");
    off_->setAccessibleName(tr("Units switched off"));
    off_->setFlow(QListView::LeftToRight);
    off_->setWrapping(true);
    off_->setResizeMode(QListView::Adjust);
    off_->setMaximumHeight(4 * fontMetrics().height());
    off_->setToolTip(tr("Units that are switched off; double click one to switch it on again"));
    column.addWidget(off_);
    connect(toggle_, &QPushButton::clicked, this, [this] { emit toggleRequested(unit_); });
    connect(undo_, &QPushButton::clicked, this, &EditPanel::undoRequested);
    connect(clear_, &QPushButton::clicked, this, &EditPanel::clearRequested);
    connect(off_, &QListWidget::itemClicked, this,
            [this](const QListWidgetItem* item) { emit unitPicked(item->data(Qt::UserRole).toULongLong()); });
    connect(off_, &QListWidget::itemActivated, this, [this](const QListWidgetItem* item) {
        emit toggleRequested(item->data(Qt::UserRole).toULongLong());
    });
}

void EditPanel::buildKept(QVBoxLayout& column) {
    name_->setObjectName("editName");
    name_->setPlaceholderText(tr("Name of this edit"));
    name_->setAccessibleName(tr("Name of this edit"));
    keep_->setObjectName("editKeep");
    keep_->setToolTip(tr("Keeps the units that are off, with p, under this name in the session"));
    auto* naming = new QHBoxLayout;
    naming->addWidget(name_, 1);
    naming->addWidget(keep_);
    column.addLayout(naming);
    kept_->setObjectName("editKept");
    kept_->setAccessibleName(tr("Kept edits"));
    show_->setObjectName("editShow");
    remove_->setObjectName("editRemove");
    auto* choosing = new QHBoxLayout;
    choosing->addWidget(kept_, 1);
    choosing->addWidget(show_);
    choosing->addWidget(remove_);
    column.addLayout(choosing);
    const auto keep = [this] {
        if (!name_->text().trimmed().isEmpty()) emit keepRequested(name_->text().trimmed());
    };
    connect(keep_, &QPushButton::clicked, this, keep);
    connect(name_, &QLineEdit::returnPressed, this, keep);
    connect(name_, &QLineEdit::textChanged, this, [this] { refreshToggle(); });
    connect(show_, &QPushButton::clicked, this, [this] { emit keptChosen(kept_->currentIndex()); });
    connect(remove_, &QPushButton::clicked, this, [this] { emit keptRemoved(kept_->currentIndex()); });
}

void EditPanel::refreshToggle() {
    const bool isOff = std::ranges::find(unitsOff_, unit_) != unitsOff_.end();
    toggle_->setText(isOff ? tr("&Switch unit %1 on").arg(unit_) : tr("&Switch unit %1 off").arg(unit_));
    clear_->setEnabled(!unitsOff_.empty());
    keep_->setEnabled(!unitsOff_.empty() && !name_->text().trimmed().isEmpty());
}

void EditPanel::setUnit(std::size_t unit) {
    unit_ = unit;
    refreshToggle();
}

void EditPanel::setUnitsOff(const std::vector<std::size_t>& units) {
    unitsOff_ = units;
    off_->clear();
    for (const std::size_t unit : units) {
        auto* item = new QListWidgetItem(tr("unit %1").arg(unit), off_);
        item->setData(Qt::UserRole, static_cast<qulonglong>(unit));
    }
    off_->setVisible(!units.empty());
    refreshToggle();
}

void EditPanel::setCanUndo(bool can) {
    undo_->setEnabled(can);
}

void EditPanel::fillRow(int row, const QString& name, const OodMetrics& dense, const OodMetrics& base,
                        const OodMetrics& edited) {
    const auto put = [&](int cell, const QString& text, QColor color = {}) {
        auto* item = new QTableWidgetItem(text);
        if (cell > 0) item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        if (color.isValid()) item->setForeground(color);
        table_->setItem(row, cell, item);
    };
    // What does not show in two decimals is no difference.
    const auto tone = [this](double better) {
        if (std::abs(better) < kSmallestShown) return QColor();
        return better > 0 ? theme_.best : theme_.worse;
    };
    put(0, name);
    put(1, percent(dense.fpr95));
    put(2, percent(base.fpr95));
    put(3, QStringLiteral("%1 (%2)").arg(percent(edited.fpr95), signedPoints(edited.fpr95 - base.fpr95)),
        tone(base.fpr95 - edited.fpr95));
    put(4, percent(dense.auroc));
    put(5, percent(base.auroc));
    put(6, QStringLiteral("%1 (%2)").arg(percent(edited.auroc), signedPoints(edited.auroc - base.auroc)),
        tone(edited.auroc - base.auroc));
}

void EditPanel::setComparison(const std::optional<EditComparison>& comparison, const QString& state) {
    comparison_ = comparison;
    stateText_ = state;
    state_->setText(state);
    state_->setVisible(!state.isEmpty());
    if (!comparison) {
        table_->setRowCount(0);
        return;
    }
    const int sets = static_cast<int>(comparison->sets.size());
    table_->setRowCount(sets + (sets > 1 ? 1 : 0));
    for (int s = 0; s < sets; ++s) {
        const auto at = static_cast<std::size_t>(s);
        fillRow(s, comparison->sets[s], comparison->dense[at], comparison->base[at], comparison->edited[at]);
    }
    if (sets > 1) {
        fillRow(sets, tr("average"), averageMetrics(comparison->dense), averageMetrics(comparison->base),
                averageMetrics(comparison->edited));
    }
}

void EditPanel::setKept(const std::vector<MaskEdit>& edits, std::size_t selected) {
    kept_->clear();
    for (const MaskEdit& edit : edits) {
        const QString base =
            edit.p ? tr("p = %1 %").arg(QLocale().toString(*edit.p, 'g', 6)) : tr("dense head");
        kept_->addItem(QStringLiteral("%1 (%2, %3)")
                           .arg(QString::fromStdString(edit.name), base, unitsOffText(edit.unitsOff.size())));
    }
    if (selected < edits.size()) kept_->setCurrentIndex(static_cast<int>(selected));
    for (QWidget* widget :
         {static_cast<QWidget*>(kept_), static_cast<QWidget*>(show_), static_cast<QWidget*>(remove_)})
        widget->setVisible(!edits.empty());
}

void EditPanel::setTheme(const Theme& theme) {
    theme_ = theme;
    setComparison(comparison_, stateText_);
}

}  // namespace dicescope
