#include "ui/window/missing_inputs_dialog.h"

#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <utility>

namespace dicescope {

MissingInputsDialog::MissingInputsDialog(InputsConfig inputs, QWidget* parent)
    : QDialog(parent),
      inputs_(std::move(inputs)),
      list_(new QTreeWidget),
      locate_(new QPushButton(tr("&Locate…"))) {
    setObjectName("missingInputs");
    setWindowTitle(tr("Some inputs have moved"));
    auto* column = new QVBoxLayout(this);
    auto* text = new QLabel(
        tr("These inputs of the session are not where they were. Say where one is now; others that moved "
           "with it are found by themselves."));
    text->setWordWrap(true);
    column->addWidget(text);
    list_->setObjectName("missingList");
    list_->setAccessibleName(tr("Missing inputs"));
    list_->setHeaderLabels({tr("Input"), tr("Was at")});
    list_->setRootIsDecorated(false);
    list_->setTextElideMode(Qt::ElideMiddle);
    column->addWidget(list_);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    locate_->setObjectName("locateButton");
    buttons->addButton(locate_, QDialogButtonBox::ActionRole);
    column->addWidget(buttons);
    const auto askForCurrent = [this] {
        if (const auto* item = list_->currentItem()) askFor(item->text(1).toStdString());
    };
    connect(locate_, &QPushButton::clicked, this, askForCurrent);
    connect(list_, &QTreeWidget::itemActivated, this, askForCurrent);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    resize(620, 300);
    refresh();
}

void MissingInputsDialog::refresh() {
    list_->clear();
    for (const MissingInput& missing : missingInputs(inputs_)) {
        const QString path = QString::fromStdString(missing.path.string());
        auto* item = new QTreeWidgetItem({QString::fromStdString(missing.what), path});
        item->setToolTip(1, path);
        list_->addTopLevelItem(item);
    }
    list_->resizeColumnToContents(0);
    list_->setCurrentItem(list_->topLevelItem(0));
    if (list_->topLevelItemCount() == 0) accept();
}

void MissingInputsDialog::askFor(const std::filesystem::path& missing) {
    // A path with an extension was a file; without, a folder.
    const QString start = QString::fromStdString(missing.parent_path().string());
    const QString found = missing.has_extension()
                              ? QFileDialog::getOpenFileName(this, tr("Where is it now?"), start)
                              : QFileDialog::getExistingDirectory(this, tr("Where is it now?"), start);
    if (!found.isEmpty()) locate(missing, found.toStdString());
}

void MissingInputsDialog::locate(const std::filesystem::path& missing, const std::filesystem::path& found) {
    relocateInput(inputs_, missing, found);
    refresh();
}

}  // namespace dicescope
