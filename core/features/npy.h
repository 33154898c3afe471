#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/matrix.h"

namespace dicescope {

/// An array of one or two dimensions from a .npy file. float32 values are held as the doubles they are
/// exactly.
struct NpyArray {
    std::vector<std::size_t> shape;  ///< one or two sizes, each >= 0
    std::vector<double> values;      ///< row-major (C order), whatever the order in the file
    bool wasFloat32 = false;         ///< the file held float32, not float64

    /// (rows, cols) of the array; one dimension counts as a single row.
    [[nodiscard]] std::size_t rows() const { return shape.size() == 2 ? shape[0] : 1; }
    [[nodiscard]] std::size_t cols() const { return shape.back(); }
    [[nodiscard]] MatrixView<const double> view() const { return {values.data(), rows(), cols()}; }
};

/// Reads a .npy file of NumPy (format versions 1.0, 2.0, 3.0): float32 or float64 of either byte order, one
/// or two dimensions, C or Fortran order. The header is parsed, never evaluated. Errors: NotFound,
/// Unreadable, Corrupt (not a .npy file, truncated, bytes left over), Unsupported (another element type, more
/// dimensions, a newer version), OutOfMemory.
[[nodiscard]] Result<NpyArray> readNpy(const std::filesystem::path& path);

/// The same from memory; `name` is used in messages only.
[[nodiscard]] Result<NpyArray> parseNpy(std::span<const std::byte> bytes, const std::string& name);

/// Write .npy files of version 1.0, atomically: one dimension from a span, two from a matrix. Errors:
/// WriteFailed.
[[nodiscard]] Status writeNpy(const std::filesystem::path& path, std::span<const double> values);
[[nodiscard]] Status writeNpy(const std::filesystem::path& path, std::span<const float> values);
[[nodiscard]] Status writeNpy(const std::filesystem::path& path, MatrixView<const double> values);
[[nodiscard]] Status writeNpy(const std::filesystem::path& path, MatrixView<const float> values);

}  // namespace dicescope
