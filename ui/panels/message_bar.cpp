#include "ui/panels/message_bar.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>
#include <vector>

#include "ui/panels/message_item.h"

namespace dicescope {
namespace {

constexpr std::size_t kMostMessages = 5;

}  // namespace

struct MessageBar::Impl {
    std::vector<MessageItem*> items;  // newest first
    QVBoxLayout* layout = nullptr;
};

MessageBar::MessageBar(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
    setObjectName(QStringLiteral("messageBar"));
    setAccessibleName(tr("Messages"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    impl_->layout = new QVBoxLayout(this);
    impl_->layout->setContentsMargins(6, 6, 6, 0);
    impl_->layout->setSpacing(4);
    hide();
}

MessageBar::~MessageBar() = default;

void MessageBar::post(Severity severity, const QString& text, const QString& details) {
    auto& items = impl_->items;
    const auto same = std::ranges::find_if(
        items, [&](const MessageItem* item) { return item->severity() == severity && item->text() == text; });
    if (same != items.end()) {
        (*same)->setDetails(details);
        std::rotate(items.begin(), same, same + 1);
        impl_->layout->insertWidget(0, items.front());
        return;
    }
    auto* item = new MessageItem(severity, text, details);
    connect(item, &MessageItem::closed, this, [this, item] { close(item); });
    items.insert(items.begin(), item);
    impl_->layout->insertWidget(0, item);
    if (items.size() > kMostMessages) close(items.back());
    show();
    QAccessibleEvent announce(item, QAccessible::Alert);
    QAccessible::updateAccessibility(&announce);
}

void MessageBar::post(const Error& error) {
    if (error.code != ErrorCode::Cancelled) post(Severity::Failure, QString::fromStdString(error.message));
}

void MessageBar::clear() {
    while (!impl_->items.empty()) close(impl_->items.back());
}

int MessageBar::count() const {
    return static_cast<int>(impl_->items.size());
}

void MessageBar::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && !impl_->items.empty()) {
        close(impl_->items.front());
    } else {
        QWidget::keyPressEvent(event);
    }
}

void MessageBar::close(MessageItem* item) {
    auto& items = impl_->items;
    const bool focused = item->isAncestorOf(focusWidget()) && focusWidget()->hasFocus();
    items.erase(std::remove(items.begin(), items.end(), item), items.end());
    impl_->layout->removeWidget(item);
    item->hide();
    // It may be the sender of the signal that closes it.
    item->deleteLater();
    if (items.empty()) {
        hide();
    } else if (focused) {
        items.front()->findChild<QWidget*>(QStringLiteral("messageClose"))->setFocus();
    }
}

}  // namespace dicescope
