#include "ui/panels/recents_list.h"

#include <QApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>

#include "ui/base/theme.h"
#include "ui/panels/recents_model.h"

namespace dicescope {
namespace {

class RecentsDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& given,
               const QModelIndex& index) const override {
        QStyleOptionViewItem option = given;
        initStyleOption(&option, index);
        const QStyle* style = option.widget != nullptr ? option.widget->style() : QApplication::style();
        const bool enabled = (option.state & QStyle::State_Enabled) != 0;
        const bool selected = (option.state & QStyle::State_Selected) != 0;
        const QPalette::ColorGroup group = enabled ? QPalette::Active : QPalette::Disabled;
        const QColor strong =
            option.palette.color(group, selected ? QPalette::HighlightedText : QPalette::Text);
        const QColor faint = selected || !enabled ? strong : themeOf(option.palette).faintText;
        const int line = option.fontMetrics.height();
        const int gap = line / 2;
        const QRect inner = option.rect.adjusted(gap, gap / 2, -gap, -gap / 2);
        const QString age = index.data(RecentsModel::AgeRole).toString();
        const int ageWidth = option.fontMetrics.horizontalAdvance(age) + gap;

        painter->save();
        style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
        painter->setPen(strong);
        const QRect name(inner.left(), inner.top(), inner.width() - ageWidth, line);
        painter->drawText(name, Qt::AlignVCenter, elided(option, index.data().toString(), name.width()));
        painter->setPen(faint);
        painter->drawText(QRect(inner.left(), inner.top(), inner.width(), line),
                          Qt::AlignRight | Qt::AlignVCenter, age);
        const QRect folder(inner.left(), inner.top() + line, inner.width(), line);
        painter->drawText(folder, Qt::AlignVCenter,
                          elided(option, index.data(RecentsModel::FolderRole).toString(), folder.width()));
        painter->restore();
    }

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                                 const QModelIndex& /*index*/) const override {
        const int line = option.fontMetrics.height();
        return {option.fontMetrics.averageCharWidth() * 20, line * 2 + line / 2};
    }

  private:
    static QString elided(const QStyleOptionViewItem& option, const QString& text, int width) {
        return option.fontMetrics.elidedText(text, Qt::ElideMiddle, width);
    }
};

}  // namespace

RecentsList::RecentsList(RecentsModel* recents, QWidget* parent) : QListView(parent) {
    setObjectName(QStringLiteral("recentSessions"));
    setAccessibleName(tr("Recent sessions"));
    setModel(recents);
    setItemDelegate(new RecentsDelegate(this));
    setUniformItemSizes(true);
    setEditTriggers(NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    connect(this, &QListView::clicked, this, &RecentsList::open);
    connect(recents, &QAbstractItemModel::modelReset, this, &RecentsList::updateGeometry);
}

QSize RecentsList::sizeHint() const {
    QStyleOptionViewItem option;
    initViewItemOption(&option);
    const int row = itemDelegate()->sizeHint(option, {}).height();
    return {QListView::sizeHint().width(), model()->rowCount() * row + 2 * frameWidth()};
}

QSize RecentsList::minimumSizeHint() const {
    const int rows = std::max(1, model()->rowCount());
    return {fontMetrics().averageCharWidth() * 20, sizeHint().height() / rows * std::min(rows, 2)};
}

void RecentsList::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space) {
        open(currentIndex());
    } else {
        QListView::keyPressEvent(event);
    }
}

void RecentsList::open(const QModelIndex& index) {
    if (index.isValid() && (index.flags() & Qt::ItemIsEnabled) != 0)
        emit opened(index.data(RecentsModel::PathRole).toString());
}

}  // namespace dicescope
