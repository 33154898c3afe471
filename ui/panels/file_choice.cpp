#include "ui/panels/file_choice.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QSettings>

namespace dicescope {
namespace {

constexpr auto kLastFolderKey = "files/lastFolder";

QFileDialog::FileMode modeOf(FileQuestion::Kind kind) {
    switch (kind) {
        case FileQuestion::Kind::Folder:
            return QFileDialog::Directory;
        case FileQuestion::Kind::File:
            return QFileDialog::ExistingFile;
        case FileQuestion::Kind::Files:
            return QFileDialog::ExistingFiles;
    }
    return QFileDialog::ExistingFile;
}

}  // namespace

QString lastUsedFolder() {
    return QSettings().value(QLatin1String(kLastFolderKey), QDir::homePath()).toString();
}

void setLastUsedFolder(const QString& folder) {
    QSettings().setValue(QLatin1String(kLastFolderKey), folder);
}

void askForFile(QWidget* parent, const FileQuestion& question,
                const std::function<void(const QStringList&)>& chosen) {
    auto* dialog = new QFileDialog(parent, question.title, lastUsedFolder(), question.filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(modeOf(question.kind));
    dialog->setOption(QFileDialog::ShowDirsOnly, question.kind == FileQuestion::Kind::Folder);
    QObject::connect(dialog, &QFileDialog::filesSelected, parent, [chosen](const QStringList& paths) {
        if (paths.isEmpty()) return;
        // A chosen folder's neighbours are the likely next choice.
        setLastUsedFolder(QFileInfo(paths.first()).path());
        chosen(paths);
    });
    dialog->open();
}

}  // namespace dicescope
