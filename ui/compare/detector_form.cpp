#include "ui/compare/detector_form.h"

#include <QEvent>
#include <QFormLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <limits>
#include <utility>

#include "ui/compare/detector_text.h"
#include "ui/compare/number_box.h"
#include "ui/panels/choice_combo.h"
#include "ui/panels/panel_text.h"
#include "ui/panels/wheel_guard.h"

namespace dicescope {
namespace {

const QString kDefaults = QStringLiteral("defaults");
const QString kOwn = QStringLiteral("own");

QLabel* textLabel(const char* name, Qt::TextFormat format = Qt::PlainText) {
    auto* label = new QLabel;
    label->setObjectName(QLatin1String(name));
    label->setTextFormat(format);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextBrowserInteraction);
    label->setFocusPolicy(format == Qt::RichText ? Qt::StrongFocus : Qt::NoFocus);
    return label;
}

/// Which entry of the combo a spec is.
QString variantOf(const DetectorSpec& spec, const DetectorInfo& info) {
    const DetectorSpec plain = withoutDefaults(spec);
    if (plain.values.empty()) return kDefaults;
    for (const DetectorVariant& variant : info.variants) {
        if (withoutDefaults({spec.id, variant.values}) == plain) return QString::fromStdString(variant.name);
    }
    return kOwn;
}

}  // namespace

DetectorForm::DetectorForm(QWidget* parent)
    : QWidget(parent),
      name_(textLabel("detectorName")),
      reason_(textLabel("detectorReason")),
      explanation_(textLabel("detectorExplanation")),
      formula_(textLabel("detectorFormula")),
      needs_(textLabel("detectorNeeds")),
      citation_(textLabel("detectorCitation", Qt::RichText)),
      variant_(new ChoiceCombo(QStringLiteral("detectorVariant"), tr("Variant"),
                               tr("Settings under a name: the defaults, or those of a published "
                                  "implementation where it differs"))),
      fields_(new QFormLayout) {
    QFont bold = name_->font();
    bold.setBold(true);
    name_->setFont(bold);
    formula_->setToolTip(
        wrappedTip(tr("h: features, W and b: weights and bias of the head, l = W h + b, q = softmax(l), "
                      "E = logsumexp. Larger is more in-distribution.")));
    citation_->setOpenExternalLinks(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 2, 4, 4);
    column->setSpacing(4);
    for (QLabel* label : {name_, reason_, explanation_, formula_, needs_, citation_})
        column->addWidget(label);
    fields_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    fields_->addRow(tr("Variant"), variant_);
    fixedRows_ = fields_->rowCount();
    column->addLayout(fields_);
    column->addStretch();
    connect(variant_, &ChoiceCombo::chosen, this, &DetectorForm::chooseVariant);
    setSpec(std::nullopt, {});
}

void DetectorForm::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    // The label keeps the colour that links had when it got its text.
    if (event->type() != QEvent::PaletteChange) return;
    const QString citation = citation_->text();
    citation_->clear();
    citation_->setText(citation);
}

void DetectorForm::setSpec(const std::optional<DetectorSpec>& spec, const QString& reason) {
    const bool sameDetector = spec && spec_ && spec->id == spec_->id;
    spec_ = spec;
    reason_->setText(reason);
    reason_->setVisible(!reason.isEmpty());
    if (!sameDetector) {
        while (fields_->rowCount() > fixedRows_) fields_->removeRow(fixedRows_);
        setters_.clear();
        setEnabled(spec.has_value());
        name_->setText(spec ? QString() : tr("Select a detector to see what it is."));
        for (QLabel* label : {explanation_, formula_, needs_, citation_}) label->setVisible(spec.has_value());
        fields_->setRowVisible(0, false);
        if (spec) {
            describe(*findDetector(spec->id));
            makeFields(*findDetector(spec->id));
        }
    }
    if (spec) fill();
}

void DetectorForm::describe(const DetectorInfo& info) {
    name_->setText(QString::fromStdString(info.displayName));
    explanation_->setText(QString::fromStdString(info.explanation));
    formula_->setText(QString::fromStdString(info.formula));
    citation_->setText(citationText(info.citation));
    citation_->setVisible(!citation_->text().isEmpty());
}

