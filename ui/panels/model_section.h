#pragma once

#include <QWidget>
#include <memory>

#include "core/analysis/inputs.h"
#include "ui/base/theme.h"

class QVBoxLayout;

namespace dicescope {

/// The model of an analysis: its file (or a head's weight and bias from .npy files), the card of what was
/// found in it, and the choices of head, preprocessing and device.
class ModelSection : public QWidget {
    Q_OBJECT

  public:
    explicit ModelSection(QWidget* parent = nullptr);
    ~ModelSection() override;

    /// Shows the model, head, weight, bias, preprocess and device of these inputs. Emits nothing.
    void load(const InputsConfig& inputs);
    void store(InputsConfig& inputs) const;

    /// As the user's choice: takes the place of the model or weight that was there. Emits edited().
    void chooseModel(const std::filesystem::path& path);
    void modelLoaded(const ClassifierInfo& info);
    void setReading(bool reading);
    void setFailed();
    void setTheme(const Theme& theme);

  signals:
    void edited();

  private:
    enum class Wanted { Model, Weight, Bias };

    void buildFile(QVBoxLayout* layout);
    void buildChoices(QVBoxLayout* layout);
    void fillMenu();
    void askFor(Wanted wanted);
    void take(Wanted wanted, const std::filesystem::path& path);
    void askForPreprocess();
    void showFile();
    void setState(const QString& text, bool failed);
    void choiceEdited();

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
