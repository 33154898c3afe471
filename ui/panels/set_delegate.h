#pragma once

#include <QStyledItemDelegate>

namespace dicescope {

/// Draws the rows of a SetListModel: swatch and name, below it the state in words, how many files were
/// skipped as a link, and a bar while the set is read. Edits the name in its place.
class SetDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const override;
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const override;

    /// Where the link "n skipped" is within an item at option.rect; empty where there is none.
    [[nodiscard]] QRect skippedRect(const QStyleOptionViewItem& option, const QModelIndex& index) const;

  signals:
    void skippedClicked(const QModelIndex& index);

  protected:
    bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                     const QModelIndex& index) override;
};

}  // namespace dicescope
