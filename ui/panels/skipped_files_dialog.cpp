#include "ui/panels/skipped_files_dialog.h"

#include <QAction>
#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/panels/icons.h"
#include "ui/panels/panel_text.h"
#include "ui/panels/skipped_files_model.h"

namespace dicescope {
namespace {

/// One field of a tab-separated line.
QString field(QString text) {
    return text.replace(QLatin1Char('\t'), QLatin1Char(' ')).replace(QLatin1Char('\n'), QLatin1Char(' '));
}

QPushButton* button(const QString& objectName, const QString& text, const QString& tip) {
    auto* made = new QPushButton(text);
    made->setObjectName(objectName);
    made->setAccessibleName(text);
    made->setToolTip(wrappedTip(tip));
    made->setAutoDefault(false);
    return made;
}

}  // namespace

struct SkippedFilesDialog::Impl {
    std::filesystem::path folder;
    SkippedFilesModel* files = nullptr;
    SkippedFilesFilter* shown = nullptr;
    QLabel* count = nullptr;
    QLineEdit* filter = nullptr;
    QTableView* table = nullptr;
    QPushButton* openFile = nullptr;
    QPushButton* openFolder = nullptr;
    QPushButton* copy = nullptr;
};

SkippedFilesDialog::SkippedFilesDialog(const QString& setName, const std::filesystem::path& folder,
                                       std::span<const SkippedFile> files, QWidget* parent)
    : QDialog(parent), impl_(std::make_unique<Impl>()) {
    setObjectName(QStringLiteral("skippedFilesDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setModal(false);
    setWindowTitle(tr("Skipped files of %1").arg(setName));
    impl_->folder = folder;
    impl_->files = new SkippedFilesModel(files, this);
    impl_->shown = new SkippedFilesFilter(impl_->files, this);
    build(setName);
    filter({});
    enableButtons();
    resize(fontMetrics().averageCharWidth() * 110, fontMetrics().height() * 28);
}

SkippedFilesDialog::~SkippedFilesDialog() = default;

void SkippedFilesDialog::build(const QString& setName) {
    const std::size_t total = static_cast<std::size_t>(impl_->files->rowCount());
    auto* summary =
        new QLabel(total == 1 ? tr("1 file of '%1' gave no features. The results leave it out.").arg(setName)
                              : tr("%1 files of '%2' gave no features. The results leave them out.")
                                    .arg(countText(total), setName));
    summary->setObjectName(QStringLiteral("skippedSummary"));
    summary->setTextFormat(Qt::PlainText);
    summary->setWordWrap(true);
    impl_->filter = new QLineEdit;
    impl_->filter->setObjectName(QStringLiteral("skippedFilter"));
    impl_->filter->setAccessibleName(tr("Filter"));
    impl_->filter->setPlaceholderText(tr("Filter by file or reason"));
    impl_->filter->setClearButtonEnabled(true);
    connect(impl_->filter, &QLineEdit::textChanged, this, &SkippedFilesDialog::filter);
    impl_->count = new QLabel;
    impl_->count->setObjectName(QStringLiteral("skippedCount"));
    buildTable();

    auto* row = new QHBoxLayout;
    row->addWidget(impl_->filter, 1);
    row->addWidget(impl_->count);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(summary);
    layout->addLayout(row);
    layout->addWidget(impl_->table, 1);
    layout->addWidget(buildButtons());
}

void SkippedFilesDialog::buildTable() {
    impl_->table = new QTableView;
    QTableView* table = impl_->table;
    table->setObjectName(QStringLiteral("skippedTable"));
    table->setAccessibleName(tr("Skipped files"));
    table->setModel(impl_->shown);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setAlternatingRowColors(true);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setTextElideMode(Qt::ElideMiddle);
    table->setTabKeyNavigation(false);
    table->setSortingEnabled(true);
    table->sortByColumn(SkippedFilesModel::Path, Qt::AscendingOrder);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() * 3 / 2);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setStretchLastSection(true);
    table->horizontalHeader()->resizeSection(SkippedFilesModel::Path, fontMetrics().averageCharWidth() * 50);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);

    auto* copySelected = new QAction(tr("Copy Selected Rows"), table);
    copySelected->setShortcut(QKeySequence::Copy);
    copySelected->setShortcutContext(Qt::WidgetShortcut);
    connect(copySelected, &QAction::triggered, this,
            [this] { QGuiApplication::clipboard()->setText(asText(true)); });
    table->addAction(copySelected);
    table->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(table, &QTableView::activated, this, [this] { openCurrent(false); });
    connect(table->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &SkippedFilesDialog::enableButtons);
}

QWidget* SkippedFilesDialog::buildButtons() {
    impl_->openFile = button(QStringLiteral("openSkippedFile"), tr("Open File"),
                             tr("Opens the selected file with the desktop's program for it."));
    impl_->openFolder = button(QStringLiteral("openSkippedFolder"), tr("Open Folder"),
                               tr("Opens the folder that the selected file is in."));
    impl_->copy = button(QStringLiteral("copySkipped"), tr("Copy All"),
                         tr("Copies the rows that are shown, as tab-separated text."));
    auto* closeButton = button(QStringLiteral("closeSkipped"), tr("Close"), tr("Closes this list."));
    connect(impl_->openFile, &QPushButton::clicked, this, [this] { openCurrent(false); });
    connect(impl_->openFolder, &QPushButton::clicked, this, [this] { openCurrent(true); });
    connect(impl_->copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(asText(false)); });
    connect(closeButton, &QPushButton::clicked, this, &QDialog::close);

    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(impl_->openFile);
    row->addWidget(impl_->openFolder);
    row->addStretch();
    row->addWidget(impl_->copy);
    row->addWidget(closeButton);
    return box;
}

