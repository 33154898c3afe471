#include "ui/compare/compare_setup.h"

#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "core/metrics/bootstrap.h"
#include "ui/panels/choice_combo.h"
#include "ui/panels/panel_text.h"
#include "ui/panels/wheel_guard.h"

namespace dicescope {
namespace {

constexpr int kSet = 0;
constexpr int kColumns = 3;
constexpr int kUsualResamples = 1'000;

}  // namespace

CompareSetup::CompareSetup(QWidget* parent)
    : QWidget(parent),
      baseline_(new ChoiceCombo(QStringLiteral("compareBaseline"), tr("Baseline"),
                                tr("The detector that the others are tested against, on the same resampled "
                                   "images"))),
      resamples_(new QSpinBox),
      groups_(new QTableWidget(0, kColumns)) {
    resamples_->setObjectName("compareResamples");
    resamples_->setAccessibleName(tr("Resamples"));
    resamples_->setToolTip(
        wrappedTip(tr("How often the images are drawn anew, with replacement, for the intervals and the "
                      "differences to the baseline; 0: neither. 1,000 are usual.")));
    resamples_->setRange(0, static_cast<int>(kMostResamples));
    resamples_->setSingleStep(100);
    resamples_->setGroupSeparatorShown(true);
    resamples_->setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
    resamples_->setSpecialValueText(tr("none"));
    resamples_->setValue(kUsualResamples);
    guardWheel(resamples_);
    buildTable();
    auto* form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("&Baseline"), baseline_);
    form->addRow(tr("&Resamples"), resamples_);
    auto* heading = new QLabel(tr("Groups of OOD sets"));
    heading->setBuddy(groups_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 4);
    column->setSpacing(4);
    column->addLayout(form);
    column->addWidget(heading);
    column->addWidget(groups_, 1);
    connect(baseline_, &ChoiceCombo::chosen, this, [this](const QString& value) {
        choose(value.toStdString());
        emit baselineEdited();
    });
    connect(resamples_, &QSpinBox::valueChanged, this, &CompareSetup::resamplesEdited);
    connect(groups_, &QTableWidget::cellChanged, this, &CompareSetup::groupToggled);
    setDetectors({});
}

void CompareSetup::buildTable() {
    groups_->setObjectName("compareGroups");
    groups_->setAccessibleName(tr("Near and far OOD sets"));
    groups_->setToolTip(
        wrappedTip(tr("Sets that are near to the ID images and sets that are far from them get an average "
                      "of their own, beside that of all sets.")));
    groups_->setHorizontalHeaderLabels({tr("OOD set"), tr("Near"), tr("Far")});
    groups_->verticalHeader()->hide();
    groups_->verticalHeader()->setMinimumSectionSize(1);
    groups_->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    groups_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    groups_->setSelectionMode(QAbstractItemView::SingleSelection);
    groups_->setTabKeyNavigation(false);
    groups_->setShowGrid(false);
    QHeaderView* header = groups_->horizontalHeader();
    header->setHighlightSections(false);
    header->setMinimumSectionSize(1);
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(kSet, QHeaderView::Stretch);
    groups_->horizontalHeaderItem(kSet)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

void CompareSetup::setDetectors(const std::vector<CheckedDetector>& detectors) {
    detectors_ = detectors;
    const QSignalBlocker blocker(baseline_);
    baseline_->clear();
    baseline_->addChoice(tr("none"), {});
    for (const CheckedDetector& detector : detectors)
        baseline_->addChoice(QString::fromStdString(specLabel(detector.spec)),
                             QString::fromStdString(detector.text));
    showBaseline();
}

void CompareSetup::setBaselineChoice(const std::optional<std::string>& choice) {
    choice_ = choice;
    showBaseline();
}

void CompareSetup::showBaseline() {
    const std::string usual(kUsualBaseline);
    int at = entryOf(choice_.value_or(usual));
    if (at < 0) at = entryOf(usual);
    baseline_->setCurrentIndex(std::max(at, 0));
}

/// Its entry among the baselines; negative where there is none.
int CompareSetup::entryOf(const std::string& text) const {
    if (text.empty()) return 0;
    const auto found = std::ranges::find_if(detectors_, [&](const CheckedDetector& detector) {
        return detector.text == text || std::ranges::count(detector.otherTexts, text) > 0;
    });
    return found == detectors_.end() ? -1 : 1 + static_cast<int>(found - detectors_.begin());
}

void CompareSetup::choose(std::string text) {
    choice_ = text == kUsualBaseline ? std::nullopt : std::optional(std::move(text));
}

void CompareSetup::followDetector(const std::string& before, const std::string& now) {
    if (before == choice_.value_or(std::string(kUsualBaseline))) choose(now);
}

std::optional<DetectorSpec> CompareSetup::baseline() const {
    const int at = baseline_->currentIndex() - 1;
    if (at < 0) return std::nullopt;
    return detectors_[static_cast<std::size_t>(at)].spec;
}

std::size_t CompareSetup::resamples() const {
    return static_cast<std::size_t>(resamples_->value());
}

void CompareSetup::setResamples(std::size_t resamples) {
    const QSignalBlocker blocker(resamples_);
    resamples_->setValue(static_cast<int>(std::min(resamples, kMostResamples)));
}

void CompareSetup::setOodSets(const QStringList& names) {
    const QStringList near = nearSets();
    const QStringList far = farSets();
    const QSignalBlocker blocker(groups_);
    groups_->setRowCount(static_cast<int>(names.size()));
    for (int row = 0; row < names.size(); ++row) {
        auto* name = new QTableWidgetItem(names[row]);
        name->setFlags(Qt::ItemIsEnabled);
        groups_->setItem(row, kSet, name);
        for (const int column : {kNear, kFar}) {
            auto* box = new QTableWidgetItem;
            box->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
            box->setCheckState(Qt::Unchecked);
            box->setData(Qt::AccessibleTextRole, column == kNear ? tr("%1 is near").arg(names[row])
                                                                 : tr("%1 is far").arg(names[row]));
            groups_->setItem(row, column, box);
        }
    }
    setGroups(near, far);
}

void CompareSetup::setGroups(const QStringList& near, const QStringList& far) {
    const QSignalBlocker blocker(groups_);
    for (int row = 0; row < groups_->rowCount(); ++row) {
        const QString name = groups_->item(row, kSet)->text();
        const bool isNear = near.contains(name);
        groups_->item(row, kNear)->setCheckState(isNear ? Qt::Checked : Qt::Unchecked);
        groups_->item(row, kFar)->setCheckState(!isNear && far.contains(name) ? Qt::Checked : Qt::Unchecked);
    }
}

// A set is in one group at the most.
void CompareSetup::groupToggled(int row, int column) {
    if (column == kSet) return;
    if (groups_->item(row, column)->checkState() == Qt::Checked) {
        const QSignalBlocker blocker(groups_);
        groups_->item(row, column == kNear ? kFar : kNear)->setCheckState(Qt::Unchecked);
    }
    groups_->viewport()->update();
    emit groupsEdited();
}

QStringList CompareSetup::checkedSets(int column) const {
    QStringList names;
    for (int row = 0; row < groups_->rowCount(); ++row) {
        if (groups_->item(row, column)->checkState() == Qt::Checked)
            names << groups_->item(row, kSet)->text();
    }
    return names;
}

}  // namespace dicescope
