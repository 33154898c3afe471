#include "ui/inspect/inspect_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>
#include <cmath>

#include "ui/inspect/class_view.h"
#include "ui/inspect/image_view.h"
#include "ui/inspect/map_view.h"
#include "ui/inspect/selection_bar.h"
#include "ui/inspect/theory_view.h"
#include "ui/inspect/unit_view.h"
#include "ui/plots/chart_view.h"
#include "ui/plots/heatmap_view.h"

namespace dicescope {
namespace {

constexpr int kProgressSteps = 1000;

}  // namespace

InspectPage::InspectPage(QWidget* parent)
    : QWidget(parent),
      pages_(new QStackedWidget),
      waiting_(new QLabel),
      selection_(new SelectionBar),
      tabs_(new QTabWidget),
      map_(new MapView),
      class_(new ClassView),
      unit_(new UnitView),
      images_(new ImageView),
      theory_(new TheoryView),
      progressText_(new QLabel),
      progress_(new QProgressBar) {
    waiting_->setObjectName("inspectWaiting");
    waiting_->setAlignment(Qt::AlignCenter);
    waiting_->setWordWrap(true);
    tabs_->setObjectName("inspectTabs");
    tabs_->setDocumentMode(true);
    tabs_->addTab(map_, tr("Contribution map"));
    tabs_->addTab(class_, tr("Class"));
    tabs_->addTab(unit_, tr("Unit"));
    tabs_->addTab(images_, tr("Images"));
    tabs_->addTab(theory_, tr("Why it works"));
    progressText_->setObjectName("inspectProgress");
    progress_->setRange(0, kProgressSteps);
    progress_->setTextVisible(false);
    auto* progress = new QHBoxLayout;
    progress->addWidget(progressText_);
    progress->addWidget(progress_, 1);
    auto* views = new QWidget;
    auto* column = new QVBoxLayout(views);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(selection_);
    column->addWidget(tabs_, 1);
    pages_->addWidget(waiting_);
    pages_->addWidget(views);
    auto* page = new QVBoxLayout(this);
    page->setContentsMargins(0, 0, 0, 0);
    page->addWidget(pages_, 1);
    page->addLayout(progress);
    // Coming and going, the line must not move what is above it.
    for (QWidget* widget : {static_cast<QWidget*>(progressText_), static_cast<QWidget*>(progress_)}) {
        QSizePolicy policy = widget->sizePolicy();
        policy.setRetainSizeWhenHidden(true);
        widget->setSizePolicy(policy);
    }
    setProgress({}, -1);
    setWaiting(tr("No results yet"));
    connect(tabs_, &QTabWidget::currentChanged, this, &InspectPage::viewChanged);
}

QList<const Exportable*> InspectPage::plots() const {
    return {&map_->heatmap(),     &class_->profile(), &class_->logits(), &unit_->activations(),
            &theory_->variance(), &theory_->mean(),   &theory_->gap(),   &theory_->covariance()};
}

InspectPage::View InspectPage::view() const {
    return static_cast<View>(tabs_->currentIndex());
}

void InspectPage::setView(View view) {
    tabs_->setCurrentIndex(view);
}

void InspectPage::setWaiting(const QString& text) {
    waiting_->setText(text);
    pages_->setCurrentIndex(text.isEmpty() ? 1 : 0);
}

void InspectPage::setProgress(const QString& text, double share) {
    progressText_->setText(text);
    progressText_->setVisible(!text.isEmpty());
    progress_->setVisible(!text.isEmpty());
    const bool known = share >= 0 && share <= 1;
    progress_->setRange(0, known ? kProgressSteps : 0);
    if (known) progress_->setValue(static_cast<int>(std::lround(share * kProgressSteps)));
}

void InspectPage::setTheme(const Theme& theme) {
    map_->setTheme(theme);
    class_->setTheme(theme);
    unit_->setTheme(theme);
    theory_->setTheme(theme);
}

}  // namespace dicescope
