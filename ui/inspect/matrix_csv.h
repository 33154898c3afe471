#pragma once

#include <QByteArray>

#include "core/base/matrix.h"

namespace dicescope {

/// A matrix as CSV without a header: one line a row, numbers with the digits that bring a float back.
[[nodiscard]] QByteArray matrixCsv(MatrixView<const float> matrix);

}  // namespace dicescope
