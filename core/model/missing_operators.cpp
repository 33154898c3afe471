#include <ATen/WrapDimUtils.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <numeric>

#include "core/model/torch_internal.h"

namespace dicescope::torch_internal {
namespace {

// The definition of the operator in PyTorch's documentation. Dropout is for training only and is refused.
at::Tensor attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                     const c10::optional<at::Tensor>& mask, double dropout, bool isCausal,
                     c10::optional<double> scale, bool sharesHeads) {
    TORCH_CHECK(dropout == 0.0 && !sharesHeads, "attention with dropout or shared heads is not supported");
    const double factor = scale.value_or(1.0 / std::sqrt(static_cast<double>(query.size(-1))));
    // Half of the factor on each side keeps the products in the same range as PyTorch's own formula.
    const double half = std::sqrt(factor);
    at::Tensor weights = at::matmul(query * half, key.transpose(-2, -1) * half);
    if (isCausal) {
        const at::Tensor allowed =
            at::ones({query.size(-2), key.size(-2)}, query.options().dtype(at::kBool)).tril();
        weights = weights.masked_fill(allowed.logical_not(), -std::numeric_limits<double>::infinity());
    }
    if (mask && mask->defined()) {
        weights = mask->scalar_type() == at::kBool
                      ? weights.masked_fill(mask->logical_not(), -std::numeric_limits<double>::infinity())
                      : weights + *mask;
    }
    return at::matmul(at::softmax(weights, -1), value);
}

// The definition of the operator in PyTorch's documentation; without eps, the spacing of the type at one.
at::Tensor rootMeanSquareNorm(const at::Tensor& input, at::IntArrayRef shape,
                              const c10::optional<at::Tensor>& weight, c10::optional<double> eps) {
    std::vector<std::int64_t> last(shape.size());
    std::iota(last.begin(), last.end(), -static_cast<std::int64_t>(shape.size()));
    const double floor = eps.value_or(static_cast<double>(std::numeric_limits<float>::epsilon()));
    const at::Tensor normed = input * at::rsqrt(input.pow(2).mean(last, /*keepdim=*/true) + floor);
    return weight && weight->defined() ? normed * *weight : normed;
}

at::Tensor squeezeSeveral(const at::Tensor& self, at::IntArrayRef dims) {
    std::vector<std::int64_t> shape;
    for (std::int64_t at = 0; at < self.dim(); ++at) {
        const bool isNamed = std::any_of(dims.begin(), dims.end(), [&](std::int64_t dim) {
            return at::maybe_wrap_dim(dim, self.dim()) == at;
        });
        if (!isNamed || self.size(at) != 1) shape.push_back(self.size(at));
    }
    return self.reshape(shape);
}

bool isMissing(const char* name, const char* overload) {
    return !c10::Dispatcher::singleton().findSchema({name, overload});
}

}  // namespace

void registerMissingOperators() {
    static std::once_flag once;
    std::call_once(once, [] {
        static torch::Library library(torch::Library::FRAGMENT, "aten", c10::nullopt, __FILE__, __LINE__);
        if (isMissing("aten::scaled_dot_product_attention", "")) {
            library.def(
                "scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? "
                "attn_mask=None, "
                "float dropout_p=0., bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> "
                "Tensor",
                &attention);
        }
        if (isMissing("aten::rms_norm", "")) {
            library.def(
                "rms_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, float? eps=None) -> "
                "Tensor",
                &rootMeanSquareNorm);
        }
        if (isMissing("aten::squeeze", "dims")) {
            library.def("squeeze.dims(Tensor self, int[] dim) -> Tensor", &squeezeSeveral);
        }
    });
}

}  // namespace dicescope::torch_internal
