#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/explain/masked_head.h"
#include "core/sparsity/levels.h"
#include "core/sparsity/ranking.h"

/// A golden file of this room. A missing or damaged one ends the test with nlohmann's exception.
inline nlohmann::json golden(const std::string& file) {
    std::ifstream in(std::filesystem::path(DICESCOPE_GOLDEN_DIR) / "explain" / file);
    return nlohmann::json::parse(in);
}

template <class T>
dicescope::Matrix<T> matrixOf(const nlohmann::json& rows) {
    dicescope::Matrix<T> matrix(rows.size(), rows.at(0).size());
    for (std::size_t r = 0; r < matrix.rows(); ++r) {
        for (std::size_t c = 0; c < matrix.cols(); ++c) matrix(r, c) = rows[r][c];
    }
    return matrix;
}

/// The case of tests/golden/explain/make_goldens.py, ranked by DICE's rule.
struct GoldenCase {
    dicescope::Matrix<float> weight, id, ood;
    std::vector<float> bias;
    std::vector<double> mean;
    dicescope::LevelPlan plan;

    GoldenCase() {
        const auto json = golden("case.json");
        weight = matrixOf<float>(json["weight"]);
        id = matrixOf<float>(json["id"]);
        ood = matrixOf<float>(json["ood"]);
        bias = json["bias"].get<std::vector<float>>();
        mean = json["mean"].get<std::vector<double>>();
        plan = dicescope::planLevels(ranking().view(), json["levels"].get<std::vector<double>>()).value();
    }
    [[nodiscard]] dicescope::Matrix<double> ranking() const {
        using dicescope::RankingRule;
        return dicescope::rankingValues(RankingRule::Contribution, weight.view(), mean, 0).value();
    }
    [[nodiscard]] dicescope::HeadView head() const { return {weight.view(), bias}; }
};
