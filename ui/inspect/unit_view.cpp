#include "ui/inspect/unit_view.h"

#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QSplitter>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "ui/inspect/edit_panel.h"
#include "ui/plots/chart_view.h"

namespace dicescope {
namespace {

constexpr int kIconSide = 64;
constexpr int kDigits = 4;
enum WeightColumn { Class, Weight, Contribution, Kept };

/// Sorts by its number, not by its text.
class NumberItem : public QTableWidgetItem {
  public:
    explicit NumberItem(double value)
        : QTableWidgetItem(QLocale().toString(value, 'g', kDigits)), value_(value) {
        setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
    bool operator<(const QTableWidgetItem& other) const override {
        const auto* number = dynamic_cast<const NumberItem*>(&other);
        return number != nullptr ? value_ < number->value_ : QTableWidgetItem::operator<(other);
    }

  private:
    double value_;
};

QListWidgetItem* itemOf(const QListWidget& list, std::uint32_t set, std::uint32_t row) {
    for (int i = 0; i < list.count(); ++i) {
        const QVariantList place = list.item(i)->data(Qt::UserRole).toList();
        if (place[0].toUInt() == set && place[1].toUInt() == row) return list.item(i);
    }
    return nullptr;
}

}  // namespace

UnitView::UnitView(QWidget* parent)
    : QWidget(parent),
      facts_(new QLabel),
      activations_(new ChartView(tr("Activations"))),
      weights_(new QTableWidget(0, 4)),
      images_(new QListWidget),
      edits_(new EditPanel) {
    facts_->setObjectName("unitFacts");
    facts_->setWordWrap(true);
    facts_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    activations_->setObjectName("unitActivations");
    weights_->setObjectName("unitWeights");
    weights_->setAccessibleName(tr("Weights that leave the unit"));
    weights_->setToolTip(
        tr("The unit's weight to every class and its contribution V; double click a class to "
           "look at it"));
    weights_->setHorizontalHeaderLabels({tr("Class"), tr("Weight"), tr("V"), tr("Kept")});
    weights_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    weights_->horizontalHeader()->setSectionResizeMode(Class, QHeaderView::Stretch);
    weights_->verticalHeader()->hide();
    weights_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() * 3 / 2);
    weights_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    weights_->setSelectionBehavior(QAbstractItemView::SelectRows);
    weights_->setTabKeyNavigation(false);
    weights_->setSortingEnabled(true);
    weights_->sortByColumn(Contribution, Qt::DescendingOrder);
    images_->setObjectName("unitImages");
    images_->setAccessibleName(tr("Images that activate the unit most"));
    images_->setToolTip(
        tr("The images of every set that activate the unit most; double click one, or press Enter, to look "
           "at it"));
    images_->setViewMode(QListView::IconMode);
    images_->setIconSize({kIconSide, kIconSide});
    images_->setResizeMode(QListView::Adjust);
    images_->setMovement(QListView::Static);
    images_->setUniformItemSizes(true);

    auto* left = new QSplitter(Qt::Vertical);
    left->addWidget(activations_);
    left->addWidget(images_);
    left->setChildrenCollapsible(false);
    left->setStretchFactor(0, 3);
    left->setStretchFactor(1, 2);
    auto* right = new QSplitter(Qt::Vertical);
    right->addWidget(edits_);
    right->addWidget(weights_);
    right->setChildrenCollapsible(false);
    auto* splitter = new QSplitter(Qt::Horizontal);
    splitter->addWidget(left);
    splitter->addWidget(right);
    splitter->setChildrenCollapsible(false);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 0);
    column->addWidget(facts_);
    column->addWidget(splitter, 1);
    connect(weights_, &QTableWidget::cellActivated, this, [this](int row) {
        emit classPicked(weights_->item(row, Class)->data(Qt::UserRole).toULongLong());
    });
    connect(images_, &QListWidget::itemActivated, this, [this](const QListWidgetItem* item) {
        const QVariantList place = item->data(Qt::UserRole).toList();
        emit imagePicked(place[0].toUInt(), place[1].toUInt());
    });
}

void UnitView::setFacts(const QString& facts) {
    facts_->setText(facts);
}

void UnitView::setActivations(ChartData activations) {
    activations_->setData(std::move(activations));
}

void UnitView::setWeights(const std::vector<OutgoingWeight>& weights, const QStringList& classes) {
    // Sorting while rows are filled would move them away.
    weights_->setSortingEnabled(false);
    weights_->setRowCount(static_cast<int>(weights.size()));
    for (int row = 0; row < weights_->rowCount(); ++row) {
        const OutgoingWeight& weight = weights[static_cast<std::size_t>(row)];
        auto* name = new QTableWidgetItem(classes.value(static_cast<int>(weight.classIndex)));
        name->setData(Qt::UserRole, static_cast<qulonglong>(weight.classIndex));
        weights_->setItem(row, Class, name);
        weights_->setItem(row, Weight, new NumberItem(weight.weight));
        weights_->setItem(row, Contribution, new NumberItem(weight.contribution));
        weights_->setItem(row, Kept, new QTableWidgetItem(weight.kept ? tr("kept") : tr("dropped")));
    }
    weights_->setSortingEnabled(true);
}

void UnitView::setKept(const std::vector<bool>& kept) {
    // A sorted table would move each row as it changes.
    weights_->setSortingEnabled(false);
    for (int row = 0; row < weights_->rowCount(); ++row) {
        const auto c = static_cast<std::size_t>(weights_->item(row, Class)->data(Qt::UserRole).toULongLong());
        if (c < kept.size()) weights_->item(row, Kept)->setText(kept[c] ? tr("kept") : tr("dropped"));
    }
    weights_->setSortingEnabled(true);
}

void UnitView::setImages(const std::vector<UnitImage>& images) {
    images_->clear();
    QPixmap blank(kIconSide, kIconSide);
    blank.fill(Qt::transparent);
    for (const UnitImage& image : images) {
        auto* item = new QListWidgetItem(QIcon(blank), image.caption, images_);
        item->setData(Qt::UserRole, QVariantList{image.set, image.row});
    }
}

void UnitView::setThumbnail(std::uint32_t set, std::uint32_t row, const QImage& thumbnail) {
    if (QListWidgetItem* item = itemOf(*images_, set, row))
        item->setIcon(QPixmap::fromImage(
            thumbnail.scaled(kIconSide, kIconSide, Qt::KeepAspectRatio, Qt::SmoothTransformation)));
}

void UnitView::clear() {
    setFacts({});
    activations_->setData({});
    weights_->setRowCount(0);
    images_->clear();
}

void UnitView::setTheme(const Theme& theme) {
    activations_->setTheme(theme);
    edits_->setTheme(theme);
}

}  // namespace dicescope
