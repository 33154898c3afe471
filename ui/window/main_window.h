#pragma once

#include <QMainWindow>
#include <functional>

#include "ui/base/theme.h"

class QSettings;
class QStackedWidget;

namespace dicescope {

class AnalysisPage;
class MessageBar;
class StartPage;

/// The window: menus with every action and its shortcut, the message bar, and the start page or the analysis.
/// It shows and asks; what happens then is up to whoever connects to its signals. GUI thread.
class MainWindow : public QMainWindow {
    Q_OBJECT

  public:
    explicit MainWindow(QWidget* parent = nullptr);

    [[nodiscard]] AnalysisPage& analysis() const { return *analysis_; }
    [[nodiscard]] StartPage& start() const { return *start_; }
    [[nodiscard]] MessageBar& messages() const { return *messages_; }

    void showStart();
    void showAnalysis();
    [[nodiscard]] bool showsAnalysis() const;

    void setThemeChoice(ThemeChoice choice);
    [[nodiscard]] ThemeChoice themeChoice() const { return themeChoice_; }
    void setRecentSessions(const QStringList& paths);
    /// Which actions make sense now.
    void setCanExport(bool can);

    /// Asked when the user wants to close: false keeps the window open. Without it the window closes.
    void setCloseGuard(std::function<bool()> mayClose);

    void saveLayout(QSettings& settings) const;
    void restoreLayout(QSettings& settings);

  signals:
    void demoRequested();
    void newRequested();
    void benchmarkRequested();
    void openRequested();
    void sessionRequested(const QString& path);
    void saveRequested();
    void saveAsRequested();
    void exportRequested();
    void runRequested();
    void cancelRequested();
    void aboutRequested();
    void dropped(const QStringList& paths);  ///< local files or folders
    void themeChanged();

  protected:
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    void buildFileMenu();
    void buildAnalysisMenu();
    void buildViewMenu();
    void buildHelpMenu();
    void refreshTheme();

    QStackedWidget* pages_;
    StartPage* start_;
    AnalysisPage* analysis_;
    MessageBar* messages_;
    QMenu* recent_ = nullptr;
    QAction* export_ = nullptr;
    QAction* save_ = nullptr;
    QAction* saveAs_ = nullptr;
    QAction* inputsVisible_ = nullptr;
    QAction* metricsVisible_ = nullptr;
    QList<QAction*> onAnalysis_;  ///< actions that need the analysis page
    QList<QAction*> themes_;      ///< in the order of ThemeChoice
    ThemeChoice themeChoice_ = ThemeChoice::System;
    std::function<bool()> mayClose_;
};

}  // namespace dicescope
