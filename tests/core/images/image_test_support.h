#pragma once

#include <QFile>
#include <QString>
#include <QStringList>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/images/rgb_image.h"

/// The image that tests/golden/images/make_pixel_goldens.py makes: independent bytes, many of them 0 or 255.
inline dicescope::RgbImage noiseImage(int width, int height) {
    dicescope::RgbImage image{width, height, {}};
    for (std::uint32_t y = 0; y < static_cast<std::uint32_t>(height); ++y) {
        for (std::uint32_t x = 0; x < static_cast<std::uint32_t>(width); ++x) {
            for (std::uint32_t k = 0; k < 3; ++k) {
                std::uint32_t v = x * 73856093U ^ y * 19349663U ^ k * 83492791U;
                v = ((v ^ v >> 13U) * 1274126177U >> 16U) % 512U;
                image.pixels.push_back(
                    static_cast<std::uint8_t>(v < 128U ? 0U : (v > 383U ? 255U : v - 128U)));
            }
        }
    }
    return image;
}

inline QString sha256Of(std::span<const std::uint8_t> bytes) {
    return QString::fromStdString(dicescope::sha256(std::as_bytes(bytes)));
}

inline QString goldenPath(const QString& name) {
    return QStringLiteral(DICESCOPE_GOLDEN_DIR "/images/") + name;
}

/// The lines of a golden file; empty where it cannot be read, which a test must not accept.
inline QStringList goldenLines(const QString& name) {
    QFile file(goldenPath(name));
    if (!file.open(QIODevice::ReadOnly)) return {};
    return QString::fromLatin1(file.readAll()).split('\n', Qt::SkipEmptyParts);
}

inline std::vector<std::byte> fileBytes(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray data = file.readAll();
    const auto bytes = std::as_bytes(std::span(data.constData(), static_cast<std::size_t>(data.size())));
    return {bytes.begin(), bytes.end()};
}
