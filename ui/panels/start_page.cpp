#include "ui/panels/start_page.h"

#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/base/theme.h"
#include "ui/panels/icons.h"
#include "ui/panels/recents_list.h"
#include "ui/panels/recents_model.h"

namespace dicescope {
namespace {

QPushButton* bigButton(const QString& objectName, const QString& icon, const QString& text,
                       const QString& tip) {
    auto* button = new QPushButton(symbolicIcon(icon), text);
    button->setObjectName(objectName);
    button->setAccessibleName(text);
    button->setAccessibleDescription(tip);
    button->setToolTip(tip);
    button->setMinimumHeight(button->fontMetrics().height() * 5 / 2);
    button->setMinimumWidth(button->fontMetrics().averageCharWidth() * 22);
    button->setAutoDefault(true);
    return button;
}

QLabel* scaledLabel(const QString& text, double scale, bool bold) {
    auto* label = new QLabel(text);
    QFont font = label->font();
    if (font.pointSizeF() > 0) font.setPointSizeF(font.pointSizeF() * scale);
    font.setBold(bold);
    label->setFont(font);
    label->setWordWrap(true);
    return label;
}

}  // namespace

struct StartPage::Impl {
    RecentsModel* recents = nullptr;
    RecentsList* list = nullptr;
    QLabel* recentsHeading = nullptr;
    QList<QLabel*> faint;
    QLabel* icon = nullptr;
};

StartPage::StartPage(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
    setObjectName(QStringLiteral("startPage"));
    impl_->recents = new RecentsModel(this);
    build();
    setRecentSessions({});
    colour();
}

StartPage::~StartPage() = default;

void StartPage::build() {
    auto* content = new QWidget;
    content->setMaximumWidth(fontMetrics().averageCharWidth() * 100);
    auto* column = new QVBoxLayout(content);
    column->setSpacing(fontMetrics().height());
    column->addStretch(1);
    column->addWidget(buildHead());
    column->addWidget(buildButtons());
    auto* hint = new QLabel(tr("Or drop a model (.pt) and folders of images anywhere in this window."));
    hint->setObjectName(QStringLiteral("dropHint"));
    hint->setWordWrap(true);
    impl_->faint << hint;
    column->addWidget(hint);
    buildRecents(column);
    column->addStretch(2);

    auto* page = new QWidget;
    auto* row = new QHBoxLayout(page);
    row->addStretch(1);
    row->addWidget(content, 8);
    row->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(page);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
}

QWidget* StartPage::buildHead() {
    auto* head = new QWidget;
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(fontMetrics().height());
    impl_->icon = new QLabel;
    const int side = fontMetrics().height() * 4;
    impl_->icon->setPixmap(applicationIcon().pixmap(QSize(side, side), devicePixelRatio()));
    auto* words = new QVBoxLayout;
    words->addWidget(scaledLabel(QStringLiteral("DiceScope"), 2, true));
    auto* what =
        new QLabel(tr("Drop the weak weights of a classifier's last layer, move one slider, and see how well "
                      "it then tells images "
                      "of an unknown kind from those it knows."));
    what->setWordWrap(true);
    impl_->faint << what;
    words->addWidget(what);
    row->addWidget(impl_->icon, 0, Qt::AlignTop);
    row->addLayout(words, 1);
    return head;
}

QWidget* StartPage::buildButtons() {
    auto* demo = bigButton(QStringLiteral("openDemo"), QStringLiteral("run"), tr("Open the Demo"),
                           tr("A small network on Fashion-MNIST: images and model come with the program."));
    auto* fresh = bigButton(QStringLiteral("newAnalysis"), QStringLiteral("folder"), tr("New Analysis"),
                            tr("A model and folders of images of your own."));
    auto* benchmark = bigButton(QStringLiteral("newBenchmark"), QStringLiteral("ready"), tr("Benchmark…"),
                                tr("The sets of the paper on CIFAR-10, CIFAR-100 or ImageNet, beside the "
                                   "published numbers."));
    auto* session = bigButton(QStringLiteral("openSession"), QStringLiteral("session"), tr("Open Session…"),
                              tr("An analysis that was saved before."));
    demo->setDefault(true);
    connect(demo, &QPushButton::clicked, this, &StartPage::demoRequested);
    connect(fresh, &QPushButton::clicked, this, &StartPage::newAnalysisRequested);
    connect(benchmark, &QPushButton::clicked, this, &StartPage::benchmarkRequested);
    connect(session, &QPushButton::clicked, this, &StartPage::openSessionRequested);

    auto* box = new QWidget;
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setColumnStretch(1, 1);
    grid->setHorizontalSpacing(fontMetrics().height());
    int row = 0;
    for (QPushButton* button : {demo, fresh, benchmark, session}) {
        auto* words = new QLabel(button->toolTip());
        words->setWordWrap(true);
        grid->addWidget(button, row, 0);
        grid->addWidget(words, row, 1);
        ++row;
    }
    return box;
}

void StartPage::buildRecents(QVBoxLayout* column) {
    impl_->recentsHeading = scaledLabel(tr("Recent sessions"), 1, true);
    impl_->list = new RecentsList(impl_->recents);
    connect(impl_->list, &RecentsList::opened, this, &StartPage::sessionRequested);
    column->addWidget(impl_->recentsHeading);
    column->addWidget(impl_->list);
}

void StartPage::setRecentSessions(const QStringList& paths) {
    impl_->recents->setPaths(paths);
    impl_->recentsHeading->setVisible(!paths.isEmpty());
    impl_->list->setVisible(!paths.isEmpty());
}

void StartPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    impl_->recents->refresh();
}

void StartPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) colour();
}

void StartPage::colour() {
    if (!impl_) return;
    QPalette faint = palette();
    faint.setColor(QPalette::WindowText, themeOf(palette()).faintText);
    for (QLabel* label : impl_->faint) label->setPalette(faint);
}

}  // namespace dicescope
