#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusVariant>
#include <QFileInfo>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "ui/base/theme.h"

namespace dicescope {
namespace {

// What the portal's color-scheme means.
constexpr unsigned kPreferDark = 1;
constexpr unsigned kPreferLight = 2;

/// Without an address libdbus may start a bus of its own, which takes long and helps nobody.
bool hasSessionBus() {
    if (!qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS")) return true;
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    return !runtime.isEmpty() && QFileInfo::exists(runtime + QStringLiteral("/bus"));
}

std::optional<bool> askPortal(int timeoutMs) {
    // Of its own: an earlier ask that was given up may still be using its connection, and then close it.
    static std::atomic<unsigned> asks = 0;
    const QString name = QStringLiteral("dicescope-appearance-%1").arg(asks++);
    std::optional<bool> dark;
    {
        const auto bus = QDBusConnection::connectToBus(QDBusConnection::SessionBus, name);
        auto call = QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.portal.Desktop"),
                                                   QStringLiteral("/org/freedesktop/portal/desktop"),
                                                   QStringLiteral("org.freedesktop.portal.Settings"),
                                                   QStringLiteral("Read"));
        call << QStringLiteral("org.freedesktop.appearance") << QStringLiteral("color-scheme");
        const QDBusMessage reply =
            bus.isConnected() ? bus.call(call, QDBus::Block, timeoutMs) : QDBusMessage();
        if (reply.type() == QDBusMessage::ReplyMessage && !reply.arguments().isEmpty()) {
            QVariant value = reply.arguments().constFirst();
            // Read wraps its answer twice.
            while (value.canConvert<QDBusVariant>()) value = value.value<QDBusVariant>().variant();
            const unsigned scheme = value.toUInt();
            if (scheme == kPreferDark || scheme == kPreferLight) dark = scheme == kPreferDark;
        }
    }
    QDBusConnection::disconnectFromBus(name);
    return dark;
}

}  // namespace

std::optional<bool> portalPrefersDark(std::chrono::milliseconds timeout) {
    if (!hasSessionBus()) return std::nullopt;
    struct Answer {
        std::mutex mutex;
        std::condition_variable ready;
        bool done = false;
        std::optional<bool> dark;
    };
    auto answer = std::make_shared<Answer>();
    // Connecting has no timeout of its own; a bus that hangs must not keep the window from opening.
    std::thread([answer, timeout] {
        const auto dark = askPortal(static_cast<int>(timeout.count()));
        const std::lock_guard lock(answer->mutex);
        answer->dark = dark;
        answer->done = true;
        answer->ready.notify_one();
    }).detach();
    std::unique_lock lock(answer->mutex);
    answer->ready.wait_for(lock, timeout, [&] { return answer->done; });
    return answer->dark;
}

}  // namespace dicescope
