#include "ui/compare/detector_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "ui/panels/panel_text.h"

namespace dicescope {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(dicescope::DetectorText)
};

bool isMet(DetectorNeed need, const DetectorSupply& supply) {
    switch (need) {
        case DetectorNeed::Nothing:
            return true;
        case DetectorNeed::FeatureMean:
            return supply.featureMean;
        case DetectorNeed::TrainingFeatures:
            return supply.trainingFeatures;
        case DetectorNeed::TrainingLabels:
            return supply.trainingFeatures && supply.trainingLabels;
        case DetectorNeed::Model:
            return supply.model;
    }
    return false;
}

QString whatWouldHelp(DetectorNeed need) {
    switch (need) {
        case DetectorNeed::Nothing:
            return {};
        case DetectorNeed::FeatureMean:
            return Text::tr("it needs the mean feature of ID training images; name a training set or a mean");
        case DetectorNeed::TrainingFeatures:
            return Text::tr("it needs the features of ID training images; name a training set");
        case DetectorNeed::TrainingLabels:
            return Text::tr(
                "it needs the classes of ID training images; name a training set whose folders are the "
                "model's classes");
        case DetectorNeed::Model:
            return Text::tr(
                "it runs the model on the images; open a model, its preprocessing and folders of images");
    }
    return {};
}

QString fromText(const std::string& text) {
    return QString::fromStdString(text);
}

}  // namespace

QString whyUnavailable(const DetectorSpec& spec, const DetectorSupply& supply) {
    const DetectorNeed need = needOf(spec);
    if (isMet(need, supply)) return {};
    return Text::tr("Not possible here: %1.").arg(whatWouldHelp(need));
}

QString needText(DetectorNeed need) {
    switch (need) {
        case DetectorNeed::Nothing:
            return Text::tr("only the features that are scored");
        case DetectorNeed::FeatureMean:
            return Text::tr("the mean feature of ID training images");
        case DetectorNeed::TrainingFeatures:
            return Text::tr("features of ID training images");
        case DetectorNeed::TrainingLabels:
            return Text::tr("features of ID training images and their classes");
        case DetectorNeed::Model:
            return Text::tr("the model and the images");
    }
    return {};
}

QString shortNeedText(DetectorNeed need) {
    switch (need) {
        case DetectorNeed::Nothing:
            return QStringLiteral("–");
        case DetectorNeed::FeatureMean:
            return Text::tr("mean");
        case DetectorNeed::TrainingFeatures:
            return Text::tr("training");
        case DetectorNeed::TrainingLabels:
            return Text::tr("labels");
        case DetectorNeed::Model:
            return Text::tr("model");
    }
    return {};
}

QString costText(DetectorCost cost) {
    switch (cost) {
        case DetectorCost::Light:
            return Text::tr("Costs little more than the logits, which all detectors share.");
        case DetectorCost::Product:
            return Text::tr("Costs one more product of features and weights.");
        case DetectorCost::Covariance:
            return Text::tr("Needs a covariance matrix of the features: seconds to a minute.");
        case DetectorCost::Neighbours:
            return Text::tr("Compares every image with every training image: minutes for large sets.");
        case DetectorCost::Model:
            return Text::tr("Runs the network several times on every image: the slowest of all.");
    }
    return {};
}

bool isSlow(DetectorCost cost) {
    return cost == DetectorCost::Neighbours || cost == DetectorCost::Model;
}

QString durationText(double seconds) {
    constexpr double kMinute = 60;
    if (seconds < 1) return Text::tr("< 1 s");
    if (seconds < 1.5 * kMinute) return Text::tr("%1 s").arg(std::lround(seconds));
    const long minutes = std::lround(seconds / kMinute);
    if (minutes < 90) return Text::tr("%1 min").arg(minutes);
    return Text::tr("%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

QString variantText(const std::string& variant) {
    if (variant == "openood") return Text::tr("as OpenOOD");
    if (variant == "pytorch-ood") return Text::tr("as pytorch-ood");
    return fromText(variant);
}

QString citationText(const DetectorCitation& citation) {
    if (citation.title.empty()) return {};
    QString text =
        Text::tr("%1: <i>%2</i>, %3")
            .arg(fromText(citation.authors).toHtmlEscaped(), fromText(citation.title).toHtmlEscaped(),
                 fromText(citation.venue).toHtmlEscaped());
    if (citation.arxiv.empty()) return text;
    const QString number = fromText(citation.arxiv).toHtmlEscaped();
    return text + QStringLiteral(", <a href=\"https://arxiv.org/abs/%1\">arXiv&nbsp;%1</a>").arg(number);
}

QString parameterTip(const DetectorParameter& parameter) {
    const auto text = [&](double value) { return fromText(parameterText(parameter, value)); };
    const QString preset = Text::tr("Default: %1.").arg(text(parameter.defaultValue));
    if (!parameter.choices.empty()) return fromText(parameter.explanation) + QStringLiteral(" ") + preset;
    const QString range =
        std::isinf(parameter.largest)
            ? Text::tr("At least %1.").arg(text(parameter.smallest))
            : Text::tr("From %1 to %2.").arg(text(parameter.smallest), text(parameter.largest));
    return QStringList{fromText(parameter.explanation), range, preset}.join(u' ');
}

DetectorSpec withoutDefaults(DetectorSpec spec) {
    const DetectorInfo& info = *findDetector(spec.id);
    std::erase_if(spec.values,
                  [&](const auto& item) { return info.parameter(item.first)->defaultValue == item.second; });
    return spec;
}

}  // namespace dicescope
