#include "ui/panels/exploration_controls.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QSignalBlocker>
#include <QSpinBox>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ui/panels/exploration_choices.h"
#include "ui/panels/flow_layout.h"
#include "ui/panels/metric_text.h"
#include "ui/panels/panel_text.h"
#include "ui/panels/react_control.h"
#include "ui/panels/wheel_guard.h"

namespace dicescope {

namespace {

constexpr int kFewestBins = 10;
constexpr int kMostBins = 500;
constexpr double kLowestTpr = 50;  // percent
constexpr double kHighestTpr = 99.9;

bool isRandom(RankingRule rule) {
    return rule == RankingRule::RandomWeight || rule == RankingRule::RandomUnit;
}

bool sameChoice(const std::optional<LevelChoiceRequest>& a, const std::optional<LevelChoiceRequest>& b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return a->on == b->on && a->criterion == b->criterion && a->allowReported == b->allowReported;
}

void selectData(QComboBox* box, const QVariant& value) {
    const QSignalBlocker quiet(box);
    box->setCurrentIndex(box->findData(value));
}

}  // namespace

struct ExplorationControls::Impl {
    explicit Impl(ExplorationControls* controls);

    template <class Box>
    QWidget* field(Box* box, const char* objectName, const QString& label, const QString& tip);
    QComboBox* combo(const char* objectName, const QString& label, const QString& tip,
                     const std::vector<NamedChoice>& choices);
    void buildSweep();
    void buildView();
    void buildChoice();

    /// What a user's edit does: nothing where the value stays, else shows what follows from it and tells.
    template <class Value>
    void take(Value& place, const Value& value) {
        if (place == value) return;
        place = value;
        sync();
        emit owner->changed();
    }
    void takeChoice();
    void fillChoices();
    void sync();

