#include "ui/panels/react_control.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSlider>
#include <algorithm>
#include <cmath>

#include "ui/panels/panel_text.h"
#include "ui/panels/wheel_guard.h"

namespace dicescope {

namespace {

constexpr int kSteps = 1000;

}  // namespace

ReactControl::ReactControl(QWidget* parent)
    : QWidget(parent),
      check_(new QCheckBox(tr("ReAct c"), this)),
      slider_(new QSlider(Qt::Horizontal, this)),
      box_(new QDoubleSpinBox(this)) {
    const QString tip =
        wrappedTip(tr("ReAct clips every penultimate feature at c before the head sees it; few ID features "
                      "are that large, many "
                      "OOD ones are. The contributions that DICE ranks by are taken without the clip."));
    check_->setObjectName(QStringLiteral("reactCheck"));
    slider_->setObjectName(QStringLiteral("reactSlider"));
    box_->setObjectName(QStringLiteral("reactBox"));
    slider_->setAccessibleName(tr("ReAct clip"));
    box_->setAccessibleName(tr("ReAct clip value"));
    slider_->setRange(1, kSteps);
    slider_->setPageStep(kSteps / 20);
    slider_->setFixedWidth(7 * fontMetrics().height());
    box_->setKeyboardTracking(false);
    box_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    guardWheel(slider_);
    guardWheel(box_);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    for (QWidget* widget :
         {static_cast<QWidget*>(check_), static_cast<QWidget*>(slider_), static_cast<QWidget*>(box_)}) {
        widget->setToolTip(tip);
        layout->addWidget(widget);
    }
    connect(check_, &QCheckBox::clicked, this, &ReactControl::toggle);
    connect(slider_, &QSlider::valueChanged, this, [this](int value) { take(largest_ * value / kSteps); });
    connect(box_, &QDoubleSpinBox::valueChanged, this, &ReactControl::take);
    sync();
}

void ReactControl::setClip(std::optional<float> clip) {
    on_ = clip.has_value();
    if (clip) {
        clip_ = static_cast<double>(*clip);
        touched_ = true;
    }
    sync();
}

std::optional<float> ReactControl::clip() const {
    if (!on_) return std::nullopt;
    return static_cast<float>(clip_);
}

void ReactControl::setFeatureRange(double largest, double usual) {
    if (!std::isfinite(largest) || !(largest > 0)) return;
    largest_ = largest;
    if (!touched_ && usual > 0 && usual <= largest) clip_ = usual;
    sync();
}

void ReactControl::toggle(bool on) {
    on_ = on;
    sync();
    emit clipChanged();
}

void ReactControl::take(double clip) {
    clip_ = clip;
    touched_ = true;
    sync();
    emit clipChanged();
}

void ReactControl::sync() {
    const QSignalBlocker quietSlider(slider_);
    const QSignalBlocker quietBox(box_);
    // A clip of a session may lie above every feature.
    largest_ = std::max(largest_, clip_);
    const double step = largest_ / kSteps;
    box_->setDecimals(std::clamp(static_cast<int>(std::ceil(-std::log10(step))), 0, 8));
    box_->setRange(step, largest_);
    box_->setSingleStep(largest_ / 100);
    box_->setValue(clip_);
    slider_->setValue(static_cast<int>(std::lround(clip_ / step)));
    check_->setChecked(on_);
    slider_->setEnabled(on_);
    box_->setEnabled(on_);
}

}  // namespace dicescope
