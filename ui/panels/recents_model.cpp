#include "ui/panels/recents_model.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QFutureWatcher>

#include "ui/panels/input_check.h"
#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

constexpr qsizetype kMostRecents = 10;

/// Seconds since 1970 of the last change; empty where there is no such file.
QString askDisk(const QString& path) {
    const QFileInfo file(path);
    return file.isFile() ? QString::number(file.lastModified().toSecsSinceEpoch()) : QString();
}

}  // namespace

void RecentsModel::setPaths(const QStringList& paths) {
    beginResetModel();
    recents_.clear();
    for (const QString& path : paths.first(std::min(paths.size(), kMostRecents))) recents_.push_back({path});
    endResetModel();
    refresh();
}

void RecentsModel::refresh() {
    for (const Recent& recent : recents_) {
        auto* watcher = new QFutureWatcher<QString>(this);
        connect(watcher, &QFutureWatcher<QString>::finished, this, [this, watcher, path = recent.path] {
            take(path, watcher->result());
            watcher->deleteLater();
        });
        watcher->setFuture(runDetached([path = recent.path] { return askDisk(path); }));
    }
}

void RecentsModel::take(const QString& path, const QString& answer) {
    for (std::size_t i = 0; i < recents_.size(); ++i) {
        if (recents_[i].path != path) continue;
        recents_[i].presence = answer.isEmpty() ? Presence::Gone : Presence::There;
        recents_[i].savedAt = answer.toLongLong();
        const QModelIndex changed = index(static_cast<int>(i));
        emit dataChanged(changed, changed);
    }
}

int RecentsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(recents_.size());
}

QVariant RecentsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Recent& recent = recents_[static_cast<std::size_t>(index.row())];
    const QString name = QFileInfo(recent.path).completeBaseName();
    QString age;
    if (recent.presence == Presence::Gone) age = tr("not found");
    if (recent.presence == Presence::There)
        age = ageText(std::max<std::int64_t>(0, QDateTime::currentSecsSinceEpoch() - recent.savedAt));
    switch (role) {
        case Qt::DisplayRole:
            return name;
        case Qt::AccessibleTextRole:
            return age.isEmpty() ? name : name + QLatin1String(", ") + age;
        case Qt::ToolTipRole:
            return wrappedTip(recent.presence == Presence::Gone
                                  ? tr("%1 is not there any more.").arg(recent.path)
                                  : recent.path);
        case PathRole:
            return recent.path;
        case FolderRole:
            return QDir::toNativeSeparators(QFileInfo(recent.path).path());
        case AgeRole:
            return age;
        default:
            return {};
    }
}

Qt::ItemFlags RecentsModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) return Qt::NoItemFlags;
    const bool gone = recents_[static_cast<std::size_t>(index.row())].presence == Presence::Gone;
    return gone ? Qt::ItemNeverHasChildren
                : Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
}

}  // namespace dicescope
