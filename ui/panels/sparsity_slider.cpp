#include "ui/panels/sparsity_slider.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "ui/panels/metric_text.h"
#include "ui/panels/panel_text.h"
#include "ui/panels/sparsity_groove.h"

namespace dicescope {

namespace {

constexpr double kDenseValue = -1;  // what the number box holds at the dense head, and shows as a word
constexpr double kFirstP = 90;      // where the Dense button leads back to before any p was looked at

/// A number box whose steps the slider takes, because the next level need not be one step away.
class LevelBox : public QDoubleSpinBox {
  public:
    LevelBox(std::function<void(int)> step, QWidget* parent)
        : QDoubleSpinBox(parent), step_(std::move(step)) {}
    void stepBy(int steps) override { step_(steps); }

  private:
    std::function<void(int)> step_;
};

int decimalsOf(const std::vector<double>& levels) {
    constexpr int kMostDecimals = 4;
    int decimals = 1;
    double scale = 10;
    const auto fits = [&](double level) {
        return std::abs(level * scale - std::round(level * scale)) < 1e-6;
    };
    while (decimals < kMostDecimals && !std::all_of(levels.begin(), levels.end(), fits)) {
        ++decimals;
        scale *= 10;
    }
    return decimals;
}

}  // namespace

struct SparsitySlider::Impl {
    explicit Impl(SparsitySlider* slider);

    void buildGroove();
    void buildBox();
    void buildButtons();
    void sync();
    void change(int value);
    void typed(double p);
    void toggleDense();
    [[nodiscard]] std::size_t rowOf(int value) const;
    [[nodiscard]] int valueOf(std::size_t row) const;
    [[nodiscard]] std::optional<double> pOf(int value) const;

