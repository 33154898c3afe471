#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace dicescope {

/// A linear layer of the model that could be its head.
struct HeadCandidate {
    std::string name;            ///< as --head takes it
    std::size_t classes = 0;     ///< C
    std::size_t features = 0;    ///< D
    bool isConvolution = false;  ///< a 1x1 convolution over pooled features

    friend bool operator==(const HeadCandidate&, const HeadCandidate&) = default;
};

/// What was found in a model file.
struct ClassifierInfo {
    std::filesystem::path path;
    std::string sha256;    ///< of the file
    std::string producer;  ///< what the archive says about the PyTorch that wrote it; may be empty
    HeadCandidate head;    ///< the one in use
    std::vector<HeadCandidate>
        candidates;              ///< every linear layer that feeds the output directly; holds `head`
    bool hasBias = false;        ///< of the head
    std::size_t parameters = 0;  ///< number of values in all parameters
    int channels = 0;            ///< of the input the model was loaded for
    int height = 0;
    int width = 0;
    double probeDifference = 0;  ///< max |W h + b - model output| over the probe batch
    double probeScale = 0;       ///< max |model output| over the probe batch
    bool optimised =
        false;  ///< whether the graph in use was rewritten for the device (layout, fused operators)
    double optimisedDifference = 0;  ///< max |logits of the graph in use - logits of the plain graph| there
    std::string device;              ///< in use: "cpu" or "cuda:0"
    std::string libtorch;            ///< version this program runs on
    std::string note;                ///< what the user should know about how the model is used; may be empty
};

/// The facts as lines for a terminal, "key: value", each ending in a newline.
[[nodiscard]] std::string describe(const ClassifierInfo& info);

}  // namespace dicescope
