#pragma once

#include <QStringList>
#include <QWidget>
#include <memory>

class QVBoxLayout;

namespace dicescope {

/// What the window shows before there is an analysis: the demo, a new analysis, a session to open, the recent
/// sessions (those that are gone greyed), and the hint that a model or folders can be dropped. Whether
/// sessions are there is asked in threads of their own, again whenever the page is shown, so that a network
/// disk that does not answer holds nothing up. GUI thread.
class StartPage : public QWidget {
    Q_OBJECT

  public:
    explicit StartPage(QWidget* parent = nullptr);
    ~StartPage() override;

    /// Newest first; ten are shown.
    void setRecentSessions(const QStringList& paths);

  signals:
    void demoRequested();
    void newAnalysisRequested();
    void benchmarkRequested();
    void openSessionRequested();
    void sessionRequested(const QString& path);

  protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void build();
    [[nodiscard]] QWidget* buildHead();
    [[nodiscard]] QWidget* buildButtons();
    void buildRecents(QVBoxLayout* column);
    void colour();

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
