#pragma once

#include <QTableView>
#include <QVector>
#include <cstdint>
#include <optional>

#include "ui/inspect/image_list.h"

namespace dicescope {

class ThumbnailModel;

/// Thumbnails in as many columns as the width allows, each with the bar of its set's colour, the value it is
/// sorted by, its predicted class and a mark where it is wrongly accepted or rejected or changed by sparsity.
/// One image is selected by mouse or arrow keys, which go on in the next line at a line's end; Home and End
/// go to the first and last image. GUI thread.
class ThumbnailGrid : public QTableView {
    Q_OBJECT

  public:
    explicit ThumbnailGrid(QWidget* parent = nullptr);

    /// Shows another list from its beginning; where it answers the query of the last one, from the same
    /// place. The selected image stays selected, also while it is not listed.
    void setList(ImageList list);
    [[nodiscard]] ThumbnailModel& thumbnails() const { return *model_; }
    /// Selects an image and scrolls to it, if it is listed; emits no imageSelected().
    void select(std::optional<std::uint32_t> record);
    [[nodiscard]] std::optional<std::uint32_t> selected() const { return selected_; }
    /// The side of a thumbnail in pixels of the screen.
    [[nodiscard]] int thumbnailSide() const;
    /// What stands in the place of an empty list.
    void setEmptyText(const QString& text);

  signals:
    void imageSelected(quint32 record);     ///< by the user
    void thumbnailSideChanged(int pixels);  ///< another font or screen; the thumbnails there were are gone

  protected:
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

  private:
    void layOut();
    void tellVisibleRows();
    void markSelected(bool scrollToIt);
    [[nodiscard]] int firstPosition() const;

    ThumbnailModel* model_;
    std::optional<std::uint32_t> selected_;
    QString emptyText_;
    int side_ = 0;        ///< of the thumbnails there are
    bool quiet_ = false;  ///< what happens is not the user's doing
};

}  // namespace dicescope
