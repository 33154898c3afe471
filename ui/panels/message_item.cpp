#include "ui/panels/message_item.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/base/theme.h"
#include "ui/panels/icons.h"

namespace dicescope {
namespace {

constexpr int kMostDetailLines = 8;

QString severityName(MessageBar::Severity severity) {
    switch (severity) {
        case MessageBar::Severity::Note:
            return MessageItem::tr("Note");
        case MessageBar::Severity::Warning:
            return MessageItem::tr("Warning");
        case MessageBar::Severity::Failure:
            return MessageItem::tr("Error");
    }
    return {};
}

QString iconName(MessageBar::Severity severity) {
    switch (severity) {
        case MessageBar::Severity::Note:
            return QStringLiteral("note");
        case MessageBar::Severity::Warning:
            return QStringLiteral("warning");
        case MessageBar::Severity::Failure:
            return QStringLiteral("failure");
    }
    return {};
}

QColor severityColour(MessageBar::Severity severity, bool dark) {
    switch (severity) {
        case MessageBar::Severity::Note:
            return dark ? QColor(0x6f, 0xb3, 0xe8) : QColor(0x1f, 0x6f, 0xb0);
        case MessageBar::Severity::Warning:
            return dark ? QColor(0xf0, 0xb4, 0x4a) : QColor(0x9a, 0x62, 0x00);
        case MessageBar::Severity::Failure:
            return dark ? QColor(0xf2, 0x80, 0x70) : QColor(0xb8, 0x30, 0x1c);
    }
    return {};
}

QColor mixed(const QColor& a, const QColor& b, float shareOfB) {
    const auto mix = [shareOfB](float x, float y) { return x + (y - x) * shareOfB; };
    return QColor::fromRgbF(mix(a.redF(), b.redF()), mix(a.greenF(), b.greenF()), mix(a.blueF(), b.blueF()));
}

QToolButton* button(const QString& objectName, const QString& icon, const QString& tip) {
    auto* made = new QToolButton;
    made->setObjectName(objectName);
    made->setIcon(symbolicIcon(icon));
    made->setAutoRaise(true);
    made->setFocusPolicy(Qt::StrongFocus);
    made->setAccessibleName(tip);
    made->setToolTip(tip);
    return made;
}

}  // namespace

struct MessageItem::Impl {
    MessageBar::Severity severity = MessageBar::Severity::Note;
    QString details;

    QLabel* icon = nullptr;
    QLabel* text = nullptr;
    QToolButton* unfold = nullptr;
    QPlainTextEdit* shownDetails = nullptr;
};

MessageItem::MessageItem(MessageBar::Severity severity, const QString& text, const QString& details,
                         QWidget* parent)
    : QFrame(parent), impl_(std::make_unique<Impl>()) {
    impl_->severity = severity;
    setObjectName(QStringLiteral("message"));
    build(text);
    setAccessibleName(severityName(severity) + QLatin1String(": ") + text);
    setDetails(details);
    colour();
}

MessageItem::~MessageItem() = default;

void MessageItem::build(const QString& text) {
    impl_->icon = new QLabel;
    impl_->icon->setObjectName(QStringLiteral("messageIcon"));
    impl_->icon->setAccessibleName(severityName(impl_->severity));
    impl_->icon->setToolTip(severityName(impl_->severity));
    impl_->text = new QLabel(text);
    impl_->text->setObjectName(QStringLiteral("messageText"));
    impl_->text->setTextFormat(Qt::PlainText);
    impl_->text->setWordWrap(true);
    impl_->text->setTextInteractionFlags(Qt::TextSelectableByMouse);

    auto* row = new QHBoxLayout;
    row->addWidget(impl_->icon, 0, Qt::AlignTop);
    row->addWidget(impl_->text, 1);
    buildButtons(row);

    impl_->shownDetails = new QPlainTextEdit;
    impl_->shownDetails->setObjectName(QStringLiteral("messageDetails"));
    impl_->shownDetails->setAccessibleName(tr("Details"));
    impl_->shownDetails->setReadOnly(true);
    impl_->shownDetails->setTabChangesFocus(true);
    impl_->shownDetails->hide();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 5, 5, 5);
    layout->addLayout(row);
    layout->addWidget(impl_->shownDetails);
}

void MessageItem::buildButtons(QHBoxLayout* row) {
    impl_->unfold = button(QStringLiteral("messageUnfold"), QStringLiteral("unfold"), tr("Show the details"));
    impl_->unfold->setText(tr("Details"));
    impl_->unfold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    impl_->unfold->setCheckable(true);
    auto* copyButton =
        button(QStringLiteral("messageCopy"), QStringLiteral("copy"), tr("Copy the message and its details"));
    auto* closeButton =
        button(QStringLiteral("messageClose"), QStringLiteral("close"), tr("Close this message"));
    connect(impl_->unfold, &QToolButton::toggled, this, &MessageItem::unfold);
    connect(copyButton, &QToolButton::clicked, this, &MessageItem::copy);
    connect(closeButton, &QToolButton::clicked, this, &MessageItem::closed);
    for (QToolButton* each : {impl_->unfold, copyButton, closeButton}) row->addWidget(each, 0, Qt::AlignTop);
    // The first line of the text, the icon and the buttons stand on one line.
    const int line = closeButton->sizeHint().height();
    impl_->icon->setFixedHeight(line);
    impl_->text->setMinimumHeight(line);
}

MessageBar::Severity MessageItem::severity() const {
    return impl_->severity;
}

QString MessageItem::text() const {
    return impl_->text->text();
}

void MessageItem::setDetails(const QString& details) {
    impl_->details = details;
    impl_->shownDetails->setPlainText(details);
    const int lines =
        static_cast<int>(std::min<qsizetype>(details.count(QLatin1Char('\n')) + 2, kMostDetailLines));
    impl_->shownDetails->setFixedHeight(impl_->shownDetails->fontMetrics().lineSpacing() * lines + 12);
    impl_->unfold->setVisible(!details.isEmpty());
    if (details.isEmpty()) impl_->unfold->setChecked(false);
}

void MessageItem::unfold(bool unfolded) {
    impl_->unfold->setIcon(symbolicIcon(unfolded ? QStringLiteral("fold") : QStringLiteral("unfold")));
    impl_->unfold->setAccessibleName(unfolded ? tr("Hide the details") : tr("Show the details"));
    impl_->unfold->setToolTip(impl_->unfold->accessibleName());
    impl_->shownDetails->setVisible(unfolded);
}

void MessageItem::copy() {
    QString all = severityName(impl_->severity) + QLatin1String(": ") + text();
    if (!impl_->details.isEmpty()) all += QLatin1Char('\n') + impl_->details;
    QGuiApplication::clipboard()->setText(all);
}

void MessageItem::colour() {
    const int side = fontMetrics().height();
    const QColor colour = severityColour(impl_->severity, themeOf(palette()).dark);
    impl_->icon->setPixmap(
        symbolicIcon(iconName(impl_->severity), colour).pixmap(QSize(side, side), devicePixelRatio()));
}

void MessageItem::paintEvent(QPaintEvent* /*event*/) {
    const QColor colour = severityColour(impl_->severity, themeOf(palette()).dark);
    const QColor window = palette().color(QPalette::Window);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(mixed(window, colour, 0.55F));
    painter.setBrush(mixed(window, colour, 0.13F));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawRoundedRect(QRectF(0, 0, 5, height()), 2, 2);
}

void MessageItem::changeEvent(QEvent* event) {
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) colour();
}

}  // namespace dicescope