    SparsitySlider* owner;
    QPushButton* dense;
    SparsityGroove* groove;
    LevelBox* box;
    QCheckBox* fine;
    double lastP = kFirstP;
    bool byProgram = false;
};

SparsitySlider::Impl::Impl(SparsitySlider* slider)
    : owner(slider),
      dense(new QPushButton(SparsitySlider::tr("Dense"), slider)),
      groove(new SparsityGroove(slider)),
      box(new LevelBox([this](int steps) { groove->setValue(groove->moved(steps * box->singleStep())); },
                       slider)),
      fine(new QCheckBox(SparsitySlider::tr("Fine"), slider)) {
    buildGroove();
    buildBox();
    buildButtons();
    auto* layout = new QHBoxLayout(slider);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(dense);
    layout->addWidget(groove, 1);
    layout->addWidget(box);
    layout->addWidget(fine);
    slider->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    slider->setFocusProxy(groove);
}

void SparsitySlider::Impl::buildGroove() {
    groove->setObjectName(QStringLiteral("sparsityGroove"));
    groove->setAccessibleName(SparsitySlider::tr("Sparsity p"));
    QObject::connect(groove, &QAbstractSlider::valueChanged, owner, [this](int value) { change(value); });
}

void SparsitySlider::Impl::buildBox() {
    box->setObjectName(QStringLiteral("pBox"));
    box->setAccessibleName(SparsitySlider::tr("Sparsity p in percent"));
    box->setToolTip(wrappedTip(
        SparsitySlider::tr("p: the percentage of the head's weights that are dropped. A p that the sweep "
                           "does not have goes to the nearest one that it has.")));
    box->setSuffix(QStringLiteral(" %"));
    box->setRange(kDenseValue, 100);
    box->setSpecialValueText(SparsitySlider::tr("dense"));
    box->setDecimals(1);
    box->setSingleStep(1);
    box->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    box->setKeyboardTracking(false);
    QObject::connect(box, &QDoubleSpinBox::valueChanged, owner, [this](double p) { typed(p); });
}

void SparsitySlider::Impl::buildButtons() {
    dense->setObjectName(QStringLiteral("denseButton"));
    dense->setCheckable(true);
    dense->setToolTip(wrappedTip(
        SparsitySlider::tr("The head with all its weights, which every p is compared with. Press again "
                           "to go back to the last p.")));
    fine->setObjectName(QStringLiteral("fineSteps"));
    fine->setAccessibleName(SparsitySlider::tr("Fine steps"));
    fine->setToolTip(wrappedTip(
        SparsitySlider::tr("Steps of 0.1 % in place of 1 %: the sweep then has 1,001 levels and takes a "
                           "little longer.")));
    QObject::connect(dense, &QPushButton::clicked, owner, [this] { toggleDense(); });
    QObject::connect(fine, &QCheckBox::clicked, owner, [this](bool on) {
        owner->setFine(on);
        emit owner->fineToggled(on);
    });
}

std::size_t SparsitySlider::Impl::rowOf(int value) const {
    return value < 0 ? groove->levels().size() : static_cast<std::size_t>(value);
}

int SparsitySlider::Impl::valueOf(std::size_t row) const {
    return row < groove->levels().size() ? static_cast<int>(row) : SparsityGroove::kDense;
}

std::optional<double> SparsitySlider::Impl::pOf(int value) const {
    if (value < 0) return std::nullopt;
    return groove->levels()[static_cast<std::size_t>(value)];
}

/// Makes the box, the button and what assistive technology reads agree with the groove.
void SparsitySlider::Impl::sync() {
    const auto p = pOf(groove->value());
    if (p) lastP = *p;
    const QSignalBlocker quiet(box);
    box->setValue(p.value_or(kDenseValue));
    dense->setChecked(!p);
    groove->setAccessibleDescription(
        p ? SparsitySlider::tr("%1 of the weights dropped").arg(percentLevelText(*p))
          : SparsitySlider::tr("The dense head, no weight dropped"));
}

void SparsitySlider::Impl::change(int value) {
    sync();
    if (!byProgram) emit owner->rowChanged(rowOf(value));
}

void SparsitySlider::Impl::typed(double p) {
    groove->setValue(p <= kDenseValue ? SparsityGroove::kDense : groove->nearest(p));
    sync();  // what was typed may be no level, and the groove may not have moved
}

void SparsitySlider::Impl::toggleDense() {
    groove->setValue(groove->value() < 0 ? groove->nearest(lastP) : SparsityGroove::kDense);
    sync();
}

SparsitySlider::SparsitySlider(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>(this)) {
    setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
    setLevels({});
}

SparsitySlider::~SparsitySlider() = default;

void SparsitySlider::setLevels(const std::vector<double>& levels) {
    const auto current = p();
    if (levels != impl_->groove->levels() || levels.empty()) {
        impl_->byProgram = true;
        impl_->groove->setLevels(levels);
        impl_->groove->setValue(current ? impl_->groove->nearest(*current) : SparsityGroove::kDense);
        impl_->byProgram = false;
    }
    const QSignalBlocker quiet(impl_->box);
    impl_->box->setDecimals(decimalsOf(levels));
    for (QWidget* widget : {static_cast<QWidget*>(impl_->dense), static_cast<QWidget*>(impl_->groove),
                            static_cast<QWidget*>(impl_->box)}) {
        widget->setEnabled(!levels.empty());
    }
    impl_->sync();
}

void SparsitySlider::setRow(std::size_t row) {
    impl_->byProgram = true;
    impl_->groove->setValue(impl_->valueOf(row));
    impl_->byProgram = false;
}

std::size_t SparsitySlider::row() const {
    return impl_->rowOf(impl_->groove->value());
}

std::optional<double> SparsitySlider::p() const {
    return impl_->pOf(impl_->groove->value());
}

void SparsitySlider::setMarks(std::optional<std::size_t> best, std::optional<std::size_t> chosen) {
    const auto mark = [this](std::optional<std::size_t> row) -> std::optional<int> {
        if (!row || *row > impl_->groove->levels().size()) return std::nullopt;
        return impl_->valueOf(*row);
    };
    impl_->groove->setMarks(mark(best), mark(chosen));
}

void SparsitySlider::setFine(bool fine) {
    impl_->fine->setChecked(fine);
    impl_->box->setSingleStep(fine ? 0.1 : 1);
}

}  // namespace dicescope
