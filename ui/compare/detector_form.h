#pragma once

#include <QWidget>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "core/detectors/registry.h"

class QFormLayout;
class QLabel;

namespace dicescope {

class ChoiceCombo;

/// What one detector is, and its settings: the sentence, the formula, the paper, its variants, and a field
/// for every parameter, made from the registry. GUI thread.
class DetectorForm : public QWidget {
    Q_OBJECT

  public:
    explicit DetectorForm(QWidget* parent = nullptr);

    /// Nothing: shows nothing. reason: why it cannot run, a sentence; empty where it can.
    void setSpec(const std::optional<DetectorSpec>& spec, const QString& reason);
    [[nodiscard]] const std::optional<DetectorSpec>& spec() const { return spec_; }

  signals:
    void specEdited(const DetectorSpec& spec);  ///< by the user

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void describe(const DetectorInfo& info);
    void makeFields(const DetectorInfo& info);
    QWidget* makeField(const DetectorParameter& parameter);
    void fill();
    void edit(const std::string& parameter, double value);
    void chooseVariant(const QString& value);

    std::optional<DetectorSpec> spec_;
    QLabel* name_;
    QLabel* reason_;
    QLabel* explanation_;
    QLabel* formula_;
    QLabel* needs_;
    QLabel* citation_;
    ChoiceCombo* variant_;
    QFormLayout* fields_;
    int fixedRows_ = 0;
    std::map<std::string, std::function<void(double)>> setters_;  ///< by parameter: show this value
};

}  // namespace dicescope
