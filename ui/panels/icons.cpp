#include "ui/panels/icons.h"

#include <QColor>
#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmap>
#include <QPixmapCache>
#include <QSvgRenderer>

// Outside of the namespace, as Qt asks: a static library's resources are not there before this call.
static void loadResources() {
    Q_INIT_RESOURCE(dicescope);
}

namespace dicescope {
namespace {

QString resourceOf(const QString& name) {
    return QLatin1String(":/dicescope/icons/") + name + QLatin1String(".svg");
}

class SymbolicEngine : public QIconEngine {
  public:
    SymbolicEngine(QString name, const QColor& colour) : name_(std::move(name)), colour_(colour) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const qreal ratio = painter->device()->devicePixelRatio();
        painter->drawPixmap(rect, pixmap((QSizeF(rect.size()) * ratio).toSize(), mode, state));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State /*state*/) override {
        const QColor colour = colourOf(mode);
        const QString key = QStringLiteral("dicescope/%1/%2/%3x%4")
                                .arg(name_, colour.name(QColor::HexArgb))
                                .arg(size.width())
                                .arg(size.height());
        QPixmap pixmap;
        if (QPixmapCache::find(key, &pixmap)) return pixmap;
        QFile file(resourceOf(name_));
        if (!file.open(QIODevice::ReadOnly)) return {};
        QSvgRenderer renderer(file.readAll().replace("currentColor", colour.name().toLatin1()));
        pixmap = QPixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setOpacity(colour.alphaF());
        const int side = std::min(size.width(), size.height());
        renderer.render(&painter,
                        QRectF((size.width() - side) / 2.0, (size.height() - side) / 2.0, side, side));
        painter.end();
        QPixmapCache::insert(key, pixmap);
        return pixmap;
    }

    [[nodiscard]] QIconEngine* clone() const override { return new SymbolicEngine(name_, colour_); }
    // Without sizes a QIcon counts as empty in some styles.
    QList<QSize> availableSizes(QIcon::Mode /*mode*/, QIcon::State /*state*/) override {
        return {{16, 16}, {32, 32}};
    }

  private:
    [[nodiscard]] QColor colourOf(QIcon::Mode mode) const {
        const QPalette palette = QGuiApplication::palette();
        if (mode == QIcon::Disabled) return palette.color(QPalette::Disabled, QPalette::ButtonText);
        if (colour_.isValid()) return colour_;
        if (mode == QIcon::Selected) return palette.color(QPalette::Active, QPalette::HighlightedText);
        return palette.color(QPalette::Active, QPalette::ButtonText);
    }

    QString name_;
    QColor colour_;
};

}  // namespace

QIcon symbolicIcon(const QString& name) {
    return symbolicIcon(name, QColor());
}

QIcon symbolicIcon(const QString& name, const QColor& colour) {
    loadResources();
    return QIcon(new SymbolicEngine(name, colour));
}

QIcon applicationIcon() {
    loadResources();
    return QIcon(resourceOf(QStringLiteral("dicescope")));
}

}  // namespace dicescope
