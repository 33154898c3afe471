#include "ui/plots/plot_frame.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QVBoxLayout>
#include <utility>

#include "ui/plots/plot_canvas_internal.h"
#include "ui/plots/plot_export_internal.h"
#include "ui/plots/plot_legend_internal.h"
#include "ui/plots/plot_title_row_internal.h"

namespace dicescope {
namespace {

constexpr double kPlotFontShare = 0.92;  // of the widget's font: numbers beside a plot are secondary
constexpr int kExportFontPoints = 9;
constexpr int kClipboardDpi = 192;
constexpr double kPointsPerPixel = 0.75;

}  // namespace

struct PlotFrame::Impl : CanvasEvents {
    explicit Impl(PlotFrame& owner) : view(owner) {}

    void settle() override;
    bool grab(QPointF position) override { return view.hasData() && view.grabs(position); }
    void drag(QPointF position) override;
    void click(QPointF position) override;
    void hover(QPointF position) override;
    void leave() override;
    void reset(bool doubleClick) override;
    QString toolTip(QPointF position) override;
    void contextMenu(QPoint global) override;

    void schedule();
    void updateEverything();
    void updateReading();
    void fillLegend();
    void toggle(const LegendEntry& entry);
    [[nodiscard]] QFont plotFont() const;

    PlotFrame& view;
    PlotTitleRow* title = nullptr;
    PlotCanvas* canvas = nullptr;
    Theme theme = lightTheme();
    QSet<QString> hidden;
    std::optional<QPointF> mouse;
    bool exporting = false;  // a plot for export only, never shown
    bool staticStale = true;
    bool rowStale = true;
    bool scheduled = false;
};

PlotFrame::PlotFrame(const QString& title, const QString& accessibleName, QWidget* parent)
    : QWidget(parent), impl_(std::make_unique<Impl>(*this)) {
    impl_->title = new PlotTitleRow(title, this);
    impl_->canvas = new PlotCanvas(*impl_, this);
    impl_->canvas->setAccessibleName(accessibleName);
    setAccessibleName(accessibleName);
    setFocusProxy(impl_->canvas);
    const int character = fontMetrics().averageCharWidth();
    impl_->canvas->setMinimumSize(24 * character, 14 * character);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(impl_->title);
    layout->addWidget(impl_->canvas, 1);
    connect(&impl_->title->maximiseButton(), &QToolButton::clicked, this, &PlotFrame::maximiseToggled);
    connect(&impl_->title->resetButton(), &QToolButton::clicked, this, [this] { impl_->reset(false); });
    impl_->title->applyTheme(impl_->theme);
}

PlotFrame::~PlotFrame() {
    // The canvas speaks to impl_ until it is gone.
    delete impl_->canvas;
}

const QSet<QString>& PlotFrame::hiddenSets() const {
    return impl_->hidden;
}
const Theme& PlotFrame::theme() const {
    return impl_->theme;
}
bool PlotFrame::isSetHidden(const QString& name) const {
    return impl_->hidden.contains(name);
}
PlotCanvas& PlotFrame::canvas() const {
    return *impl_->canvas;
}
QString PlotFrame::reading() const {
    impl_->settle();
    return impl_->title->reading().text();
}

QString PlotFrame::title() const {
    return hasData() ? QStringLiteral("%1 · %2").arg(accessibleName(), caption()) : accessibleName();
}

void PlotFrame::setHiddenSets(const QSet<QString>& hidden) {
    if (hidden == impl_->hidden) return;
    impl_->hidden = hidden;
    drawSoon(true);
}

void PlotFrame::setTheme(const Theme& theme) {
    impl_->theme = theme;
    impl_->title->applyTheme(theme);
    drawSoon(true);
}

void PlotFrame::setMaximised(bool maximised) {
    impl_->title->setMaximised(maximised);
}

void PlotFrame::resetView() {
    impl_->settle();
    canvas().resetAxes();
    drawSoon(false);
}

QRect PlotFrame::legendEntryRect(const QString& name) const {
    impl_->settle();
    const PlotLegend& legend = canvas().legendRow();
    for (int i = 0; i < legend.entries().size(); ++i) {
        if (legend.entries()[i].name == name) return legend.entryRect(i);
    }
    return {};
}

void PlotFrame::setMaximisable(bool maximisable) {
    impl_->title->maximiseButton().setVisible(maximisable);
}

void PlotFrame::addToTitleRow(QWidget* widget) {
    impl_->title->addBeforeButtons(widget);
}

void PlotFrame::drawSoon(bool everything) {
    impl_->staticStale = impl_->staticStale || everything;
    impl_->rowStale = true;
    impl_->schedule();
}

void PlotFrame::showEvent(QShowEvent* event) {
    impl_->schedule();
    QWidget::showEvent(event);
}

void PlotFrame::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange || event->type() == QEvent::LocaleChange) drawSoon(true);
    QWidget::changeEvent(event);
}

