#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace dicescope {

/// A non-owning view of a dense row-major matrix: element (r, c) is data[r * cols + c].
template <class T>
struct MatrixView {
    T* data = nullptr;
    std::size_t rows = 0;
    std::size_t cols = 0;

    [[nodiscard]] std::size_t size() const { return rows * cols; }
    [[nodiscard]] bool empty() const { return size() == 0; }
    [[nodiscard]] std::span<T> row(std::size_t r) const {
        assert(r < rows);
        return {data + r * cols, cols};
    }
    [[nodiscard]] std::span<T> flat() const { return {data, size()}; }
    [[nodiscard]] T& operator()(std::size_t r, std::size_t c) const {
        assert(r < rows && c < cols);
        return data[r * cols + c];
    }
    operator MatrixView<const T>() const { return {data, rows, cols}; }
};

/// An owning dense row-major matrix.
template <class T>
class Matrix {
  public:
    Matrix() = default;
    Matrix(std::size_t rows, std::size_t cols, T value = T{})
        : rows_(rows), cols_(cols), data_(rows * cols, value) {}
    Matrix(std::size_t rows, std::size_t cols, std::vector<T> values)
        : rows_(rows), cols_(cols), data_(std::move(values)) {
        assert(data_.size() == rows * cols);
    }

    [[nodiscard]] std::size_t rows() const { return rows_; }
    [[nodiscard]] std::size_t cols() const { return cols_; }
    [[nodiscard]] std::size_t size() const { return data_.size(); }
    [[nodiscard]] T* data() { return data_.data(); }
    [[nodiscard]] const T* data() const { return data_.data(); }
    [[nodiscard]] MatrixView<T> view() { return {data_.data(), rows_, cols_}; }
    [[nodiscard]] MatrixView<const T> view() const { return {data_.data(), rows_, cols_}; }
    [[nodiscard]] T& operator()(std::size_t r, std::size_t c) { return data_[r * cols_ + c]; }
    [[nodiscard]] const T& operator()(std::size_t r, std::size_t c) const { return data_[r * cols_ + c]; }

  private:
    std::size_t rows_ = 0;
    std::size_t cols_ = 0;
    std::vector<T> data_;
};

}  // namespace dicescope
