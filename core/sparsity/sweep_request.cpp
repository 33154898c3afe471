#include "core/sparsity/sweep_request.h"

#include <cmath>
#include <limits>
#include <string>

namespace dicescope {

Status checkSweepRequest(const Walk& walk, MatrixView<const float> features, const SweepOptions& options) {
    if (features.cols != walk.units && features.rows > 0) {
        return fail(ErrorCode::Mismatch, "The features have " + std::to_string(features.cols) +
                                             " units but the head has " + std::to_string(walk.units) +
                                             "; use features of the model that the head belongs to.");
    }
    if (options.slab == 0) {
        return fail(ErrorCode::InvalidArgument,
                    "A slab needs at least one sample; choose a slab of 1 or more.");
    }
    if (options.reactClip && std::isnan(*options.reactClip)) {
        return fail(ErrorCode::InvalidArgument,
                    "The ReAct clip is not a number; give a number or leave it out.");
    }
    return {};
}

Status allocateResult(SweepResult& result, const Walk& walk, std::size_t samples, bool predictions) {
    result.samples = samples;
    result.levels = walk.levels;
    result.hasDense = walk.dense;
    if (samples > std::numeric_limits<std::ptrdiff_t>::max() / sizeof(float) / walk.steps()) {
        return fail(ErrorCode::OutOfMemory, "The results of " + std::to_string(samples) + " samples at " +
                                                std::to_string(walk.steps()) +
                                                " levels do not fit in memory; use fewer levels.");
    }
    const std::size_t values = samples * walk.steps();
    result.maxLogit.assign(values, 0);
    result.excess.assign(values, 0);
    if (predictions) result.prediction.assign(values, 0);
    return {};
}

}  // namespace dicescope
