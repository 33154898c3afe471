#include "ui/inspect/image_filter_bar.h"

#include <QCheckBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "ui/base/theme.h"
#include "ui/panels/choice_combo.h"
#include "ui/panels/exploration_choices.h"
#include "ui/panels/flow_layout.h"
#include "ui/panels/icons.h"
#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

constexpr int kOrderLetters = 18;
const QString kAny = QStringLiteral("any");

QString toValue(std::optional<std::int32_t> number) {
    return number ? QString::number(*number) : kAny;
}

std::optional<std::int32_t> toNumber(const QString& value) {
    return value == kAny || value.isEmpty() ? std::nullopt : std::optional(value.toInt());
}

QString orderValue(ImageOrder order, std::optional<ScoreKind> other) {
    const QString value = QString::number(static_cast<int>(order));
    return order == ImageOrder::Column && other
               ? value + QLatin1Char('/') + QString::number(static_cast<int>(*other))
               : value;
}

bool hasLabels(const InspectedSet& set) {
    return std::ranges::any_of(set.set->labels, [](int label) { return label >= 0; });
}

QIcon colourIcon(const QColor& colour, int side) {
    QPixmap pixmap(side, side);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colour.darker(130));
    painter.setBrush(colour);
    painter.drawRoundedRect(QRectF(pixmap.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
    return {pixmap};
}

}  // namespace

struct ImageFilterBar::Impl {
    explicit Impl(ImageFilterBar& owner) : bar(owner) {}

    void build();
    QWidget* labelled(const QString& text, ChoiceCombo* combo);
    QCheckBox* check(const char* name, const QString& text, const QString& tip, bool ImageFilter::*member);
    void connectChoices();
    void offer();
    void offerSets();
    void offerClasses(ChoiceCombo* combo, const QString& all);
    void offerOrders();
    void show();
    void showRange();
    void showDirection();
    void change(const ImageQuery& next);

    ImageFilterBar& bar;
    InspectionPtr inspection;
    ImageQuery query;
    ChoiceCombo* set = nullptr;
    ChoiceCombo* label = nullptr;
    ChoiceCombo* predicted = nullptr;
    ChoiceCombo* order = nullptr;
    QPushButton* direction = nullptr;
    std::array<std::pair<QCheckBox*, bool ImageFilter::*>, 3> checks{};
    QPushButton* range = nullptr;
    QLabel* count = nullptr;
    QPushButton* save = nullptr;
};

ImageFilterBar::ImageFilterBar(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>(*this)) {
    setObjectName(QStringLiteral("imageFilterBar"));
    impl_->build();
    impl_->connectChoices();
    impl_->offer();
}

ImageFilterBar::~ImageFilterBar() = default;

QWidget* ImageFilterBar::Impl::labelled(const QString& text, ChoiceCombo* combo) {
    auto* group = new QWidget(&bar);
    auto* row = new QHBoxLayout(group);
    row->setContentsMargins(0, 0, 0, 0);
    auto* name = new QLabel(text, group);
    name->setBuddy(combo);
    row->addWidget(name);
    row->addWidget(combo);
    return group;
}

QCheckBox* ImageFilterBar::Impl::check(const char* name, const QString& text, const QString& tip,
                                       bool ImageFilter::*member) {
    auto* box = new QCheckBox(text, &bar);
    box->setObjectName(QLatin1String(name));
    box->setToolTip(wrappedTip(tip));
    QObject::connect(box, &QCheckBox::clicked, &bar, [this, member](bool checked) {
        ImageQuery next = query;
        next.filter.*member = checked;
        change(next);
    });
    return box;
}

