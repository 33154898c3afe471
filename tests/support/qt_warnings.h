#pragma once

#include <QMutex>
#include <QMutexLocker>
#include <QString>
#include <QStringList>
#include <QTest>
#include <QtGlobal>
#include <utility>

namespace dicescope::testing {

/// While it lives every Qt warning or critical message, from any thread, is kept; where any was, its end
/// fails the running test function. One at a time, made while a test runs: as the first local of a test
/// function, or
///
///     std::optional<FailOnQtWarnings> warnings_;
///     void init() { warnings_.emplace(); }     // private slots
///     void cleanup() { warnings_.reset(); }    // also sees what the destructors of the function's widgets
///     say
///
/// It must not be a plain member of the test class: Qt Test installs its own message handler later and hides
/// this one.
class FailOnQtWarnings {
  public:
    FailOnQtWarnings() {
        if (QTest::currentTestFunction() == nullptr)
            qFatal("FailOnQtWarnings made outside of a test function.");
        kept().clear();
        previous() = qInstallMessageHandler(&FailOnQtWarnings::handle);
    }
    ~FailOnQtWarnings() {
        qInstallMessageHandler(previous());
        const QStringList messages = take();
        if (messages.isEmpty()) return;
        QTest::qFail(qPrintable(QStringLiteral("Qt warnings:\n  ") + messages.join(QStringLiteral("\n  "))),
                     __FILE__, __LINE__);
    }
    FailOnQtWarnings(const FailOnQtWarnings&) = delete;
    FailOnQtWarnings& operator=(const FailOnQtWarnings&) = delete;

    /// What was said so far; forgets it, so that a warning which a test expects does not fail it.
    QStringList take() {
        const QMutexLocker lock(&mutex());
        return std::exchange(kept(), {});
    }

  private:
    static void handle(QtMsgType type, const QMessageLogContext& context, const QString& text) {
        // The offscreen platform says so of raise() and size hints, which it cannot do and no test needs.
        const bool platform = text.startsWith(QLatin1String("This plugin does not support "));
        if ((type == QtWarningMsg || type == QtCriticalMsg) && !platform) {
            const QMutexLocker lock(&mutex());
            kept() << text;
        }
        if (previous() != nullptr && !platform) previous()(type, context, text);
    }

    // The handler is a plain function, so what it needs is static.
    static QMutex& mutex() {
        static QMutex instance;
        return instance;
    }
    static QStringList& kept() {
        static QStringList instance;
        return instance;
    }
    static QtMessageHandler& previous() {
        static QtMessageHandler instance = nullptr;
        return instance;
    }
};

}  // namespace dicescope::testing
