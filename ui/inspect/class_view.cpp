#include "ui/inspect/class_view.h"

#include <QSplitter>
#include <QVBoxLayout>
#include <cmath>
#include <utility>

#include "ui/plots/chart_view.h"

namespace dicescope {

ClassView::ClassView(QWidget* parent)
    : QWidget(parent), profile_(new ChartView(tr("Contributions"))), logits_(new ChartView(tr("Logit"))) {
    profile_->setObjectName("classProfile");
    profile_->setToolTip(
        tr("Contribution of every unit to the class: how much it adds to the logit. DICE keeps "
           "the largest mean contributions; click a unit to look at it"));
    logits_->setObjectName("classLogits");
    logits_->setToolTip(
        tr("How the class's logit is distributed over ID and OOD images, with all weights and "
           "with the kept ones"));
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(profile_);
    splitter->addWidget(logits_);
    splitter->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 4, 0);
    column->addWidget(splitter);
    connect(profile_, &ChartView::pointPicked, this, [this](std::size_t series, std::size_t point) {
        const double place = profile_->data().series[series].x[point];
        emit unitPicked(units_[static_cast<std::size_t>(std::lround(place))]);
    });
}

void ClassView::setProfile(ChartData profile, std::vector<std::uint32_t> units) {
    units_ = std::move(units);
    profile_->setData(std::move(profile));
}

void ClassView::setLogits(ChartData logits) {
    logits_->setData(std::move(logits));
}

void ClassView::clear() {
    profile_->setData({});
    logits_->setData({});
}

void ClassView::setTheme(const Theme& theme) {
    profile_->setTheme(theme);
    logits_->setTheme(theme);
}

}  // namespace dicescope
