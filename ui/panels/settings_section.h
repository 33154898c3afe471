#pragma once

#include <QWidget>
#include <memory>

#include "core/analysis/inputs.h"

class QVBoxLayout;

namespace dicescope {

/// What most analyses leave as it is: class names, threads, batch size, the feature cache.
class SettingsSection : public QWidget {
    Q_OBJECT

  public:
    explicit SettingsSection(QWidget* parent = nullptr);
    ~SettingsSection() override;

    /// Shows the class-name file and the extraction settings of these inputs, but for the device. Emits
    /// nothing.
    void load(const InputsConfig& inputs);
    void store(InputsConfig& inputs) const;

  signals:
    void edited();

  private:
    void buildClasses(QVBoxLayout* layout);
    void buildExtraction(QVBoxLayout* layout);
    void setClasses(const std::filesystem::path& path);

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