QString PlotFrame::emptyText() const {
    return tr("No results yet");
}
double PlotFrame::shareDone() const {
    return 1;
}
QString PlotFrame::toolTipAt(QPointF /*position*/) const {
    return {};
}
bool PlotFrame::grabs(QPointF /*position*/) {
    return false;
}
void PlotFrame::dragTo(QPointF /*position*/) {}
void PlotFrame::clicked(QPointF /*position*/) {}
Qt::CursorShape PlotFrame::cursorAt(QPointF /*position*/) const {
    return Qt::ArrowCursor;
}
void PlotFrame::userReset(bool /*doubleClick*/) {}

std::unique_ptr<PlotFrame> PlotFrame::exportTwin() const {
    impl_->settle();
    auto copy = twin();
    copy->impl_->exporting = true;
    copy->setLocale(locale());
    copy->setTheme(lightTheme());
    copy->setHiddenSets(impl_->hidden);
    copy->drawSoon(true);
    copy->impl_->settle();
    copy->canvas().copyZoom(canvas());
    if (hasData()) copy->canvas().addHeading(caption(), copy->impl_->plotFont(), copy->theme().text);
    return copy;
}

QImage PlotFrame::image(QSize size, int dpi) const {
    return canvasImage(exportTwin()->canvas(), size, dpi);
}
QByteArray PlotFrame::pdf(QSize size) const {
    return canvasPdf(exportTwin()->canvas(), size, accessibleName());
}
QByteArray PlotFrame::svg(QSize size) const {
    return canvasSvg(exportTwin()->canvas(), size, accessibleName());
}

void PlotFrame::Impl::schedule() {
    // What is hidden is drawn when it is shown.
    if (scheduled || !view.isVisible()) return;
    scheduled = true;
    QMetaObject::invokeMethod(
        &view,
        [this] {
            scheduled = false;
            settle();
        },
        Qt::QueuedConnection);
}

QFont PlotFrame::Impl::plotFont() const {
    QFont font = view.font();
    if (exporting) {
        // In pixels of the canvas, which are points there, so that no device's resolution plays a part.
        font.setPixelSize(kExportFontPoints);
    } else {
        font.setPointSizeF(font.pointSizeF() * kPlotFontShare);
    }
    return font;
}

void PlotFrame::Impl::settle() {
    if (!rowStale && !staticStale) return;
    const bool everything = std::exchange(staticStale, false);
    rowStale = false;
    if (everything) updateEverything();
    if (view.hasData()) view.updateRow();
    updateReading();
    if (!exporting) canvas->redraw(everything);
}

void PlotFrame::Impl::updateEverything() {
    const bool some = view.hasData();
    if (some) view.createGraphs();
    canvas->setEmptyText(some ? QString() : view.emptyText());
    canvas->applyTheme(theme, plotFont());
    for (int i = 0; i < canvas->graphCount(); ++i) canvas->graph(i)->setVisible(some);
    if (some) view.updateStatic();
    fillLegend();
    title->setProgress(view.shareDone());
}

