#pragma once

// Internal to core/detectors: a fit is looked up before it is computed.

#include <cstddef>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/job.h"
#include "core/base/matrix.h"
#include "core/detectors/fit_store.h"
#include "core/detectors/training_data.h"

namespace dicescope {

/// Lists what a fit consists of, once for writing and for reading. Reading checks the sizes.
class FitFields {
  public:
    /// A size that the reader takes as it is.
    static constexpr std::size_t kAny = static_cast<std::size_t>(-1);

    FitFields() = default;
    explicit FitFields(FitArrays arrays) : reading_(true), arrays_(std::move(arrays)) {}

    void matrix(const std::string& name, Matrix<double>& values, std::size_t rows, std::size_t cols);
    void vector(const std::string& name, std::vector<double>& values, std::size_t size);
    void number(const std::string& name, double& value);
    /// Whole numbers, exact up to 2^53.
    template <class Integer>
    void integers(const std::string& name, std::vector<Integer>& values, std::size_t size);

    /// Whether all that was asked for was there and of its size. True when writing.
    [[nodiscard]] bool complete() const { return complete_; }
    [[nodiscard]] const FitArrays& arrays() const { return arrays_; }

  private:
    bool reading_ = false;
    bool complete_ = true;
    FitArrays arrays_;
};

template <class Integer>
void FitFields::integers(const std::string& name, std::vector<Integer>& values, std::size_t size) {
    std::vector<double> numbers(values.begin(), values.end());
    vector(name, numbers, size);
    if (!reading_) return;
    values.clear();
    values.reserve(numbers.size());
    for (const double number : numbers) values.push_back(static_cast<Integer>(number));
}

/// The fit called `name` of this training data: as it was computed by an earlier run where the data's store
/// has it, else by `compute`, and then kept. A store that cannot be written to (a full disk, no memory for a
/// copy) is passed over: the fit is computed again next time. The name must hold every setting that the fit
/// depends on. For the type there must be listFields(FitFields&, Fit&, const TrainingData&). Errors: those of
/// compute, Cancelled.
template <class Fit, class Compute>
[[nodiscard]] Result<Fit> keptFit(const TrainingData& training, const std::string& name, const Job& job,
                                  const Compute& compute) {
    const auto store = training.fitStore(job);
    if (!store) return forwardError(store);
    if (*store == nullptr) return compute();
    if (auto arrays = (*store)->read(name)) {
        Fit fit;
        FitFields fields(std::move(*arrays));
        listFields(fields, fit, training);
        if (fields.complete()) return fit;
    }
    Result<Fit> fit = compute();
    if (!fit) return fit;
    try {
        FitFields fields;
        listFields(fields, *fit, training);
        static_cast<void>((*store)->write(name, fields.arrays()));
    } catch (const std::bad_alloc&) {
        // The fit itself is there; only the copy that was to be written found no room.
    }
    return fit;
}

/// A fit that is a single number.
struct FittedNumber {
    double value = 0;
};

inline void listFields(FitFields& fields, FittedNumber& fit, const TrainingData& /*training*/) {
    fields.number("value", fit.value);
}

/// keptFit() of a single number.
template <class Compute>
[[nodiscard]] Result<double> keptNumber(const TrainingData& training, const std::string& name, const Job& job,
                                        const Compute& compute) {
    const auto fit = keptFit<FittedNumber>(training, name, job, [&compute]() -> Result<FittedNumber> {
        const Result<double> value = compute();
        if (!value) return forwardError(value);
        return FittedNumber{*value};
    });
    if (!fit) return forwardError(fit);
    return fit->value;
}

}  // namespace dicescope