    ExplorationControls* owner;
    FlowLayout* flow;
    ExplorationSweep sweep;
    ExplorationView view;
    QStringList validation;
    QStringList reported;
    QComboBox* score = nullptr;
    QComboBox* rule = nullptr;
    QSpinBox* seed = nullptr;
    QWidget* seedField = nullptr;
    ReactControl* react = nullptr;
    QSpinBox* bins = nullptr;
    QComboBox* range = nullptr;
    QDoubleSpinBox* tpr = nullptr;
    QComboBox* choice = nullptr;
    QComboBox* criterion = nullptr;
};

ExplorationControls::Impl::Impl(ExplorationControls* controls)
    : owner(controls), flow(new FlowLayout(controls)) {
    const int em = controls->fontMetrics().height();
    flow->setContentsMargins(0, 0, 0, 0);
    flow->setSpacings(em, em / 3);
    buildSweep();
    buildView();
    buildChoice();
    fillChoices();
    sync();
}

/// A labelled box that wraps as one; the box gets the name, the label, the tip and the wheel guard.
template <class Box>
QWidget* ExplorationControls::Impl::field(Box* box, const char* objectName, const QString& text,
                                          const QString& tip) {
    auto* holder = new QWidget(owner);
    auto* label = new QLabel(text, holder);
    auto* layout = new QHBoxLayout(holder);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(owner->fontMetrics().height() / 3);
    layout->addWidget(label);
    layout->addWidget(box);
    box->setObjectName(QLatin1String(objectName));
    box->setAccessibleName(text);
    label->setBuddy(box);
    label->setToolTip(wrappedTip(tip));
    box->setToolTip(wrappedTip(tip));
    guardWheel(box);
    flow->addWidget(holder);
    return holder;
}

QComboBox* ExplorationControls::Impl::combo(const char* objectName, const QString& label, const QString& tip,
                                            const std::vector<NamedChoice>& choices) {
    auto* box = new QComboBox;
    for (const NamedChoice& entry : choices) {
        box->addItem(entry.name, entry.value);
        box->setItemData(box->count() - 1, wrappedTip(entry.tip), Qt::ToolTipRole);
    }
    field(box, objectName, label, tip);
    return box;
}

void ExplorationControls::Impl::buildSweep() {
    score =
        combo("scoreBox", ExplorationControls::tr("Score"),
              ExplorationControls::tr("What is computed of the logits to tell ID from OOD; high means ID."),
              scoreChoices());
    rule = combo(
        "ruleBox", ExplorationControls::tr("Ranking"),
        ExplorationControls::tr(
            "What orders the head's weights for dropping. The percentile p of this ranking is the threshold "
            "below which weights go."),
        rankingChoices());
    seed = new QSpinBox;
    seed->setRange(0, std::numeric_limits<int>::max());
    seed->setKeyboardTracking(false);
    seedField = field(seed, "seedBox", ExplorationControls::tr("Seed"),
                      ExplorationControls::tr("Another seed gives another random order."));
    react = new ReactControl(owner);
    flow->addWidget(react);
    QObject::connect(score, &QComboBox::activated, owner,
                     [this] { take(view.score, static_cast<ScoreKind>(score->currentData().toInt())); });
    QObject::connect(rule, &QComboBox::activated, owner,
                     [this] { take(sweep.rule, static_cast<RankingRule>(rule->currentData().toInt())); });
    QObject::connect(seed, &QSpinBox::valueChanged, owner,
                     [this](int value) { take(sweep.seed, static_cast<std::uint64_t>(value)); });
    QObject::connect(react, &ReactControl::clipChanged, owner,
                     [this] { take(sweep.reactClip, react->clip()); });
}

void ExplorationControls::Impl::buildView() {
    tpr = new QDoubleSpinBox;
    tpr->setSuffix(QStringLiteral(" %"));
    tpr->setKeyboardTracking(false);
    field(tpr, "tprBox", ExplorationControls::tr("TPR level"),
          ExplorationControls::tr("The share of ID images that the threshold accepts at least; the FPR is "
                                  "read there. The convention is 95 %."));
    bins = new QSpinBox;
    bins->setKeyboardTracking(false);
    bins->setSingleStep(10);
    field(bins, "binsBox", ExplorationControls::tr("Bins"),
          ExplorationControls::tr("Number of bins of the score histograms."));
    range = combo("rangeBox", ExplorationControls::tr("Range"),
                  ExplorationControls::tr("Over which scores the bins reach."), binRangeChoices());
    QObject::connect(tpr, &QDoubleSpinBox::valueChanged, owner,
                     [this](double percent) { take(view.tprLevel, std::round(percent * 1e4) / 1e6); });
    QObject::connect(bins, &QSpinBox::valueChanged, owner,
                     [this](int value) { take(view.bins, static_cast<std::size_t>(value)); });
    QObject::connect(range, &QComboBox::activated, owner,
                     [this] { take(view.binRange, static_cast<BinRange>(range->currentData().toInt())); });
}

void ExplorationControls::Impl::buildChoice() {
    choice = combo(
        "choiceBox", ExplorationControls::tr("Choose p on"),
        ExplorationControls::tr(
            "Which set p is chosen on, as one would without knowing the OOD sets: on noise or on validation "
            "sets that are not reported. Chosen on a reported set the result is optimistic."),
        {});
    choice->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    choice->setMaximumWidth(20 * owner->fontMetrics().height());
    criterion = combo("criterionBox", ExplorationControls::tr("by"),
                      ExplorationControls::tr("What makes a p the best one on that set."),
                      {{static_cast<int>(LevelCriterion::Fpr95), QString(),
                        ExplorationControls::tr("The lowest FPR, ID positive.")},
                       {static_cast<int>(LevelCriterion::Auroc), ExplorationControls::tr("AUROC"),
                        ExplorationControls::tr("The highest AUROC.")}});
    QObject::connect(choice, &QComboBox::activated, owner, [this] { takeChoice(); });
    QObject::connect(criterion, &QComboBox::activated, owner, [this] { takeChoice(); });
}

void ExplorationControls::Impl::takeChoice() {
    std::optional<LevelChoiceRequest> request;
    if (const QString on = choice->currentData().toString(); !on.isEmpty()) {
        request.emplace();
        request->on = on.toStdString();
        request->criterion = static_cast<LevelCriterion>(criterion->currentData().toInt());
        request->allowReported = reported.contains(on);
    }
    if (sameChoice(request, view.choice)) return;
    view.choice = std::move(request);
    sync();
    emit owner->changed();
}

void ExplorationControls::Impl::fillChoices() {
    const QSignalBlocker quiet(choice);
    choice->clear();
    choice->addItem(ExplorationControls::tr("none"), QString());
    const auto add = [this](const QString& name, const QString& text, const QString& tip) {
        choice->addItem(text, name);
        choice->setItemData(choice->count() - 1, wrappedTip(tip), Qt::ToolTipRole);
    };
    const QString noise =
        QString::fromUtf8(kNoiseSetName.data(), static_cast<qsizetype>(kNoiseSetName.size()));
    for (const QString& name : validation) {
        add(name, name,
            name == noise
                ? ExplorationControls::tr("Images of Gaussian noise: needs no OOD data, as in the paper.")
                : ExplorationControls::tr("A set that is not reported."));
    }
    for (const QString& name : reported) {
        add(name, ExplorationControls::tr("%1 (reported: optimistic)").arg(name),
            ExplorationControls::tr(
                "This set is also reported, so the numbers there are fitted to it: a bound, not a result."));
    }
    const QString chosen = view.choice ? QString::fromStdString(view.choice->on) : QString();
    if (!chosen.isEmpty() && choice->findData(chosen) < 0) {
        add(chosen, ExplorationControls::tr("%1 (not there)").arg(chosen),
            ExplorationControls::tr("No set of this analysis has this name."));
    }
    selectData(choice, chosen);
    choice->view()->setMinimumWidth(choice->view()->sizeHintForColumn(0) + owner->fontMetrics().height());
}

/// Shows the choices as they are; the boxes are made wide enough for what a session may hold.
void ExplorationControls::Impl::sync() {
    const QSignalBlocker quietSeed(seed);
    const QSignalBlocker quietBins(bins);
    const QSignalBlocker quietTpr(tpr);
    selectData(score, static_cast<int>(view.score));
    selectData(rule, static_cast<int>(sweep.rule));
    seed->setValue(static_cast<int>(std::min<std::uint64_t>(sweep.seed, std::numeric_limits<int>::max())));
    seedField->setVisible(isRandom(sweep.rule));
    react->setClip(sweep.reactClip);
    const auto binCount = static_cast<int>(view.bins);
    bins->setRange(std::min(kFewestBins, binCount), std::max(kMostBins, binCount));
    bins->setValue(binCount);
    const double percent = view.tprLevel * 100;
    tpr->setDecimals(std::abs(percent * 10 - std::round(percent * 10)) < 1e-6 ? 1 : 4);
    tpr->setRange(std::min(kLowestTpr, percent), std::max(kHighestTpr, percent));
    tpr->setValue(percent);
    selectData(range, static_cast<int>(view.binRange));
    criterion->setItemText(0, fprName(view.tprLevel));
    criterion->setEnabled(view.choice.has_value());
    if (view.choice) selectData(criterion, static_cast<int>(view.choice->criterion));
}

ExplorationControls::ExplorationControls(QWidget* parent)
    : QWidget(parent), impl_(std::make_unique<Impl>(this)) {
    setLocale(QLocale(QLocale::English, QLocale::UnitedStates));
}

ExplorationControls::~ExplorationControls() = default;

void ExplorationControls::setChoices(const ExplorationSweep& sweep, const ExplorationView& view) {
    impl_->sweep = sweep;
    impl_->view = view;
    impl_->fillChoices();
    impl_->sync();
}

void ExplorationControls::setChoiceSets(const QStringList& validation, const QStringList& reported) {
    impl_->validation = validation;
    impl_->reported = reported;
    impl_->fillChoices();
}

void ExplorationControls::setFeatureRange(double largest, double usual) {
    impl_->react->setFeatureRange(largest, usual);
}

ExplorationSweep ExplorationControls::sweep() const {
    return impl_->sweep;
}

ExplorationView ExplorationControls::view() const {
    return impl_->view;
}

}  // namespace dicescope
