#include "ui/panels/source_field.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/panels/elided_label.h"
#include "ui/panels/file_choice.h"
#include "ui/panels/link_button.h"
#include "ui/panels/more_button.h"
#include "ui/panels/panel_text.h"
#include "ui/panels/swatch.h"

namespace dicescope {

struct SourceField::Impl {
    SetRole role = SetRole::Id;
    SetItem item;
    std::filesystem::path mean;
    Theme theme;

    Swatch* swatch = nullptr;
    ElidedLabel* name = nullptr;
    ElidedLabel* state = nullptr;
    LinkButton* skipped = nullptr;
    QProgressBar* bar = nullptr;
    MoreButton* more = nullptr;
    QAction* remove = nullptr;

    [[nodiscard]] bool isTraining() const { return role == SetRole::IdTrain; }
    [[nodiscard]] QString objectName(const char* part) const {
        return (isTraining() ? QStringLiteral("idTrain") : QStringLiteral("id")) + QLatin1String(part);
    }
};

SourceField::SourceField(SetRole role, QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
    impl_->role = role;
    setAcceptDrops(true);
    setObjectName(impl_->objectName("Field"));
    build();
    showItem();
}

SourceField::~SourceField() = default;

void SourceField::build() {
    const bool training = impl_->isTraining();
    auto* caption = new QLabel(training ? tr("ID training images") : tr("ID test images"));
    caption->setToolTip(wrappedTip(
        training ? tr("In-distribution images of the kind the model was trained on. DICE takes the mean "
                      "feature over "
                      "them to rank the weights; a mean from a .npy file can be given in their place.")
                 : tr("In-distribution images that were not trained on. The detector should accept these.")));
    auto* choose = new QPushButton(tr("Choose…"));
    choose->setObjectName(training ? QStringLiteral("chooseIdTrain") : QStringLiteral("chooseId"));
    choose->setAccessibleName(tr("Choose a folder of %1").arg(caption->text()));
    choose->setToolTip(
        wrappedTip(tr("A folder of images; in sub-folders by class if the accuracy is wanted.")));
    connect(choose, &QPushButton::clicked, this, [this] { askFor(Wanted::Folder); });
    impl_->more = new MoreButton(impl_->objectName("Menu"), tr("Other sources of %1").arg(caption->text()));
    fillMenu();

    impl_->swatch = new Swatch;
    impl_->name = new ElidedLabel;
    impl_->name->setObjectName(impl_->objectName("Name"));
    impl_->state = new ElidedLabel;
    impl_->state->setObjectName(impl_->objectName("State"));
    impl_->skipped = new LinkButton(impl_->objectName("Skipped"));
    impl_->skipped->setToolTip(wrappedTip(tr("Files that gave no features, with the reasons.")));
    connect(impl_->skipped, &QPushButton::clicked, this, &SourceField::skippedRequested);
    impl_->bar = new QProgressBar;
    impl_->bar->setObjectName(impl_->objectName("Progress"));
    impl_->bar->setTextVisible(false);
    impl_->bar->setMaximumHeight(qMax(4, fontMetrics().height() / 3));

    auto* head = new QHBoxLayout;
    head->addWidget(caption, 1);
    head->addWidget(choose);
    head->addWidget(impl_->more);
    auto* title = new QHBoxLayout;
    title->setSpacing(6);
    title->addWidget(impl_->swatch);
    title->addWidget(impl_->name, 1);
    auto* words = new QHBoxLayout;
    words->addWidget(impl_->state, 1);
    words->addWidget(impl_->skipped);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(head);
    layout->addLayout(title);
    layout->addLayout(words);
    layout->addWidget(impl_->bar);
}

void SourceField::fillMenu() {
    QMenu* menu = impl_->more->menu();
    menu->addAction(tr("Folder of Images…"), this, [this] { askFor(Wanted::Folder); })
        ->setObjectName(impl_->objectName("Folder"));
    menu->addAction(tr("Feature File…"), this, [this] { askFor(Wanted::FeatureFile); })
        ->setObjectName(impl_->objectName("File"));
    if (impl_->isTraining()) {
        menu->addAction(tr("Mean Feature (.npy)…"), this, [this] { askFor(Wanted::Mean); })
            ->setObjectName(impl_->objectName("Mean"));
    }
    menu->addSeparator();
    impl_->remove = menu->addAction(tr("Remove"), this, [this] {
        setPaths({});
        emit edited();
    });
    impl_->remove->setObjectName(impl_->objectName("Remove"));
}

void SourceField::setPaths(const std::filesystem::path& images, const std::filesystem::path& mean) {
    if (images != impl_->item.path) impl_->item.state = {};
    impl_->item.path = images;
    impl_->mean = mean;
    showItem();
}

const std::filesystem::path& SourceField::path() const {
    return impl_->item.path;
}

const std::filesystem::path& SourceField::meanPath() const {
    return impl_->mean;
}

void SourceField::choose(const std::filesystem::path& images) {
    setPaths(images);
    emit edited();
}

void SourceField::setState(const SetState& state) {
    impl_->item.state = state;
    showItem();
}

const SetState& SourceField::state() const {
    return impl_->item.state;
}

void SourceField::setTheme(const Theme& theme) {
    impl_->theme = theme;
    colour();
}

void SourceField::askFor(Wanted wanted) {
    FileQuestion question;
    switch (wanted) {
        case Wanted::Folder:
            question = {FileQuestion::Kind::Folder, tr("Choose a Folder of Images"), {}};
            break;
        case Wanted::FeatureFile:
            question = {FileQuestion::Kind::File, tr("Choose a Feature File"),
                        tr("Feature files (*.safetensors);;All files (*)")};
            break;
        case Wanted::Mean:
            question = {FileQuestion::Kind::File, tr("Choose the Mean Feature"),
                        tr("NumPy arrays (*.npy);;All files (*)")};
            break;
    }
    askForFile(this, question, [this, wanted](const QStringList& paths) {
        const auto path = toPath(paths.first());
        if (wanted == Wanted::Mean) {
            setPaths({}, path);
            emit edited();
        } else {
            choose(path);
        }
    });
}

void SourceField::showItem() {
    const SetState& state = impl_->item.state;
    showNames();
    const QString skipped = skippedText(state);
    impl_->skipped->setText(skipped);
    impl_->skipped->setVisible(!skipped.isEmpty());
    impl_->bar->setVisible(state.kind == SetState::Kind::Reading);
    const double share = readShare(state);
    impl_->bar->setRange(0, share < 0 ? 0 : 1000);
    if (share >= 0) impl_->bar->setValue(static_cast<int>(share * 1000));
    impl_->remove->setEnabled(!impl_->item.path.empty() || !impl_->mean.empty());
    colour();
}

void SourceField::showNames() {
    const bool images = !impl_->item.path.empty();
    const bool mean = !impl_->mean.empty();
    impl_->swatch->setVisible(images || mean);
    impl_->name->setVisible(images || mean);
    if (!images && !mean) {
        impl_->name->clear();
        impl_->state->setText(tr("none yet; choose or drop a folder"));
        impl_->state->setToolTip({});
        return;
    }
    const QString shown = fileNameOf(images ? impl_->item.path : impl_->mean);
    impl_->name->setText(images && mean ? tr("%1; mean: %2").arg(shown, fileNameOf(impl_->mean)) : shown);
    QStringList paths;
    if (images) paths << fromPath(impl_->item.path);
    if (mean) paths << tr("mean feature from %1").arg(fromPath(impl_->mean));
    impl_->name->setToolTip(wrappedTip(paths.join(QLatin1String("; "))));
    impl_->state->setText(images ? stateText(impl_->item) : tr("mean feature from a file"));
    impl_->state->setToolTip(impl_->name->toolTip());
}

void SourceField::colour() {
    impl_->swatch->setColour(impl_->theme.id, impl_->isTraining());
    QPalette words = palette();
    words.setColor(QPalette::WindowText, impl_->item.state.kind == SetState::Kind::Failed
                                             ? impl_->theme.worse
                                             : impl_->theme.faintText);
    impl_->state->setPalette(words);
}

void SourceField::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls() && event->mimeData()->urls().size() == 1) event->acceptProposedAction();
}

void SourceField::dropEvent(QDropEvent* event) {
    const auto urls = event->mimeData()->urls();
    if (urls.size() != 1 || !urls.first().isLocalFile()) return;
    const QString path = urls.first().toLocalFile();
    if (impl_->isTraining() && path.endsWith(QLatin1String(".npy"), Qt::CaseInsensitive)) {
        setPaths({}, toPath(path));
        emit edited();
    } else {
        choose(toPath(path));
    }
    event->acceptProposedAction();
}

}  // namespace dicescope