void PlotFrame::Impl::fillLegend() {
    canvas->legendRow().setEntries(view.hasData() ? view.legendEntries() : QVector<LegendEntry>());
}

void PlotFrame::Impl::updateReading() {
    PlotReading reading;
    if (view.hasData() && mouse) reading = view.readingAt(*mouse);
    canvas->markPoint(reading.axisRect, reading.point, reading.color);
    if (reading.text.isEmpty() && view.hasData())
        reading = {.text = view.caption(), .color = theme.faintText, .point = {}};
    title->reading().setText(reading.text, reading.color);
    title->reading().setToolTip(reading.text);
    canvas->setAccessibleDescription(reading.text);
}

void PlotFrame::Impl::drag(QPointF position) {
    mouse = position;
    view.dragTo(position);
}

void PlotFrame::Impl::toggle(const LegendEntry& entry) {
    if (entry.toggles) emit view.setToggled(entry.name, entry.hidden);
}

void PlotFrame::Impl::click(QPointF position) {
    const PlotLegend& legend = canvas->legendRow();
    const int index = legend.entryAt(position);
    if (index >= 0) {
        // A copy: hiding the set makes new entries.
        toggle(LegendEntry(legend.entries()[index]));
    } else if (view.hasData()) {
        view.clicked(position);
    }
}

void PlotFrame::Impl::hover(QPointF position) {
    mouse = position;
    if (!view.hasData()) return;
    settle();
    const int entry = canvas->legendRow().entryAt(position);
    const bool toggles = entry >= 0 && canvas->legendRow().entries()[entry].toggles;
    canvas->setCursor(toggles ? Qt::PointingHandCursor : view.cursorAt(position));
    rowStale = true;
    schedule();
}

void PlotFrame::Impl::leave() {
    mouse.reset();
    rowStale = true;
    schedule();
}

void PlotFrame::Impl::reset(bool doubleClick) {
    view.userReset(doubleClick);
    view.resetView();
}

QString PlotFrame::Impl::toolTip(QPointF position) {
    if (!view.hasData()) return {};
    settle();
    const PlotLegend& legend = canvas->legendRow();
    const int index = legend.entryAt(position);
    if (index < 0) return view.toolTipAt(position);
    const LegendEntry& entry = legend.entries()[index];
    if (!entry.toggles) return legend.isShortened(index) ? entry.name.toHtmlEscaped() : QString();
    return (entry.hidden ? tr("%1: click to show it") : tr("%1: click to hide it"))
        .arg(entry.name.toHtmlEscaped());
}

void PlotFrame::Impl::contextMenu(QPoint global) {
    settle();
    QMenu menu(&view);
    menu.setObjectName(QStringLiteral("plotMenu"));
    if (!title->maximiseButton().isHidden())
        menu.addAction(tr("&Maximise or restore"), &view, &PlotFrame::maximiseToggled);
    menu.addAction(tr("&Reset view"), &view, [this] { reset(false); });
    QMenu* sets = menu.addMenu(tr("&Sets"));
    for (const LegendEntry& entry : canvas->legendRow().entries()) {
        if (!entry.toggles) continue;
        QString name = entry.name;
        QAction* action = sets->addAction(name.replace(QLatin1Char('&'), QLatin1String("&&")), &view,
                                          [this, entry] { toggle(entry); });
        action->setCheckable(true);
        action->setChecked(!entry.hidden);
    }
    sets->setEnabled(!sets->isEmpty());
    menu.addSeparator();
    QAction* copy = menu.addAction(tr("&Copy picture"), &view, [this] {
        QGuiApplication::clipboard()->setImage(
            view.image((QSizeF(canvas->size()) * kPointsPerPixel).toSize(), kClipboardDpi));
    });
    copy->setEnabled(view.hasData());
    QAction* save = menu.addAction(tr("&Export…"), &view, &PlotFrame::exportRequested);
    save->setEnabled(view.hasData());
    menu.exec(global);
}

}  // namespace dicescope
