#include <QFontMetrics>
#include <algorithm>
#include <array>
#include <utility>

#include "ui/plots/plot_legend_internal.h"

namespace dicescope {
namespace {

// Widths of a name in average characters, tried until the legend is low enough.
constexpr std::array kNameWidths{28, 20, 14, 9};
// The legend takes at most this share of the height where shorter names can achieve it.
constexpr int kRoomShare = 6;

int sampleWidth(const QFontMetrics& metrics) {
    return 2 * metrics.averageCharWidth() + metrics.height() / 2;
}
int gap(const QFontMetrics& metrics) {
    return metrics.averageCharWidth();
}

}  // namespace

PlotLegend::PlotLegend(QCustomPlot* plot) : QCPLayoutElement(plot) {
    setLayer(QStringLiteral("legend"));
}

void PlotLegend::setEntries(QVector<LegendEntry> entries) {
    entries_ = std::move(entries);
}

void PlotLegend::setLook(const QFont& font, const QColor& text, const QColor& faint) {
    font_ = font;
    text_ = text;
    faint_ = faint;
}

QVector<PlotLegend::Place> PlotLegend::flow(int width, int nameWidth) const {
    const QFontMetrics metrics(font_);
    const int line = metrics.height() + 2;
    QVector<Place> result;
    const int left = gap(metrics);
    QPoint at(left, 0);
    for (const LegendEntry& entry : entries_) {
        // Only names of sets can be long.
        const QString text =
            entry.toggles ? metrics.elidedText(entry.name, Qt::ElideMiddle, nameWidth) : entry.name;
        const int entryWidth =
            sampleWidth(metrics) + gap(metrics) / 2 + metrics.horizontalAdvance(text) + gap(metrics);
        if (at.x() > left && at.x() + entryWidth > width) at = QPoint(left, at.y() + line);
        result.append({QRect(at.x(), at.y(), entryWidth, line), text});
        at.rx() += entryWidth + gap(metrics);
    }
    return result;
}

QVector<PlotLegend::Place> PlotLegend::places(int width) const {
    const int characterWidth = QFontMetrics(font_).averageCharWidth();
    const int roomHeight = parentPlot()->viewport().height() / kRoomShare;
    QVector<Place> result;
    for (const int characters : kNameWidths) {
        result = flow(width, std::min(characters * characterWidth, width - 4 * characterWidth));
        if (result.isEmpty() || result.last().rect.bottom() <= roomHeight) break;
    }
    return result;
}

int PlotLegend::height() const {
    const auto all = places(parentPlot()->viewport().width());
    return all.isEmpty() ? 0 : all.last().rect.bottom() + 1;
}

QSize PlotLegend::minimumOuterSizeHint() const {
    return {0, height()};
}
QSize PlotLegend::maximumOuterSizeHint() const {
    return {QWIDGETSIZE_MAX, height()};
}

QRect PlotLegend::entryRect(int index) const {
    const auto all = places(parentPlot()->viewport().width());
    return index < 0 || index >= all.size() ? QRect() : all[index].rect.translated(rect().topLeft());
}

bool PlotLegend::isShortened(int index) const {
    return places(parentPlot()->viewport().width())[index].text != entries_[index].name;
}

int PlotLegend::entryAt(QPointF position) const {
    for (int i = 0; i < entries_.size(); ++i) {
        if (entryRect(i).contains(position.toPoint())) return i;
    }
    return -1;
}

void PlotLegend::drawEntry(QCPPainter* painter, const LegendEntry& entry, const Place& place) const {
    const QFontMetrics metrics(font_);
    const QRect rect = place.rect.translated(this->rect().topLeft());
    QRect sample(rect.left(), rect.top(), sampleWidth(metrics), rect.height());
    const int inset = std::max(2, rect.height() / 4);
    QPen pen = entry.pen;
    if (entry.hidden) pen.setColor(faint_);
    painter->setAntialiasing(false);
    const QRect box = sample.adjusted(0, inset, 0, -inset);
    if (entry.fill.style() != Qt::NoBrush && !entry.hidden) painter->fillRect(box, entry.fill);
    // A box alone may have the colour of what is behind it.
    if (pen.style() == Qt::NoPen && entry.fill.style() != Qt::NoBrush) {
        painter->setPen(QPen(faint_));
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5));
    }
    painter->setPen(pen);
    const int middle = sample.top() + sample.height() / 2;
    if (pen.style() != Qt::NoPen) painter->drawLine(QLineF(sample.left(), middle, sample.right(), middle));
    if (!entry.marker.isNone()) {
        painter->setAntialiasing(true);
        QCPScatterStyle marker = entry.marker;
        if (entry.hidden) marker.setPen(QPen(faint_));
        if (entry.hidden) marker.setBrush(Qt::NoBrush);
        marker.applyTo(painter, pen);
        marker.drawShape(painter, QPointF(sample.center().x(), middle));
    }
    painter->setFont(font_);
    painter->setPen(QPen(entry.hidden ? faint_ : text_));
    painter->drawText(rect.adjusted(sample.width() + gap(metrics) / 2, 0, gap(metrics), 0),
                      Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, place.text);
}

void PlotLegend::draw(QCPPainter* painter) {
    const auto all = places(parentPlot()->viewport().width());
    for (int i = 0; i < all.size(); ++i) drawEntry(painter, entries_[i], all[i]);
}

}  // namespace dicescope
