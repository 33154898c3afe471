#include "ui/panels/set_section.h"

#include <QAction>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/panels/file_choice.h"
#include "ui/panels/more_button.h"
#include "ui/panels/panel_text.h"
#include "ui/panels/set_list_view.h"

namespace dicescope {

struct SetSection::Impl {
    SetListModel* sets = nullptr;
    SetListView* view = nullptr;
    QLabel* hint = nullptr;
    QLabel* message = nullptr;
    QVBoxLayout* layout = nullptr;
};

SetSection::SetSection(const Options& options, QWidget* parent)
    : QWidget(parent), impl_(std::make_unique<Impl>()) {
    setAcceptDrops(true);
    impl_->sets = new SetListModel(options.role, this);
    impl_->view = new SetListView(impl_->sets);
    impl_->view->setObjectName(options.objectName + QLatin1String("List"));
    impl_->view->setAccessibleName(options.accessibleName);
    impl_->hint = new QLabel(options.emptyHint);
    impl_->hint->setObjectName(options.objectName + QLatin1String("Hint"));
    impl_->hint->setWordWrap(true);
    impl_->message = new QLabel;
    impl_->message->setObjectName(options.objectName + QLatin1String("Message"));
    impl_->message->setTextFormat(Qt::PlainText);
    impl_->message->setWordWrap(true);
    impl_->message->hide();

    impl_->layout = new QVBoxLayout(this);
    impl_->layout->setContentsMargins(0, 0, 0, 0);
    impl_->layout->addWidget(impl_->hint);
    impl_->layout->addWidget(impl_->view);
    impl_->layout->addWidget(impl_->message);
    buildButtons(options);

    connect(impl_->sets, &SetListModel::edited, this, [this] {
        impl_->message->hide();
        showList();
        emit edited();
    });
    connect(impl_->sets, &SetListModel::nameRefused, this, [this](const QString& sentence) {
        impl_->message->setText(sentence);
        impl_->message->show();
    });
    connect(impl_->sets, &QAbstractItemModel::modelReset, this, [this] {
        impl_->message->hide();
        showList();
    });
    connect(impl_->view, &SetListView::skippedRequested, this,
            [this](int row) { emit skippedRequested(impl_->sets->item(row).runName); });
    showList();
}

SetSection::~SetSection() = default;

SetListModel& SetSection::sets() {
    return *impl_->sets;
}

const SetListModel& SetSection::sets() const {
    return *impl_->sets;
}

void SetSection::setTheme(const Theme& theme) {
    impl_->sets->setTheme(theme);
    QPalette faint = palette();
    faint.setColor(QPalette::WindowText, theme.faintText);
    impl_->hint->setPalette(faint);
    QPalette worse = palette();
    worse.setColor(QPalette::WindowText, theme.worse);
    impl_->message->setPalette(worse);
}

void SetSection::buildButtons(const Options& options) {
    const QString capital = options.objectName.left(1).toUpper() + options.objectName.mid(1);
    auto* folder = new QPushButton(tr("Add Folder…"));
    folder->setObjectName(QLatin1String("add") + capital);
    folder->setAccessibleName(tr("Add a folder to: %1").arg(options.accessibleName));
    folder->setToolTip(
        wrappedTip(tr("Adds a folder of images as a set. Several folders at once can be dropped here.")));
    auto* file = new QPushButton(tr("Add File…"));
    file->setObjectName(QLatin1String("add") + capital + QLatin1String("File"));
    file->setAccessibleName(tr("Add a feature file to: %1").arg(options.accessibleName));
    file->setToolTip(wrappedTip(
        tr("Adds a feature file (.safetensors): the features of a set that were extracted before.")));
    auto* more = new MoreButton(options.objectName + QLatin1String("Menu"),
                                tr("What can be done with the selected set: %1").arg(options.accessibleName));
    fillMenu(more->menu(), options);
    connect(folder, &QPushButton::clicked, this, [this] { askFor(true); });
    connect(file, &QPushButton::clicked, this, [this] { askFor(false); });

    auto* row = new QHBoxLayout;
    row->addWidget(folder);
    row->addWidget(file);
    row->addStretch();
    row->addWidget(more);
    impl_->layout->addLayout(row);
}

void SetSection::fillMenu(QMenu* menu, const Options& options) {
    menu->addActions(impl_->view->actions());
    menu->addSeparator();
    QAction* elsewhere = menu->addAction(options.moveElsewhere);
    elsewhere->setObjectName(options.objectName + QLatin1String("Elsewhere"));
    connect(menu, &QMenu::aboutToShow, this,
            [this, elsewhere] { elsewhere->setEnabled(impl_->view->currentIndex().isValid()); });
    connect(elsewhere, &QAction::triggered, this, [this] {
        const QModelIndex current = impl_->view->currentIndex();
        if (!current.isValid()) return;
        const SetItem item = impl_->sets->item(current.row());
        impl_->sets->removeRow(current.row());
        emit moveElsewhereRequested(item);
    });
}

void SetSection::addPaths(const QStringList& paths) {
    std::vector<std::filesystem::path> added;
    for (const QString& path : paths) added.push_back(toPath(path));
    impl_->sets->add(added);
    impl_->view->setCurrentIndex(impl_->sets->index(impl_->sets->rowCount() - 1));
}

void SetSection::askFor(bool folder) {
    FileQuestion question;
    question.kind = folder ? FileQuestion::Kind::Folder : FileQuestion::Kind::Files;
    question.title = folder ? tr("Choose a Folder of Images") : tr("Choose Feature Files");
    if (!folder) question.filter = tr("Feature files (*.safetensors);;All files (*)");
    askForFile(this, question, [this](const QStringList& paths) { addPaths(paths); });
}

void SetSection::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void SetSection::dropEvent(QDropEvent* event) {
    const int rows = impl_->sets->rowCount();
    if (impl_->sets->dropMimeData(event->mimeData(), event->dropAction(), rows, 0, {}))
        event->acceptProposedAction();
}

void SetSection::showList() {
    const bool any = impl_->sets->rowCount() > 0;
    impl_->hint->setVisible(!any);
    impl_->view->setVisible(any);
}

}  // namespace dicescope
