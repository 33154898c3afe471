#include "ui/panels/run_box.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/panels/elided_label.h"
#include "ui/panels/icons.h"
#include "ui/panels/panel_text.h"

namespace dicescope {

struct RunBox::Impl {
    QString problem;
    bool running = false;

    QLabel* missing = nullptr;
    ElidedLabel* stage = nullptr;
    ElidedLabel* words = nullptr;
    QProgressBar* bar = nullptr;
    QPushButton* run = nullptr;
    QPushButton* cancel = nullptr;
};

RunBox::RunBox(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
    build();
    connect(impl_->run, &QPushButton::clicked, this, &RunBox::runRequested);
    connect(impl_->cancel, &QPushButton::clicked, this, [this] {
        impl_->cancel->setEnabled(false);
        impl_->cancel->setText(tr("Cancelling…"));
        emit cancelRequested();
    });
    arrange();
}

RunBox::~RunBox() = default;

void RunBox::build() {
    impl_->missing = new QLabel;
    impl_->missing->setObjectName(QStringLiteral("missingLabel"));
    impl_->missing->setTextFormat(Qt::PlainText);
    impl_->missing->setWordWrap(true);
    impl_->stage = new ElidedLabel;
    impl_->stage->setObjectName(QStringLiteral("runStage"));
    impl_->words = new ElidedLabel;
    impl_->words->setObjectName(QStringLiteral("runWords"));
    impl_->bar = new QProgressBar;
    impl_->bar->setObjectName(QStringLiteral("runProgress"));
    impl_->bar->setAccessibleName(tr("Progress of the run"));
    impl_->bar->setTextVisible(false);
    impl_->bar->setMaximumHeight(std::max(6, fontMetrics().height() / 2));
    impl_->run = new QPushButton(symbolicIcon(QStringLiteral("run")), tr("Run"));
    impl_->run->setObjectName(QStringLiteral("runButton"));
    impl_->run->setAccessibleName(tr("Run the analysis"));
    impl_->run->setDefault(true);
    impl_->cancel = new QPushButton(symbolicIcon(QStringLiteral("stop")), tr("Cancel"));
    impl_->cancel->setObjectName(QStringLiteral("cancelButton"));
    impl_->cancel->setAccessibleName(tr("Cancel the run"));
    impl_->cancel->setToolTip(wrappedTip(tr("Stops the run. Features that were computed so far are kept.")));

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    for (QWidget* widget : std::initializer_list<QWidget*>{impl_->missing, impl_->stage, impl_->bar,
                                                           impl_->words, impl_->run, impl_->cancel})
        layout->addWidget(widget);
}

void RunBox::setProblem(const QString& sentence) {
    if (sentence == impl_->problem) return;
    impl_->problem = sentence;
    arrange();
}

void RunBox::setRunning(bool running) {
    const bool focused = impl_->run->hasFocus() || impl_->cancel->hasFocus();
    impl_->running = running;
    impl_->cancel->setEnabled(true);
    impl_->cancel->setText(tr("Cancel"));
    showProgress(running ? tr("Starting") : QString(), {}, false);
    arrange();
    if (focused) (running ? impl_->cancel : impl_->run)->setFocus();
}

bool RunBox::isRunning() const {
    return impl_->running;
}

void RunBox::showProgress(const QString& stage, const Progress& progress, bool images) {
    const bool known = progress.total > 0;
    impl_->stage->setText(stage);
    impl_->words->setText(progressText(progress, images));
    impl_->bar->setRange(0, known ? 1000 : 0);
    if (known) {
        const double share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
        impl_->bar->setValue(static_cast<int>(std::clamp(share, 0.0, 1.0) * 1000));
    }
}

void RunBox::setTheme(const Theme& theme) {
    QPalette faint = palette();
    faint.setColor(QPalette::WindowText, theme.faintText);
    for (QLabel* label : std::initializer_list<QLabel*>{impl_->missing, impl_->words})
        label->setPalette(faint);
}

void RunBox::arrange() {
    const bool running = impl_->running;
    const bool ready = impl_->problem.isEmpty();
    impl_->missing->setText(impl_->problem);
    impl_->missing->setVisible(!running && !ready);
    impl_->run->setEnabled(ready);
    impl_->run->setToolTip(
        wrappedTip(ready ? tr("Loads the model, reads every set and evaluates all levels of sparsity.")
                         : impl_->problem));
    impl_->run->setAccessibleDescription(impl_->problem);
    impl_->run->setVisible(!running);
    impl_->cancel->setVisible(running);
    impl_->stage->setVisible(running);
    impl_->words->setVisible(running);
    impl_->bar->setVisible(running);
}

}  // namespace dicescope
