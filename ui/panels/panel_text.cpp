#include "ui/panels/panel_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>
#include <array>
#include <cmath>

namespace dicescope {
namespace {

struct PanelText {
    Q_DECLARE_TR_FUNCTIONS(PanelText)
};

const QLocale& english() {
    static const QLocale locale(QLocale::English, QLocale::UnitedStates);
    return locale;
}

QString rateText(double unitsPerSecond) {
    return PanelText::tr("%1/s").arg(english().toString(unitsPerSecond, 'f', unitsPerSecond < 10 ? 1 : 0));
}

}  // namespace

QString fromPath(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

std::filesystem::path toPath(const QString& text) {
    return {text.toStdString()};
}

QString fileNameOf(const std::filesystem::path& path) {
    const std::filesystem::path name = path.has_filename() ? path.filename() : path.parent_path().filename();
    return fromPath(name.empty() ? path : name);
}

bool isFeatureFileName(const QString& path) {
    return path.endsWith(QLatin1String(".safetensors"), Qt::CaseInsensitive);
}

QString countText(std::uint64_t count) {
    return english().toString(static_cast<qulonglong>(count));
}

QString imagesText(std::uint64_t count) {
    return count == 1 ? PanelText::tr("1 image") : PanelText::tr("%1 images").arg(countText(count));
}

QString shortNumber(double value) {
    return QString::number(value, 'g', 3);
}

QString timeLeftText(double seconds) {
    if (!(seconds >= 0)) return {};
    const double minutes = seconds / 60;
    if (seconds < 90) return PanelText::tr("%1 s left").arg(std::max(1.0, std::ceil(seconds)));
    if (minutes < 90) return PanelText::tr("%1 min left").arg(std::round(minutes));
    const auto total = static_cast<std::uint64_t>(std::llround(minutes));
    return PanelText::tr("%1 h %2 min left").arg(countText(total / 60)).arg(total % 60);
}

QString progressText(const Progress& progress, bool images) {
    QStringList parts;
    if (progress.total > 0) {
        const QString total = images ? imagesText(progress.total) : countText(progress.total);
        parts << PanelText::tr("%1 of %2").arg(countText(progress.done), total);
    } else if (progress.done > 0) {
        parts << (images ? PanelText::tr("%1 found").arg(imagesText(progress.done))
                         : countText(progress.done));
    }
    if (progress.unitsPerSecond > 0) parts << rateText(progress.unitsPerSecond);
    if (const QString left = timeLeftText(progress.secondsLeft); !left.isEmpty()) parts << left;
    return parts.join(PanelText::tr(", "));
}

QString ageText(std::int64_t seconds) {
    struct Unit {
        std::int64_t seconds;
        QString one;
        QString many;
    };
    constexpr std::int64_t kDay = 86400;
    const std::array<Unit, 6> units = {
        Unit{365 * kDay, PanelText::tr("a year ago"), PanelText::tr("%1 years ago")},
        Unit{30 * kDay, PanelText::tr("a month ago"), PanelText::tr("%1 months ago")},
        Unit{7 * kDay, PanelText::tr("a week ago"), PanelText::tr("%1 weeks ago")},
        Unit{kDay, PanelText::tr("yesterday"), PanelText::tr("%1 days ago")},
        Unit{3600, PanelText::tr("an hour ago"), PanelText::tr("%1 hours ago")},
        Unit{60, PanelText::tr("a minute ago"), PanelText::tr("%1 minutes ago")}};
    for (const Unit& unit : units) {
        const std::int64_t count = seconds / unit.seconds;
        if (count == 1) return unit.one;
        if (count > 1) return unit.many.arg(count);
    }
    return PanelText::tr("just now");
}

QString wrappedTip(const QString& plain) {
    // Only rich text wraps in a tool tip.
    return plain.isEmpty() ? QString()
                           : QLatin1String("<qt>") + plain.toHtmlEscaped() + QLatin1String("</qt>");
}

}  // namespace dicescope
