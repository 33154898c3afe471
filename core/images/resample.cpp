#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/images/resample_internal.h"

namespace dicescope::detail {
namespace {

double bilinear(double x) {
    x = std::abs(x);
    return x < 1.0 ? 1.0 - x : 0.0;
}

double bicubic(double x) {
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
    if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
    return 0.0;
}

std::int32_t toFixedPoint(double weight) {
    constexpr double one = 1 << kWeightBits;
    return static_cast<std::int32_t>(weight < 0 ? -0.5 + weight * one : 0.5 + weight * one);
}

/// Rows of pixels with one spare byte at the end, because the row kernel touches pixels as four bytes.
struct PaddedRows {
    std::size_t rowBytes = 0;
    std::vector<std::uint8_t> bytes;

    PaddedRows(int width, int height)
        : rowBytes(static_cast<std::size_t>(width) * 3),
          bytes(rowBytes * static_cast<std::size_t>(height) + 1) {}

    [[nodiscard]] std::uint8_t* row(int y) { return bytes.data() + rowBytes * static_cast<std::size_t>(y); }
};

RgbImage takeImage(PaddedRows&& rows, int width, int height) {
    rows.bytes.pop_back();
    return {width, height, std::move(rows.bytes)};
}

/// The horizontal pass over input rows [top, top + height); `origin` is the image column at which the rows
/// start.
PaddedRows alongX(const std::uint8_t* pixels, std::size_t rowBytes, int origin, int height,
                  const ResampleFilter& filter) {
    PaddedRows out(static_cast<int>(filter.size()), height);
    for (int y = 0; y + 1 < height; ++y) {
        resampleRow(pixels + rowBytes * static_cast<std::size_t>(y), origin, filter, out.row(y));
    }
    // The last row may end with the buffer it lies in, where the byte after it must not be read.
    std::vector<std::uint8_t> last(rowBytes + 1);
    std::memcpy(last.data(), pixels + rowBytes * static_cast<std::size_t>(height - 1), rowBytes);
    resampleRow(last.data(), origin, filter, out.row(height - 1));
    return out;
}

/// The vertical pass over `width` pixel columns; `origin` is the image row at which `pixels` starts.
PaddedRows alongY(const std::uint8_t* pixels, std::size_t rowBytes, int origin, int width,
                  const ResampleFilter& filter) {
    PaddedRows out(width, static_cast<int>(filter.size()));
    for (std::size_t y = 0; y < filter.size(); ++y) {
        const auto firstRow = static_cast<std::size_t>(filter.first[y] - origin);
        const std::span weights(filter.weights.data() + y * static_cast<std::size_t>(filter.stride),
                                static_cast<std::size_t>(filter.count[y]));
        resampleColumns(pixels + rowBytes * firstRow, rowBytes, weights, out.rowBytes,
                        out.row(static_cast<int>(y)));
    }
    return out;
}

/// Pillow's choice of the first pass since version 13.
bool verticalPassFirst(const RgbImage& image, std::int64_t width, std::int64_t height) {
    const std::int64_t rowsLess = image.height - height;
    return rowsLess > 0 && rowsLess > (image.width - width) * 2;
}

RgbImage cutOut(const RgbImage& image, const Window& window) {
    RgbImage out{window.width, window.height, {}};
    const std::size_t outBytes = static_cast<std::size_t>(window.width) * 3;
    const std::size_t rowBytes = static_cast<std::size_t>(image.width) * 3;
    out.pixels.resize(outBytes * static_cast<std::size_t>(window.height));
    const std::uint8_t* from = image.pixels.data() + static_cast<std::size_t>(window.top) * rowBytes +
                               static_cast<std::size_t>(window.left) * 3;
    for (int y = 0; y < window.height; ++y) {
        std::memcpy(out.pixels.data() + outBytes * static_cast<std::size_t>(y),
                    from + rowBytes * static_cast<std::size_t>(y), outBytes);
    }
    return out;
}

}  // namespace

ResampleFilter makeFilter(int inputSize, std::int64_t outputSize, std::int64_t begin, int size,
                          Interpolation interpolation) {
    // Pillow passes the source box as C floats; above 2^24 pixels a side that rounding is part of its result.
    const double scale = static_cast<double>(static_cast<float>(inputSize)) / static_cast<double>(outputSize);
    const double filterScale = std::max(scale, 1.0);
    const auto kernel = interpolation == Interpolation::Bilinear ? bilinear : bicubic;
    const double support = (interpolation == Interpolation::Bilinear ? 1.0 : 2.0) * filterScale;
    const double inverse = 1.0 / filterScale;

    ResampleFilter filter;
    filter.stride = static_cast<int>(std::ceil(support)) * 2 + 1;
    filter.first.reserve(static_cast<std::size_t>(size));
    filter.count.reserve(static_cast<std::size_t>(size));
    filter.weights.resize(static_cast<std::size_t>(size) * static_cast<std::size_t>(filter.stride));
    std::vector<double> weights(static_cast<std::size_t>(filter.stride));
    for (int i = 0; i < size; ++i) {
        const double center = (static_cast<double>(begin + i) + 0.5) * scale;
        const int first = std::max(static_cast<int>(center - support + 0.5), 0);
        const int count = std::min(static_cast<int>(center + support + 0.5), inputSize) - first;
        double sum = 0.0;
        for (int t = 0; t < count; ++t) {
            const double weight = kernel((t + first - center + 0.5) * inverse);
            weights[static_cast<std::size_t>(t)] = weight;
            sum += weight;
        }
        std::int32_t* fixed =
            filter.weights.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(filter.stride);
        for (int t = 0; t < count; ++t) {
            const double weight = weights[static_cast<std::size_t>(t)];
            fixed[t] = toFixedPoint(sum != 0.0 ? weight / sum : weight);
        }
        filter.first.push_back(first);
        filter.count.push_back(count);
    }
    return filter;
}

RgbImage resampleWindow(const RgbImage& image, std::int64_t width, std::int64_t height, const Window& window,
                        Interpolation interpolation) {
    const bool horizontal = width != image.width;
    const bool vertical = height != image.height;
    if (!horizontal && !vertical) return cutOut(image, window);

    const std::size_t rowBytes = static_cast<std::size_t>(image.width) * 3;
    const auto top = static_cast<int>(vertical ? 0 : window.top);
    const auto left = static_cast<int>(horizontal ? 0 : window.left);
    ResampleFilter filterX;
    ResampleFilter filterY;
    if (horizontal) filterX = makeFilter(image.width, width, window.left, window.width, interpolation);
    if (vertical) filterY = makeFilter(image.height, height, window.top, window.height, interpolation);
    const int rowBegin = vertical ? filterY.inputBegin() : top;
    const int rowEnd = vertical ? filterY.inputEnd() : top + window.height;
    const int columnBegin = horizontal ? filterX.inputBegin() : left;
    const int columnEnd = horizontal ? filterX.inputEnd() : left + window.width;
    const std::uint8_t* from = image.pixels.data() + rowBytes * static_cast<std::size_t>(rowBegin);
    const std::uint8_t* corner = from + static_cast<std::size_t>(columnBegin) * 3;

    if (!horizontal) {
        return takeImage(alongY(corner, rowBytes, rowBegin, window.width, filterY), window.width,
                         window.height);
    }
    if (!vertical) {
        return takeImage(alongX(from, rowBytes, 0, window.height, filterX), window.width, window.height);
    }
    if (verticalPassFirst(image, width, height)) {
        auto rows = alongY(corner, rowBytes, rowBegin, columnEnd - columnBegin, filterY);
        return takeImage(alongX(rows.bytes.data(), rows.rowBytes, columnBegin, window.height, filterX),
                         window.width, window.height);
    }
    auto rows = alongX(from, rowBytes, 0, rowEnd - rowBegin, filterX);
    return takeImage(alongY(rows.bytes.data(), rows.rowBytes, rowBegin, window.width, filterY), window.width,
                     window.height);
}

}  // namespace dicescope::detail
