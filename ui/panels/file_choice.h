#pragma once

#include <QString>
#include <QStringList>
#include <functional>

class QWidget;

namespace dicescope {

/// What a file dialog asks for.
struct FileQuestion {
    enum class Kind { Folder, File, Files };

    Kind kind = Kind::File;
    QString title;
    QString filter;  ///< as QFileDialog takes it ("Models (*.pt)"); empty: all files
};

/// Opens a file dialog that is modal to the parent's window and returns at once; `chosen` gets the absolute
/// paths unless the user cancels or the parent goes away. Starts in the folder that was used last, in this or
/// an earlier run of the program. Qt::AA_DontUseNativeDialogs makes it Qt's own dialog. GUI thread.
void askForFile(QWidget* parent, const FileQuestion& question,
                const std::function<void(const QStringList& paths)>& chosen);

/// The folder in which the next dialog starts.
[[nodiscard]] QString lastUsedFolder();
void setLastUsedFolder(const QString& folder);

}  // namespace dicescope
