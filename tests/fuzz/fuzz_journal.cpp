#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/features/feature_journal.h"

// Any bytes either are refused or give records that can be read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto view = dicescope::JournalView::parse(std::as_bytes(std::span(data, size)));
    if (!view || view->records() == 0) return 0;
    std::vector<float> features(view->shape().featureSize);
    std::vector<float> logits(view->shape().logitSize);
    for (std::size_t record = 0; record < view->records(); ++record) {
        (void)view->valid(record);
        (void)view->hash(record);
        view->copyFeatures(record, features);
        view->copyLogits(record, logits);
    }
    return 0;
}
