#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/model/classifier.h"

/// The models of tests/golden/model and what eager PyTorch computes for them (see make_models.py there).
namespace dicescope::testing {

inline std::filesystem::path modelPath(const std::string& file) {
    return std::filesystem::path(DICESCOPE_GOLDEN_DIR) / "model" / file;
}

inline ClassifierOptions optionsFor(int channels, int size = 8) {
    ClassifierOptions options;
    options.device = "cpu";
    options.channels = channels;
    options.height = size;
    options.width = size;
    return options;
}

struct Golden {
    std::size_t batch = 0;
    int channels = 3;
    std::vector<std::uint8_t> pixels;
    std::vector<float> tables;
    std::vector<float> features;
    std::vector<float> logits;
};

inline const nlohmann::json& goldenFile() {
    static const nlohmann::json file = nlohmann::json::parse(std::ifstream(modelPath("expected.json")));
    return file;
}

inline Golden golden(const std::string& model) {
    const nlohmann::json& file = goldenFile();
    const nlohmann::json& entry = file.at("models").at(model);
    Golden result;
    result.batch = file.at("batch").get<std::size_t>();
    result.channels = entry.at("channels").get<int>();
    result.pixels = file.at("pixels").at(std::to_string(result.channels)).get<std::vector<std::uint8_t>>();
    result.features = entry.at("features").get<std::vector<float>>();
    result.logits = entry.at("logits").get<std::vector<float>>();
    const auto mean = file.at("mean").get<float>();
    const auto deviation = file.at("std").get<float>();
    for (int channel = 0; channel < result.channels; ++channel) {
        for (int value = 0; value < 256; ++value) {
            result.tables.push_back((static_cast<float>(value) / 255.0F - mean) / deviation);
        }
    }
    return result;
}

/// Rows as forward computes them.
struct Rows {
    std::vector<float> features;
    std::vector<float> logits;

    friend bool operator==(const Rows&, const Rows&) = default;
};

/// Runs images first..first+count of the golden pixels.
inline Result<Rows> run(const Classifier& classifier, const Golden& input, std::size_t first,
                        std::size_t count) {
    const std::size_t image = input.pixels.size() / input.batch;
    const HeadCandidate& head = classifier.info().head;
    Rows rows{std::vector<float>(count * head.features), std::vector<float>(count * head.classes)};
    const ForwardOutput output{{rows.features.data(), count, head.features},
                               {rows.logits.data(), count, head.classes}};
    const std::span<const std::uint8_t> pixels(input.pixels);
    const auto status =
        classifier.forward(pixels.subspan(first * image, count * image), count, input.tables, output, 1);
    if (!status) return forwardError(status);
    return rows;
}

inline float largestDifference(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size()) return INFINITY;
    float worst = 0;
    for (std::size_t at = 0; at < a.size(); ++at) {
        const float difference = std::abs(a[at] - b[at]);
        if (!(difference <= worst)) worst = difference;
    }
    return worst;
}

}  // namespace dicescope::testing
