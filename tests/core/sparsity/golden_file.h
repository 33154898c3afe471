#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

/// A golden file of this room. A missing or damaged one ends the test with nlohmann's exception.
inline nlohmann::json golden(const std::string& file) {
    std::ifstream in(std::filesystem::path(DICESCOPE_GOLDEN_DIR) / "sparsity" / file);
    return nlohmann::json::parse(in);
}
