#pragma once

// Internal to core/explain: logits less the contributions of some units, and what they say.

#include <cstddef>
#include <cstdint>

namespace dicescope {

/// Classes are stored in groups of so many, the last one filled up with kNoLogit and weights of 0.
inline constexpr std::size_t kClassGroup = 16;
/// Far below every logit that counts, and finite.
inline constexpr float kNoLogit = -3.0e38F;
/// Logits beyond this magnitude count as not finite.
inline constexpr float kLargestEditedLogit = 1.0e38F;

[[nodiscard]] constexpr std::size_t paddedClasses(std::size_t classes) {
    return (classes + kClassGroup - 1) / kClassGroup * kClassGroup;
}

/// Some images, and the units that are switched off.
struct EditRows {
    const float* logits = nullptr;  ///< rows x stride, aligned to a vector
    std::size_t rows = 0;
    std::size_t stride = 0;              ///< paddedClasses()
    const float* activations = nullptr;  ///< rows x units: h of the units that are off
    const float* weights = nullptr;      ///< stride / kClassGroup x units x kClassGroup, aligned likewise
    std::size_t units = 0;               ///< that are off; may be 0

    float* maxLogit = nullptr;  ///< rows values each, as in SweepResult
    float* excess = nullptr;
    std::int32_t* prediction = nullptr;
};

/// scratch: stride floats, aligned to a vector. The result of an image does not depend on the others.
void summariseEdited(const EditRows& rows, float* scratch);

}  // namespace dicescope
