#pragma once

#include <QAbstractTableModel>
#include <QCache>
#include <QHash>
#include <QImage>
#include <QPixmap>
#include <QVector>
#include <cstdint>
#include <optional>
#include <vector>

#include "ui/base/theme.h"
#include "ui/inspect/image_list.h"

namespace dicescope {

/// The images of a list, dealt to rows of `columns` cells from left to right; the last row may end early, its
/// remaining cells are disabled and empty. Keeps a bounded number of thumbnails, the ones looked at last, and
/// says which are missing where the user looks. GUI thread.
class ThumbnailModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    /// How many bytes of pixels are kept.
    static constexpr int kCacheBytes = 128 << 20;

    explicit ThumbnailModel(QObject* parent = nullptr);

    /// Shows another list. Thumbnails stay while the images are those of the same inputs. Where only scores
    /// differ the model is not reset.
    void setList(ImageList list);
    [[nodiscard]] const ImageList& list() const { return list_; }
    void setColumns(int columns);  ///< >= 1; resets the model where it is another number
    void setTheme(const Theme& theme);
    [[nodiscard]] const Theme& theme() const { return theme_; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    /// DisplayRole: the value sorted by; DecorationRole: the pixmap; ToolTipRole, AccessibleTextRole.
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

    /// Place of a cell in the list; -1 behind its end.
    [[nodiscard]] int positionOf(const QModelIndex& index) const;
    [[nodiscard]] QModelIndex indexAt(int position) const;
    /// The record of a cell; nothing behind the end.
    [[nodiscard]] std::optional<std::uint32_t> recordAt(const QModelIndex& index) const;
    /// Where a record is; invalid where it is not listed.
    [[nodiscard]] QModelIndex indexOf(std::uint32_t record) const;

    /// The thumbnail of a record; null where there is none (yet).
    [[nodiscard]] const QPixmap* thumbnail(std::uint32_t record) const { return thumbnails_.object(record); }
    /// Why a record has no thumbnail; empty where it has one or is still awaited.
    [[nodiscard]] QString reason(std::uint32_t record) const { return reasons_.value(record); }
    void setThumbnail(std::uint32_t record, const QImage& image);
    void setReason(std::uint32_t record, const QString& reason);
    void clearThumbnails();  ///< for another size

    /// The rows that are seen. Asks for what is missing there and a screenful before and behind.
    void setVisibleRows(int first, int last);

  signals:
    /// Records without a thumbnail, those that are seen first; replaces what was wanted before. Empty: no
    /// more are wanted.
    void thumbnailsWanted(const QVector<quint32>& records);

  private:
    void changed(std::uint32_t record);
    void askForMissing();

    ImageList list_;
    std::vector<std::int32_t> positions_;  ///< of every record of the table; -1: not listed
    int columns_ = 1;
    Theme theme_;
    QCache<std::uint32_t, QPixmap> thumbnails_{kCacheBytes};
    QHash<std::uint32_t, QString> reasons_;
    int firstVisible_ = 0;
    int lastVisible_ = -1;
    QVector<quint32> wanted_;
};

}  // namespace dicescope