void SkippedFilesDialog::filter(const QString& text) {
    impl_->shown->setText(text);
    const auto shown = static_cast<std::uint64_t>(impl_->shown->rowCount());
    const auto total = static_cast<std::uint64_t>(impl_->files->rowCount());
    impl_->count->setText(shown == total ? countText(total)
                                         : tr("%1 of %2").arg(countText(shown), countText(total)));
    impl_->count->setVisible(shown != total);
    if (impl_->copy != nullptr) enableButtons();
}

void SkippedFilesDialog::enableButtons() {
    const bool current = impl_->table->currentIndex().isValid() && !impl_->folder.empty();
    impl_->openFile->setEnabled(current);
    impl_->openFolder->setEnabled(current);
    impl_->copy->setEnabled(impl_->shown->rowCount() > 0);
}

void SkippedFilesDialog::openCurrent(bool folderOfIt) {
    const QModelIndex current = impl_->table->currentIndex();
    if (!current.isValid() || impl_->folder.empty()) return;
    std::filesystem::path path =
        impl_->folder / impl_->files->file(impl_->shown->mapToSource(current).row()).path;
    if (folderOfIt) path = path.parent_path();
    QDesktopServices::openUrl(QUrl::fromLocalFile(fromPath(path)));
}

QString SkippedFilesDialog::asText(bool selectedOnly) const {
    QStringList lines = {tr("File") + QLatin1Char('\t') + tr("Reason")};
    const QItemSelectionModel* selection = impl_->table->selectionModel();
    for (int row = 0; row < impl_->shown->rowCount(); ++row) {
        const QModelIndex index = impl_->shown->index(row, SkippedFilesModel::Path);
        if (selectedOnly && !selection->isSelected(index)) continue;
        const SkippedFile& skipped = impl_->files->file(impl_->shown->mapToSource(index).row());
        lines << field(QString::fromStdString(skipped.path)) + QLatin1Char('\t') +
                     field(QString::fromStdString(skipped.reason));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

}  // namespace dicescope
