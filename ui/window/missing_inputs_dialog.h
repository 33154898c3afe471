#pragma once

#include <QDialog>

#include "core/session/session.h"

class QTreeWidget;

namespace dicescope {

/// Lists what a session names and that is not there, and lets the user say where it is now; a folder that
/// moved brings along what moved with it. Accepted once nothing is missing, or when the user goes on without.
/// GUI thread.
class MissingInputsDialog : public QDialog {
    Q_OBJECT

  public:
    explicit MissingInputsDialog(InputsConfig inputs, QWidget* parent = nullptr);

    [[nodiscard]] const InputsConfig& inputs() const { return inputs_; }
    /// As if the user had chosen `found` for a missing path.
    void locate(const std::filesystem::path& missing, const std::filesystem::path& found);

  private:
    void refresh();
    void askFor(const std::filesystem::path& missing);

    InputsConfig inputs_;
    QTreeWidget* list_;
    QPushButton* locate_;
};

}  // namespace dicescope
