#pragma once

#include <QWidget>
#include <memory>

#include "core/model/classifier_info.h"
#include "ui/base/theme.h"

namespace dicescope {

/// What was found in a model file: head, size, producer, device, the check of the head against the model's
/// own output, hash and note, one line each.
class ModelCard : public QWidget {
    Q_OBJECT

  public:
    explicit ModelCard(QWidget* parent = nullptr);
    ~ModelCard() override;

    void showInfo(const ClassifierInfo& info);
    /// Hides all; nothing is known.
    void clear();
    /// Says that choices changed since the facts were read.
    void setStale(bool stale);
    void setTheme(const Theme& theme);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
