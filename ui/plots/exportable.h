#pragma once

#include <QByteArray>
#include <QImage>
#include <QSize>
#include <QString>
#include <functional>

namespace dicescope {

/// Something drawn on screen that becomes files as it is shown: in the light theme on white, sizes in points
/// of 1/72 inch, each side > 0. GUI thread.
class Exportable {
  public:
    virtual ~Exportable() = default;

    /// What its files are called, without a suffix: "contributionMap".
    [[nodiscard]] virtual QString exportName() const = 0;
    /// What it is, and what is shown of it where there is something.
    [[nodiscard]] virtual QString title() const = 0;
    /// Whether nothing is shown.
    [[nodiscard]] virtual bool isEmpty() const = 0;

    [[nodiscard]] virtual QImage image(QSize size, int dpi) const = 0;
    /// One page of that size; text stays text, with its fonts embedded.
    [[nodiscard]] virtual QByteArray pdf(QSize size) const = 0;
    /// Text stays text.
    [[nodiscard]] virtual QByteArray svg(QSize size) const = 0;
    /// Makes the numbers behind the picture, as CSV; may be called on any thread, also after it is gone.
    /// Empty where there are none but those of the whole analysis.
    [[nodiscard]] virtual std::function<QByteArray()> numbers() const { return {}; }

  protected:
    Exportable() = default;
    Exportable(const Exportable&) = default;
    Exportable& operator=(const Exportable&) = default;
};

}  // namespace dicescope
