#pragma once

#include <QFrame>
#include <memory>

#include "ui/panels/message_bar.h"

class QHBoxLayout;

namespace dicescope {

/// One message of a MessageBar.
class MessageItem : public QFrame {
    Q_OBJECT

  public:
    MessageItem(MessageBar::Severity severity, const QString& text, const QString& details,
                QWidget* parent = nullptr);
    ~MessageItem() override;

    [[nodiscard]] MessageBar::Severity severity() const;
    [[nodiscard]] QString text() const;
    void setDetails(const QString& details);

  signals:
    void closed();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void build(const QString& text);
    void buildButtons(QHBoxLayout* row);
    void colour();
    void unfold(bool unfolded);
    void copy();

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
