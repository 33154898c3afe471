#pragma once

#include <QByteArray>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QString>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

/// A model small enough to recompute by hand (tests/golden/analysis/make_tiny_model.py), and images for it.
namespace tiny {

inline constexpr int kSide = 8;
inline constexpr int kFeatures = 6;
inline constexpr int kClasses = 4;

inline std::filesystem::path model() {
    return std::filesystem::path(DICESCOPE_GOLDEN_DIR) / "analysis" / "tiny.pt";
}

using Pixels = std::array<std::uint8_t, kSide * kSide * 3>;  // rows, columns, RGB

/// The pixels of image `seed`: noise around a grey level of its own.
inline Pixels pixels(unsigned seed) {
    std::mt19937 generator(seed);
    const unsigned base = generator() % 128;
    Pixels values{};
    for (auto& value : values) value = static_cast<std::uint8_t>(base + generator() % 128);
    return values;
}

inline void writePpm(const std::filesystem::path& path, const Pixels& values) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file << "P6\n" << kSide << ' ' << kSide << "\n255\n";
    file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size()));
}

inline void writeText(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

/// `count` images with seeds from `firstSeed`, named 0.ppm, 1.ppm, ...; classes are the sub-folders to deal
/// them to.
inline void writeImages(const std::filesystem::path& folder, unsigned count, unsigned firstSeed,
                        const std::vector<std::string>& classes = {}) {
    for (unsigned i = 0; i < count; ++i) {
        const auto target = classes.empty() ? folder : folder / classes[i % classes.size()];
        writePpm(target / (std::to_string(i) + ".ppm"), pixels(firstSeed + i));
    }
}

/// A preprocessing file for the model's input; returns its path.
inline std::string writePreprocess(const std::filesystem::path& folder) {
    const auto path = folder / "tiny.json";
    writeText(path,
              R"({"name": "tiny", "resize": 8, "crop": 8, "mean": [0.5, 0.25, 0.5], "std": [0.5, 0.25, 1]})");
    return path.string();
}

struct Weights {
    std::vector<double> convWeight, convBias, fcWeight, fcBias;
};

inline std::vector<double> numbers(const QJsonValue& array) {
    std::vector<double> values;
    for (const QJsonValue value : array.toArray()) values.push_back(value.toDouble());
    return values;
}

inline Weights weights() {
    QFile file(QStringLiteral(DICESCOPE_GOLDEN_DIR "/analysis/tiny.json"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    return {numbers(json["conv.weight"]), numbers(json["conv.bias"]), numbers(json["fc.weight"]),
            numbers(json["fc.bias"])};
}

/// The penultimate features in float64 by plain loops.
inline std::array<double, kFeatures> features(const Weights& w, const Pixels& image) {
    constexpr std::array<double, 3> mean{0.5, 0.25, 0.5};
    constexpr std::array<double, 3> std{0.5, 0.25, 1};
    const auto input = [&](int k, int y, int x) {
        if (y < 0 || x < 0 || y >= kSide || x >= kSide) return 0.0;
        const auto index = static_cast<std::size_t>((y * kSide + x) * 3 + k);
        return (image[index] / 255.0 - mean[static_cast<std::size_t>(k)]) / std[static_cast<std::size_t>(k)];
    };
    std::array<double, kFeatures> result{};
    for (int f = 0; f < kFeatures; ++f) {
        double sum = 0;
        for (int y = 0; y < kSide; ++y) {
            for (int x = 0; x < kSide; ++x) {
                double value = w.convBias[static_cast<std::size_t>(f)];
                for (int k = 0; k < 3; ++k) {
                    for (int dy = 0; dy < 3; ++dy) {
                        for (int dx = 0; dx < 3; ++dx) {
                            value += w.convWeight[static_cast<std::size_t>(((f * 3 + k) * 3 + dy) * 3 + dx)] *
                                     input(k, y + dy - 1, x + dx - 1);
                        }
                    }
                }
                sum += value > 0 ? value : 0;
            }
        }
        result[static_cast<std::size_t>(f)] = sum / (kSide * kSide);
    }
    return result;
}

inline std::array<double, kClasses> logits(const Weights& w, const std::array<double, kFeatures>& h) {
    std::array<double, kClasses> result{};
    for (std::size_t c = 0; c < kClasses; ++c) {
        result[c] = w.fcBias[c];
        for (std::size_t d = 0; d < kFeatures; ++d) result[c] += w.fcWeight[c * kFeatures + d] * h[d];
    }
    return result;
}

}  // namespace tiny