void DetectorForm::makeFields(const DetectorInfo& info) {
    fields_->setRowVisible(0, !info.parameters.empty());
    variant_->clear();
    variant_->addChoice(tr("defaults"), kDefaults);
    for (const DetectorVariant& variant : info.variants) {
        variant_->addChoice(variantText(variant.name), QString::fromStdString(variant.name));
        variant_->setItemData(variant_->count() - 1, wrappedTip(QString::fromStdString(variant.explanation)),
                              Qt::ToolTipRole);
    }
    for (const DetectorParameter& parameter : info.parameters) {
        QWidget* field = makeField(parameter);
        const QString parameterName = QString::fromStdString(parameter.name);
        field->setObjectName(QStringLiteral("parameter_") + parameterName);
        field->setAccessibleName(parameterName);
        field->setToolTip(wrappedTip(parameterTip(parameter)));
        fields_->addRow(parameterName, field);
        fields_->labelForField(field)->setToolTip(field->toolTip());
    }
}

QWidget* DetectorForm::makeField(const DetectorParameter& parameter) {
    const std::string key = parameter.name;
    if (!parameter.choices.empty()) {
        auto* box = new ChoiceCombo({}, {}, {});
        for (std::size_t i = 0; i < parameter.choices.size(); ++i)
            box->addChoice(QString::fromStdString(parameter.choices[i]), QString::number(i));
        connect(box, &ChoiceCombo::chosen, this,
                [this, key](const QString& value) { edit(key, value.toDouble()); });
        setters_[key] = [box](double value) { box->setCurrentIndex(static_cast<int>(value)); };
        return box;
    }
    const auto connectBox = [&](auto* box) {
        guardWheel(box);
        using Box = std::remove_pointer_t<decltype(box)>;
        using Value = decltype(box->value());
        connect(box, qOverload<Value>(&Box::valueChanged), this,
                [this, key](Value value) { edit(key, static_cast<double>(value)); });
        setters_[key] = [box](double value) {
            const QSignalBlocker blocker(box);
            box->setValue(static_cast<Value>(value));
        };
    };
    if (parameter.integer) {
        constexpr double kMost = std::numeric_limits<int>::max();
        auto* box = new QSpinBox;
        box->setRange(static_cast<int>(parameter.smallest),
                      static_cast<int>(std::min(parameter.largest, kMost)));
        box->setKeyboardTracking(false);
        box->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        connectBox(box);
        return box;
    }
    auto* box = new NumberBox;
    box->setRange(parameter.smallest, std::min(parameter.largest, std::numeric_limits<double>::max()));
    connectBox(box);
    return box;
}

void DetectorForm::fill() {
    const DetectorInfo& info = *findDetector(spec_->id);
    for (const DetectorParameter& parameter : info.parameters)
        setters_.at(parameter.name)(parameterValue(*spec_, parameter.name));
    needs_->setText(tr("Needs %1.").arg(needText(needOf(*spec_))));
    const QString variant = variantOf(*spec_, info);
    if (const int own = variant_->findData(kOwn); own >= 0 && variant != kOwn) variant_->removeItem(own);
    variant_->setValue(variant, tr("own settings"));
    const DetectorVariant* named = info.variant(variant.toStdString());
    variant_->setToolTip(wrappedTip(named != nullptr
                                        ? QString::fromStdString(named->explanation)
                                        : tr("Settings under a name: the defaults, or those of a "
                                             "published implementation where it differs")));
}

void DetectorForm::edit(const std::string& parameter, double value) {
    DetectorSpec edited = *spec_;
    edited.values[parameter] = value;
    if (checkDetectorSpec(edited)) {
        spec_ = withoutDefaults(std::move(edited));
        emit specEdited(*spec_);
    }
    fill();
}

void DetectorForm::chooseVariant(const QString& value) {
    if (value == kOwn) return;
    const DetectorVariant* variant = findDetector(spec_->id)->variant(value.toStdString());
    spec_ =
        withoutDefaults({spec_->id, variant != nullptr ? variant->values : std::map<std::string, double>{}});
    emit specEdited(*spec_);
    fill();
}

}  // namespace dicescope
