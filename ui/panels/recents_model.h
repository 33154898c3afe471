#pragma once

#include <QAbstractListModel>
#include <QStringList>
#include <cstdint>
#include <vector>

namespace dicescope {

/// Recent sessions: name, folder, and how long ago each was saved. What is not known yet or gone is said so;
/// gone ones are disabled. GUI thread.
class RecentsModel : public QAbstractListModel {
    Q_OBJECT

  public:
    enum Role { PathRole = Qt::UserRole + 1, FolderRole, AgeRole };

    using QAbstractListModel::QAbstractListModel;

    /// The first ten of these.
    void setPaths(const QStringList& paths);
    /// Asks the disk about every path, in a thread each.
    void refresh();

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    /// Display: the file's name without extension.
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

  private:
    enum class Presence { Unknown, There, Gone };
    struct Recent {
        QString path;
        Presence presence = Presence::Unknown;
        std::int64_t savedAt = 0;  // seconds since 1970
    };

    void take(const QString& path, const QString& answer);

    std::vector<Recent> recents_;
};

}  // namespace dicescope
