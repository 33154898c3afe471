#include "core/detectors/kept_fit.h"

namespace dicescope {
namespace {

bool fits(std::size_t size, std::size_t expected) {
    return expected == FitFields::kAny || size == expected;
}

}  // namespace

void FitFields::matrix(const std::string& name, Matrix<double>& values, std::size_t rows, std::size_t cols) {
    if (!reading_) {
        arrays_[name] = values;
        return;
    }
    const auto found = arrays_.find(name);
    if (found == arrays_.end() || !fits(found->second.rows(), rows) || !fits(found->second.cols(), cols)) {
        complete_ = false;
        return;
    }
    values = std::move(found->second);
}

void FitFields::vector(const std::string& name, std::vector<double>& values, std::size_t size) {
    Matrix<double> row(1, values.size(), values);
    matrix(name, row, 1, size);
    if (reading_) values.assign(row.data(), row.data() + row.size());
}

void FitFields::number(const std::string& name, double& value) {
    std::vector<double> one{value};
    vector(name, one, 1);
    if (reading_ && complete_) value = one.front();
}

}  // namespace dicescope
