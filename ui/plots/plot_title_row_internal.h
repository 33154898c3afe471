#pragma once

#include <QCoreApplication>
#include <QLabel>
#include <QToolButton>
#include <QWidget>

#include "ui/base/theme.h"

class QHBoxLayout;

namespace dicescope {

/// A line of text in the colour of what it speaks of, cut at its end where it is too long. A new text never
/// changes the layout of the window, so that it costs no more than its own painting.
class ReadingLabel : public QWidget {
  public:
    explicit ReadingLabel(QWidget* parent);
    void setText(const QString& text, const QColor& color);
    [[nodiscard]] const QString& text() const { return text_; }
    [[nodiscard]] QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString text_;
    QColor color_;
};

/// Name, reading, progress and buttons above a plot.
class PlotTitleRow : public QWidget {
    Q_DECLARE_TR_FUNCTIONS(dicescope::PlotFrame)

  public:
    PlotTitleRow(const QString& title, QWidget* parent);

    [[nodiscard]] QToolButton& maximiseButton() const { return *maximise_; }
    [[nodiscard]] QToolButton& resetButton() const { return *reset_; }
    [[nodiscard]] ReadingLabel& reading() const { return *reading_; }
    void addBeforeButtons(QWidget* widget);
    /// Share of the images that the plot speaks of; 1: nothing is said.
    void setProgress(double share);
    void setMaximised(bool maximised);
    void applyTheme(const Theme& theme);

  private:
    void refreshIcons();

    QHBoxLayout* layout_;
    QLabel* title_;
    ReadingLabel* reading_;
    QLabel* progress_;
    QToolButton* reset_;
    QToolButton* maximise_;
    QColor iconColor_;
    bool maximised_ = false;
};

}  // namespace dicescope
