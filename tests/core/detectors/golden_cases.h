#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/detectors/detector.h"
#include "core/detectors/registry.h"
#include "core/detectors/training_data.h"

/// A golden file of this room. A missing or damaged one ends the test with nlohmann's exception.
inline nlohmann::json goldenCases() {
    std::ifstream in(std::filesystem::path(DICESCOPE_GOLDEN_DIR) / "detectors" / "cases.json");
    return nlohmann::json::parse(in);
}

inline dicescope::Matrix<float> floatMatrix(const nlohmann::json& rows) {
    dicescope::Matrix<float> matrix(rows.size(), rows.at(0).size());
    for (std::size_t r = 0; r < matrix.rows(); ++r) {
        for (std::size_t c = 0; c < matrix.cols(); ++c) matrix(r, c) = rows[r][c].get<float>();
    }
    return matrix;
}

/// One case of the goldens, with everything that a detector is fitted on.
struct DetectorCase {
    dicescope::Matrix<float> weight;
    std::vector<float> bias;
    dicescope::Matrix<float> features;
    std::vector<int> labels;
    std::vector<double> mean;
    dicescope::Matrix<float> test;

    explicit DetectorCase(const nlohmann::json& json)
        : weight(floatMatrix(json["weight"])),
          bias(json["bias"].get<std::vector<float>>()),
          features(floatMatrix(json["features"])),
          labels(json["labels"].get<std::vector<int>>()),
          mean(features.cols()),
          test(floatMatrix(json["test"])) {
        takeMean();
    }

    DetectorCase(dicescope::Matrix<float> w, std::vector<float> b, dicescope::Matrix<float> train,
                 std::vector<int> y, dicescope::Matrix<float> x)
        : weight(std::move(w)),
          bias(std::move(b)),
          features(std::move(train)),
          labels(std::move(y)),
          mean(features.cols()),
          test(std::move(x)) {
        takeMean();
    }

    [[nodiscard]] dicescope::HeadView head() const { return {weight.view(), bias}; }

    [[nodiscard]] dicescope::TrainingDataPtr training(const std::filesystem::path& fitFolder = {}) const {
        auto data =
            dicescope::TrainingData::create({head(), mean, features.view(), labels, nullptr, fitFolder});
        if (!data) throw std::runtime_error(data.error().message);
        return *data;
    }

    /// Scores of the test rows, or the error of fitting or scoring.
    [[nodiscard]] dicescope::Result<std::vector<double>> scores(
        const std::string& text, const dicescope::TrainingDataPtr& data) const {
        const auto spec = dicescope::parseDetectorSpec(text);
        if (!spec) return dicescope::forwardError(spec);
        const auto detector = dicescope::fitDetector(*spec, data);
        if (!detector) return dicescope::forwardError(detector);
        const std::vector<dicescope::DetectorPtr> detectors{*detector};
        const auto runs = dicescope::scoreFeatures(detectors, head(), test.view());
        if (!runs) return dicescope::forwardError(runs);
        if (runs->front().error) return tl::unexpected(*runs->front().error);
        return runs->front().scores;
    }

  private:
    void takeMean() {
        for (std::size_t r = 0; r < features.rows(); ++r) {
            for (std::size_t d = 0; d < mean.size(); ++d) mean[d] += double{features(r, d)};
        }
        for (double& value : mean) value /= static_cast<double>(features.rows());
    }
};
