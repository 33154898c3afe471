#include "ui/inspect/image_list.h"

#include <QCoreApplication>
#include <QLocale>
#include <cmath>

#include "ui/panels/exploration_choices.h"

namespace dicescope {
namespace {

struct ImageListText {
    Q_DECLARE_TR_FUNCTIONS(ImageList)
};

QString fixed(double value, int decimals) {
    return std::isfinite(value) ? QLocale::c().toString(value, 'f', decimals) : ImageListText::tr("none");
}

/// log MSP is far below 1 for most images.
QString scoreText(double value) {
    const bool tiny = value != 0 && std::abs(value) < 0.01;
    return tiny ? QLocale::c().toString(value, 'g', 2) : fixed(value, 2);
}

}  // namespace

QString rankingScoreTitle(ScoreKind kind) {
    return kind == ScoreKind::Msp ? ImageListText::tr("log MSP") : scoreTitle(kind);
}

QString setTitle(const ImageList& list, const ImageRecord& record) {
    return QString::fromStdString(list.inspection->sets[record.set].set->name);
}

QString classTitle(const Inspection& inspection, std::int32_t c) {
    return c < 0 ? ImageListText::tr("unknown")
                 : QString::fromStdString(inspection.className(static_cast<std::size_t>(c)));
}

std::filesystem::path imageFile(const Inspection& inspection, const ImageRecord& record) {
    const FeatureSet& features = inspection.features(record.set);
    if (features.provenance.folder.empty() || record.row >= features.paths.size()) return {};
    return std::filesystem::path(features.provenance.folder) / features.paths[record.row];
}

QString sortedValueText(const ImageList& list, std::uint32_t index) {
    const ImageRecord& record = list.record(index);
    switch (list.query.order) {
        case ImageOrder::DenseScore:
            return scoreText(static_cast<double>(record.dense));
        case ImageOrder::MarginChange: {
            const auto change = static_cast<double>(list.table->marginChange(record));
            return change > 0 ? QLatin1Char('+') + fixed(change, 2) : fixed(change, 2);
        }
        case ImageOrder::Column:
            return list.column && index < list.column->size()
                       ? fixed(static_cast<double>((*list.column)[index]), 3)
                       : QString();
        case ImageOrder::AsTheyAre:
        case ImageOrder::LevelScore:
            break;
    }
    return scoreText(static_cast<double>(record.atLevel));
}

AcceptanceMark acceptanceMark(const ImageRecord& record, ScoreSide side) {
    const bool accepted = side == ScoreSide::Dense ? record.acceptedDense : record.acceptedAtLevel;
    AcceptanceMark mark;
    mark.wrong = accepted != record.inDistribution;
    if (!mark.wrong && !record.changed()) return mark;
    const QString verdict = accepted ? ImageListText::tr("accepted") : ImageListText::tr("rejected");
    mark.text = (record.changed() ? QStringLiteral("→ ") : QStringLiteral("× ")) + verdict;
    if (mark.wrong) {
        mark.meaning = accepted ? ImageListText::tr(
                                      "Wrongly accepted: not in-distribution, yet its score "
                                      "reaches the threshold.")
                                : ImageListText::tr(
                                      "Wrongly rejected: in-distribution, yet its score does "
                                      "not reach the threshold.");
    }
    if (!record.changed()) return mark;
    const QString change = record.acceptedAtLevel
                               ? ImageListText::tr("The dense head rejects it, the sparse one accepts it.")
                               : ImageListText::tr("The dense head accepts it, the sparse one rejects it.");
    mark.meaning = mark.meaning.isEmpty() ? change : mark.meaning + QLatin1Char(' ') + change;
    return mark;
}

}  // namespace dicescope
