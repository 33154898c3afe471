#pragma once

#include <QImage>
#include <QTest>
#include <QWidget>
#include <memory>
#include <utility>
#include <vector>

#include "core/analysis/inspection.h"
#include "tests/support/tiny_exploration.h"
#include "ui/inspect/image_list.h"

namespace dicescope::testing {

/// The tiny exploration, looked into; made once.
inline const InspectionPtr& tinyInspection() {
    static const InspectionPtr inspection = [] {
        const auto inputs = tinyInputs();
        auto made = inspect(inputs, tinyExploration(inputs), {});
        if (!made) qFatal("%s", made.error().message.c_str());
        return *made;
    }();
    return inspection;
}

/// What answers a query at a row.
inline ImageList listOf(const InspectionPtr& inspection, std::size_t row, const ImageQuery& query = {}) {
    auto table = imageTable(*inspection, row);
    if (!table) qFatal("%s", table.error().message.c_str());
    ImageList list;
    list.inspection = inspection;
    list.row = row;
    list.query = query;
    list.table = std::make_shared<const ImageTable>(std::move(*table));
    std::vector<float> column;
    if (query.order == ImageOrder::Column && query.other) {
        auto values = scoreDisagreement(*inspection, row, *query.other);
        if (!values) qFatal("%s", values.error().message.c_str());
        column = *values;
        list.column = std::make_shared<const std::vector<float>>(std::move(*values));
    }
    list.records = std::make_shared<const std::vector<std::uint32_t>>(
        list.table->select(query.filter, query.order, query.descending, column));
    return list;
}

/// A list of the first `count` records as they are.
inline ImageList firstRecords(const InspectionPtr& inspection, std::size_t count) {
    ImageQuery query;
    query.order = ImageOrder::AsTheyAre;
    query.descending = false;
    ImageList list = listOf(inspection, 90, query);
    list.records = std::make_shared<const std::vector<std::uint32_t>>(
        list.records->begin(), list.records->begin() + static_cast<std::ptrdiff_t>(count));
    return list;
}

inline QImage picture(int side, const QColor& colour = Qt::red) {
    QImage image(side, side, QImage::Format_RGB32);
    image.fill(colour);
    return image;
}

template <class T>
T* part(const QWidget& widget, const char* name) {
    auto* found = widget.findChild<T*>(QLatin1String(name));
    if (found == nullptr) qFatal("there is no '%s'", name);
    return found;
}

}  // namespace dicescope::testing