void ImageFilterBar::Impl::build() {
    set = new ChoiceCombo(QStringLiteral("imageSetCombo"), tr("Set"), tr("Images of one set only."), &bar);
    label = new ChoiceCombo(QStringLiteral("imageClassCombo"), tr("Class"),
                            tr("Images of one class only, by their folder."), &bar);
    predicted = new ChoiceCombo(QStringLiteral("imagePredictedCombo"), tr("Predicted class"),
                                tr("Images that the dense head takes for one class only."), &bar);
    order =
        new ChoiceCombo(QStringLiteral("imageOrderCombo"), tr("Sort by"),
                        tr("What the images are sorted by; the value below each image is this one."), &bar);
    direction = new QPushButton(&bar);
    direction->setObjectName(QStringLiteral("imageDirectionButton"));
    checks = {
        std::pair{check("wronglyAcceptedCheck", tr("Wrongly accepted"),
                        tr("Out-of-distribution images whose score reaches the threshold: what FPR95 "
                           "counts."),
                        &ImageFilter::wronglyAccepted),
                  &ImageFilter::wronglyAccepted},
        {check("wronglyRejectedCheck", tr("Wrongly rejected"),
               tr("In-distribution images whose score does not reach the threshold. Together with "
                  "Wrongly accepted: either of them."),
               &ImageFilter::wronglyRejected),
         &ImageFilter::wronglyRejected},
        {check("changedCheck", tr("Changed by sparsity"),
               tr("Images that only one of the dense head and the sparse head at the current p accepts, "
                  "each by its own threshold."),
               &ImageFilter::changed),
         &ImageFilter::changed}};
    range = new QPushButton(&bar);
    range->setObjectName(QStringLiteral("scoreRangeButton"));
    range->setIcon(symbolicIcon(QStringLiteral("close")));
    range->setToolTip(tr("Show the images of all scores again"));
    count = new QLabel(&bar);
    count->setObjectName(QStringLiteral("imageCountLabel"));
    save = new QPushButton(tr("Export list…"), &bar);
    save->setObjectName(QStringLiteral("exportImagesButton"));
    save->setToolTip(wrappedTip(
        tr("Write these images as CSV, filtered and sorted as they are shown: path, classes, scores "
           "of both heads and whether they accept the image.")));

    order->setMinimumContentsLength(kOrderLetters);
    // The layout puts its items at the tops of its lines.
    for (QWidget* each :
         std::initializer_list<QWidget*>{checks[0].first, checks[1].first, checks[2].first, count})
        each->setMinimumHeight(order->sizeHint().height());

    auto* flow = new FlowLayout(&bar);
    const int gap = bar.fontMetrics().averageCharWidth();
    flow->setSpacings(gap * 2, gap / 2);
    flow->setContentsMargins(0, 0, 0, 0);
    flow->addWidget(labelled(tr("Set"), set));
    flow->addWidget(labelled(tr("Class"), label));
    flow->addWidget(labelled(tr("Predicted"), predicted));
    for (const auto& [box, member] : checks) flow->addWidget(box);
    QWidget* sorting = labelled(tr("Sort by"), order);
    sorting->layout()->addWidget(direction);
    flow->addWidget(sorting);
    flow->addWidget(range);
    flow->addWidget(count);
    flow->addWidget(save);
}

void ImageFilterBar::Impl::connectChoices() {
    connect(set, &ChoiceCombo::chosen, &bar, [this](const QString& value) {
        ImageQuery next = query;
        next.filter.sets.clear();
        if (const auto index = toNumber(value))
            next.filter.sets.push_back(static_cast<std::uint32_t>(*index));
        change(next);
    });
    connect(label, &ChoiceCombo::chosen, &bar, [this](const QString& value) {
        ImageQuery next = query;
        next.filter.label = toNumber(value);
        change(next);
    });
    connect(predicted, &ChoiceCombo::chosen, &bar, [this](const QString& value) {
        ImageQuery next = query;
        next.filter.predicted = toNumber(value);
        change(next);
    });
    connect(order, &ChoiceCombo::chosen, &bar, [this](const QString& value) {
        const QStringList parts = value.split(QLatin1Char('/'));
        ImageQuery next = query;
        next.order = static_cast<ImageOrder>(parts.value(0).toInt());
        next.other =
            parts.size() > 1 ? std::optional(static_cast<ScoreKind>(parts[1].toInt())) : std::nullopt;
        change(next);
    });
    connect(direction, &QPushButton::clicked, &bar, [this] {
        ImageQuery next = query;
        next.descending = !query.descending;
        change(next);
    });
    connect(save, &QPushButton::clicked, &bar, &ImageFilterBar::exportRequested);
    connect(range, &QPushButton::clicked, &bar, [this] { bar.setScoreRange(std::nullopt); });
}

void ImageFilterBar::Impl::offer() {
    bar.setEnabled(inspection != nullptr);
    label->setEnabled(inspection && std::ranges::any_of(inspection->sets, hasLabels));
    offerSets();
    offerClasses(label, tr("all"));
    offerClasses(predicted, tr("all"));
    offerOrders();
    show();
}

void ImageFilterBar::Impl::offerSets() {
    set->clear();
    set->addChoice(tr("all"), kAny);
    if (!inspection) return;
    const Theme theme = themeOf(bar.palette());
    const int side = bar.fontMetrics().height() * 2 / 3;
    for (std::size_t s = 0; s < inspection->sets.size(); ++s) {
        set->addChoice(QString::fromStdString(inspection->sets[s].set->name), QString::number(s));
        const QColor colour = s == 0 ? theme.id : theme.ood(static_cast<int>(s) - 1);
        set->setItemIcon(set->count() - 1, colourIcon(colour, side));
    }
}

void ImageFilterBar::Impl::offerClasses(ChoiceCombo* combo, const QString& all) {
    combo->clear();
    combo->addChoice(all, kAny);
    if (!inspection) return;
    for (std::size_t c = 0; c < inspection->head().classes(); ++c)
        combo->addChoice(QString::fromStdString(inspection->className(c)), QString::number(c));
}

