// ODIN as it is listed: it is scored by whoever has the model.
#include "core/detectors/family.h"

namespace dicescope {

DetectorEntry odinEntry() {
    DetectorInfo info;
    info.id = "odin";
    info.displayName = "ODIN";
    info.explanation =
        "MSP at a high temperature, of an image that was first moved a little towards the "
        "predicted class.";
    info.formula = "max_c softmax(f(x~) / t)_c, x~ = x - noise sign(-grad_x log max_c softmax(f(x) / t)_c)";
    info.citation = {"Liang, Li and Srikant",
                     "Enhancing The Reliability of Out-of-distribution Image Detection in Neural Networks",
                     "ICLR 2018", "1706.02690"};
    info.need = DetectorNeed::Model;
    info.cost = DetectorCost::Model;
    info.parameters = {anyNumber("t", 1000, 1e-3, 1e6, "Temperature: logits are divided by it."),
                       anyNumber("noise", 0.0014, 0, 1, "How far each pixel value, in 0..1, is moved.")};
    return {std::move(info), {}};
}

}  // namespace dicescope
