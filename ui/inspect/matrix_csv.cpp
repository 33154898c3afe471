#include "ui/inspect/matrix_csv.h"

#include <limits>

namespace dicescope {

QByteArray matrixCsv(MatrixView<const float> matrix) {
    QByteArray csv;
    for (std::size_t r = 0; r < matrix.rows; ++r) {
        for (std::size_t c = 0; c < matrix.cols; ++c) {
            if (c > 0) csv += ',';
            csv += QByteArray::number(static_cast<double>(matrix(r, c)), 'g',
                                      std::numeric_limits<float>::max_digits10);
        }
        csv += '\n';
    }
    return csv;
}

}  // namespace dicescope
