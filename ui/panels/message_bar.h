#pragma once

#include <QWidget>
#include <memory>

#include "core/base/error.h"

namespace dicescope {

class MessageItem;

/// A bar at the top of the page for what went wrong or deserves a word: the sentence, details to unfold and
/// copy, a button to close it. Hidden while there is nothing to say. Several messages stack, newest first, at
/// most five; the same text again does not add one but moves that message to the top, with the new details.
/// Escape closes the newest while the bar has the focus. Never modal; takes no focus by itself. GUI thread.
class MessageBar : public QWidget {
    Q_OBJECT

  public:
    enum class Severity { Note, Warning, Failure };

    explicit MessageBar(QWidget* parent = nullptr);
    ~MessageBar() override;

    void post(Severity severity, const QString& text, const QString& details = {});
    /// A failure with the error's sentence; a cancelled job is none and posts nothing.
    void post(const Error& error);
    void clear();
    [[nodiscard]] int count() const;

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void close(MessageItem* item);

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