void ImageFilterBar::Impl::offerOrders() {
    order->clear();
    const ScoreKind own = inspection ? inspection->exploration->view.score : ScoreKind::Energy;
    const QString title = rankingScoreTitle(own);
    order->addChoice(tr("%1 at p").arg(title), orderValue(ImageOrder::LevelScore, {}));
    order->addChoice(tr("Dense %1").arg(title), orderValue(ImageOrder::DenseScore, {}));
    order->addChoice(tr("Change of margin"), orderValue(ImageOrder::MarginChange, {}));
    order->setItemData(
        order->count() - 1,
        wrappedTip(tr("How far the score moved from the rejected towards the accepted side of the "
                      "threshold, from the dense head to p.")),
        Qt::ToolTipRole);
    for (const NamedChoice& choice : scoreChoices()) {
        const auto kind = static_cast<ScoreKind>(choice.value);
        if (kind == own) continue;
        order->addChoice(tr("%1 and %2 disagree").arg(scoreTitle(own), choice.name),
                         orderValue(ImageOrder::Column, kind));
        order->setItemData(
            order->count() - 1,
            wrappedTip(tr("The difference of an image's ranks by the two scores among all images, "
                          "as a share: 0 where both put it at the same place.")),
            Qt::ToolTipRole);
    }
    order->addChoice(tr("As they are"), orderValue(ImageOrder::AsTheyAre, {}));
}

void ImageFilterBar::Impl::show() {
    const auto select = [](ChoiceCombo* combo, const QString& value) {
        combo->setCurrentIndex(std::max(0, combo->findData(value)));
    };
    select(set, query.filter.sets.empty() ? kAny : QString::number(query.filter.sets.front()));
    select(label, toValue(query.filter.label));
    select(predicted, toValue(query.filter.predicted));
    select(order, orderValue(query.order, query.other));
    for (const auto& [box, member] : checks) box->setChecked(query.filter.*member);
    showDirection();
    showRange();
}

void ImageFilterBar::Impl::showDirection() {
    const bool plain = query.order == ImageOrder::AsTheyAre;
    direction->setText(plain              ? query.descending ? tr("Last first") : tr("First first")
                                    : query.descending ? tr("Highest first")
                                          : tr("Lowest first"));
    direction->setToolTip(tr("Turn the order round"));
}

void ImageFilterBar::Impl::showRange() {
    const ImageFilter& filter = query.filter;
    range->setVisible(filter.low && filter.high);
    if (!filter.low || !filter.high) return;
    const QLocale c = QLocale::c();
    const ScoreKind own = inspection ? inspection->exploration->view.score : ScoreKind::Energy;
    range->setText(tr("%1 from %2 to %3")
                       .arg(rankingScoreTitle(own), c.toString(static_cast<double>(*filter.low), 'g', 4),
                            c.toString(static_cast<double>(*filter.high), 'g', 4)));
    range->setAccessibleName(tr("Clear the range of scores"));
}

void ImageFilterBar::Impl::change(const ImageQuery& next) {
    if (next == query) return;
    query = next;
    show();
    emit bar.queryChanged(query);
}

void ImageFilterBar::setInspection(InspectionPtr inspection) {
    const bool sameScore = impl_->inspection && inspection &&
                           impl_->inspection->exploration->view.score == inspection->exploration->view.score;
    const bool sameInputs =
        impl_->inspection && inspection && impl_->inspection->inputs == inspection->inputs;
    impl_->inspection = std::move(inspection);
    if (!sameInputs) impl_->query = {};
    if (!sameScore) {
        impl_->query.filter.low.reset();
        impl_->query.filter.high.reset();
        if (impl_->query.order == ImageOrder::Column) impl_->query.order = ImageOrder::LevelScore;
        impl_->query.other.reset();
    }
    impl_->offer();
}

void ImageFilterBar::setCount(std::size_t shown, std::size_t all) {
    impl_->save->setEnabled(shown > 0);
    impl_->count->setText(shown == all ? imagesText(all)
                                       : tr("%1 of %2").arg(countText(shown), imagesText(all)));
}

const ImageQuery& ImageFilterBar::query() const {
    return impl_->query;
}

void ImageFilterBar::setQuery(const ImageQuery& query) {
    impl_->query = query;
    impl_->show();
}

void ImageFilterBar::setScoreRange(std::optional<std::pair<double, double>> range) {
    ImageQuery next = impl_->query;
    next.filter.low = range ? std::optional(static_cast<float>(range->first)) : std::nullopt;
    next.filter.high = range ? std::optional(static_cast<float>(range->second)) : std::nullopt;
    impl_->change(next);
}

void ImageFilterBar::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange || !impl_ || !impl_->inspection) return;
    impl_->offerSets();
    impl_->show();
}

}  // namespace dicescope
