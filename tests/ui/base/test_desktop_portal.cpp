#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusVariant>
#include <QDBusVirtualObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>
#include <QThread>
#include <memory>

#include "ui/base/theme.h"

using namespace dicescope;
using namespace std::chrono_literals;

namespace {

const QString kService = QStringLiteral("org.freedesktop.portal.Desktop");

/// A portal that answers every read with one number, wrapped in a variant as the real one does; or never.
class FakePortal : public QDBusVirtualObject {
  public:
    explicit FakePortal(std::optional<unsigned> scheme) : scheme_(scheme) {}
    QString introspect(const QString&) const override { return {}; }
    bool handleMessage(const QDBusMessage& message, const QDBusConnection& connection) override {
        if (message.member() != QLatin1String("Read") ||
            message.arguments() !=
                QVariantList{QStringLiteral("org.freedesktop.appearance"), QStringLiteral("color-scheme")})
            return false;
        message.setDelayedReply(true);
        if (!scheme_) return true;
        const QDBusVariant inner(QVariant::fromValue(*scheme_));
        return connection.send(
            message.createReply(QVariant::fromValue(QDBusVariant(QVariant::fromValue(inner)))));
    }

  private:
    std::optional<unsigned> scheme_;
};

}  // namespace

class TestDesktopPortal : public QObject {
    Q_OBJECT

    QProcess bus_;
    QThread thread_;
    std::unique_ptr<FakePortal> portal_;

    void serve(std::optional<unsigned> scheme) {
        portal_ = std::make_unique<FakePortal>(scheme);
        portal_->moveToThread(&thread_);
        auto connection =
            QDBusConnection::connectToBus(QDBusConnection::SessionBus, QStringLiteral("fake-portal"));
        QVERIFY(connection.isConnected());
        QVERIFY(connection.registerVirtualObject(QStringLiteral("/org/freedesktop/portal/desktop"),
                                                 portal_.get()));
        QVERIFY(connection.registerService(kService));
    }

  private slots:
    void initTestCase() {
        const QString program = QStandardPaths::findExecutable(QStringLiteral("dbus-daemon"));
        if (program.isEmpty()) QSKIP("dbus-daemon is not installed");
        bus_.start(program, {QStringLiteral("--session"), QStringLiteral("--nofork"),
                             QStringLiteral("--print-address")});
        QVERIFY(bus_.waitForStarted());
        QVERIFY(bus_.waitForReadyRead());
        qputenv("DBUS_SESSION_BUS_ADDRESS", bus_.readLine().trimmed());
        thread_.start();
    }
    void cleanup() {
        if (!portal_) return;
        // The bus learns of a lost connection later, and until then the name would be taken.
        QDBusConnection(QStringLiteral("fake-portal")).unregisterService(kService);
        // In its own thread, where it may be answering.
        QMetaObject::invokeMethod(
            portal_.get(), [this] { portal_.reset(); }, Qt::BlockingQueuedConnection);
        QDBusConnection::disconnectFromBus(QStringLiteral("fake-portal"));
    }
    void cleanupTestCase() {
        thread_.quit();
        thread_.wait();
        bus_.kill();
        bus_.waitForFinished();
    }

    void darkAndLightAreRead_data() {
        QTest::addColumn<unsigned>("scheme");
        QTest::addColumn<bool>("known");
        QTest::addColumn<bool>("dark");
        QTest::newRow("no preference") << 0U << false << false;
        QTest::newRow("dark") << 1U << true << true;
        QTest::newRow("light") << 2U << true << false;
        QTest::newRow("from the future") << 7U << false << false;
    }
    void darkAndLightAreRead() {
        QFETCH(const unsigned, scheme);
        QFETCH(const bool, known);
        QFETCH(const bool, dark);
        serve(scheme);
        const auto answer = portalPrefersDark(10s);
        QCOMPARE(answer.has_value(), known);
        QCOMPARE(answer.value_or(false), dark);
    }

    void theSystemsChoiceIsThePortals() {
        serve(1);
        // The short wait of a start may be too short on a busy machine: what counts is that it follows.
        QTRY_VERIFY((applyThemeChoice(ThemeChoice::System), themeOf(QApplication::palette()).dark));
        cleanup();
        serve(2);
        applyThemeChoice(ThemeChoice::System);
        QVERIFY(!themeOf(QApplication::palette()).dark);
    }

    void silenceIsNoPreference() {
        serve(std::nullopt);
        QVERIFY(!portalPrefersDark(50ms));
    }

    /// Each gives up while the one before may still be letting go of the bus.
    void asksInARowDoNotShareAConnection() {
        serve(std::nullopt);
        for (int i = 0; i < 200; ++i) QVERIFY(!portalPrefersDark(1ms));
    }

    void noPortalIsNoPreference() { QVERIFY(!portalPrefersDark(10s)); }

    void noBusIsNoPreference() {
        const QByteArray address = qgetenv("DBUS_SESSION_BUS_ADDRESS");
        const QByteArray runtime = qgetenv("XDG_RUNTIME_DIR");
        qunsetenv("DBUS_SESSION_BUS_ADDRESS");
        qunsetenv("XDG_RUNTIME_DIR");
        const auto answer = portalPrefersDark(10s);
        qputenv("DBUS_SESSION_BUS_ADDRESS", address);
        if (!runtime.isEmpty()) qputenv("XDG_RUNTIME_DIR", runtime);
        QVERIFY(!answer);
    }
};

QTEST_MAIN(TestDesktopPortal)
#include "test_desktop_portal.moc"
