#include "core/demo/synthetic_images.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <string_view>

namespace dicescope {
namespace {

constexpr int kSide = kFashionSide;
constexpr float kTwoPi = 2 * std::numbers::pi_v<float>;

enum class SetNumber : std::uint64_t { Glyphs = 1, Textures, Noise };

std::uint64_t mixBits(std::uint64_t value) {
    // SplitMix64 (Steele, Lea, Flood 2014): neighbouring numbers would give cv::RNG neighbouring streams.
    value += 0x9e3779b97f4a7c15ULL;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

cv::RNG generatorOf(std::uint64_t seed, SetNumber set, std::size_t index) {
    return cv::RNG(mixBits(mixBits(mixBits(seed) ^ static_cast<std::uint64_t>(set)) ^ index));
}

DemoImage toDemoImage(const cv::Mat& image, double scale = 1) {
    cv::Mat bytes;
    image.convertTo(bytes, CV_8U, scale);
    DemoImage result;
    std::copy_n(bytes.ptr<std::uint8_t>(), result.size(), result.begin());
    return result;
}

/// Stretches any range of values to a random one with some contrast.
cv::Mat1f toGreyRange(const cv::Mat1f& values, cv::RNG& rng) {
    const float low = rng.uniform(0.0F, 100.0F);
    const float high = rng.uniform(155.0F, 255.0F);
    cv::Mat1f scaled;
    cv::normalize(values, scaled, low, high, cv::NORM_MINMAX);
    return scaled;
}

template <class Function>
cv::Mat1f fromFunction(const Function& function) {
    cv::Mat1f values(kSide, kSide);
    for (int y = 0; y < kSide; ++y) {
        for (int x = 0; x < kSide; ++x) values(y, x) = function(static_cast<float>(x), static_cast<float>(y));
    }
    return values;
}

/// The phase of a plane wave with random direction, period (3 to 14 pixels) and offset.
auto randomWave(cv::RNG& rng, float turn = 0) {
    const float angle = rng.uniform(0.0F, kTwoPi) + turn;
    const float frequency = kTwoPi / rng.uniform(3.0F, 14.0F);
    const float offset = rng.uniform(0.0F, kTwoPi);
    return [a = frequency * std::cos(angle), b = frequency * std::sin(angle), offset](float x, float y) {
        return a * x + b * y + offset;
    };
}

cv::Mat1f stripes(cv::RNG& rng) {
    const auto wave = randomWave(rng);
    const float sharpness = rng.uniform(0.5F, 6.0F);
    return fromFunction([&](float x, float y) { return std::tanh(sharpness * std::sin(wave(x, y))); });
}

cv::Mat1f checkers(cv::RNG& rng) {
    const float angle = rng.uniform(0.0F, kTwoPi);
    const float frequency = kTwoPi / rng.uniform(4.0F, 16.0F);
    const float c = frequency * std::cos(angle);
    const float s = frequency * std::sin(angle);
    const float offset = rng.uniform(0.0F, kTwoPi);
    return fromFunction([&](float x, float y) {
        return std::tanh(6 * std::sin(c * x + s * y + offset) * std::sin(c * y - s * x + offset));
    });
}

cv::Mat1f rings(cv::RNG& rng) {
    const float cx = rng.uniform(0.0F, float{kSide});
    const float cy = rng.uniform(0.0F, float{kSide});
    const float frequency = kTwoPi / rng.uniform(3.0F, 12.0F);
    const float offset = rng.uniform(0.0F, kTwoPi);
    return fromFunction(
        [&](float x, float y) { return std::sin(frequency * std::hypot(x - cx, y - cy) + offset); });
}

cv::Mat1f gaborPatches(cv::RNG& rng) {
    cv::Mat1f sum(kSide, kSide, 0.0F);
    const int patches = rng.uniform(3, 12);
    for (int i = 0; i < patches; ++i) {
        const auto wave = randomWave(rng);
        const float cx = rng.uniform(0.0F, float{kSide});
        const float cy = rng.uniform(0.0F, float{kSide});
        const float width = rng.uniform(2.5F, 6.0F);
        sum += fromFunction([&](float x, float y) {
            const float r = std::hypot(x - cx, y - cy) / width;
            return std::exp(-r * r / 2) * std::sin(wave(x, y));
        });
    }
    return sum;
}

cv::Mat1f plasma(cv::RNG& rng) {
    cv::Mat1f sum(kSide, kSide, 0.0F);
    const float persistence = rng.uniform(0.4F, 0.9F);
    float amplitude = 1;
    for (const int grid : {3, 5, 9, 17}) {
        cv::Mat1f knots(grid, grid);
        rng.fill(knots, cv::RNG::UNIFORM, -amplitude, amplitude);
        cv::Mat1f octave;
        cv::resize(knots, octave, {kSide, kSide}, 0, 0, cv::INTER_CUBIC);
        sum += octave;
        amplitude *= persistence;
    }
    return sum;
}

cv::Mat1f cells(cv::RNG& rng) {
    const int count = rng.uniform(6, 40);
    cv::Mat1f centres(count, 2);
    rng.fill(centres, cv::RNG::UNIFORM, 0, kSide);
    return fromFunction([&](float x, float y) {
        float nearest = float{kSide};
        for (int i = 0; i < count; ++i) {
            nearest = std::min(nearest, std::hypot(x - centres(i, 0), y - centres(i, 1)));
        }
        return nearest;
    });
}

cv::Mat1f gaussianNoise(cv::RNG& rng) {
    cv::Mat1f noise(kSide, kSide);
    rng.fill(noise, cv::RNG::NORMAL, rng.uniform(60.0, 190.0), rng.uniform(20.0, 80.0));
    return noise;
}

cv::Mat1f smoothNoise(cv::RNG& rng) {
    cv::Mat1f noise = gaussianNoise(rng);
    cv::GaussianBlur(noise, noise, {0, 0}, rng.uniform(0.7, 2.0));
    return toGreyRange(noise, rng);
}

cv::Mat1f impulses(cv::RNG& rng) {
    cv::Mat1f noise(kSide, kSide);
    rng.fill(noise, cv::RNG::UNIFORM, 0, 1);
    const double share = rng.uniform(0.05, 0.5);
    const double brightness = rng.uniform(128.0, 255.0);
    cv::threshold(noise, noise, share, brightness, cv::THRESH_BINARY_INV);
    return noise;
}

/// Maps the drawn character's centre to the centre of the image, turned, sheared and scaled to its size
/// there.
cv::Matx23d randomAffine(const cv::Rect& drawn, cv::RNG& rng) {
    const double angle = rng.uniform(-0.6, 0.6);
    const double shear = rng.uniform(-0.4, 0.4);
    const double size = rng.uniform(14.0, 26.0) / std::max(drawn.width, drawn.height);
    const double c = size * std::cos(angle);
    const double s = size * std::sin(angle);
    const cv::Matx22d linear(c, c * shear - s, s, s * shear + c);
    const cv::Vec2d from(drawn.x + drawn.width / 2.0, drawn.y + drawn.height / 2.0);
    const cv::Vec2d to(kSide / 2.0 + rng.uniform(-2.0, 2.0), kSide / 2.0 + rng.uniform(-2.0, 2.0));
    const cv::Vec2d shift = to - linear * from;
    return {linear(0, 0), linear(0, 1), shift[0], linear(1, 0), linear(1, 1), shift[1]};
}

}  // namespace

DemoImage makeGlyph(std::uint64_t seed, std::size_t index) {
    // Drawn large and reduced by the affine map's area filter, because Hershey strokes at 28 pixels are bare
    // polylines.
    constexpr int kOver = 4;
    constexpr std::string_view kCharacters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789&@#%?!+=";
    cv::RNG rng = generatorOf(seed, SetNumber::Glyphs, index);
    const std::string text(1, kCharacters[index % kCharacters.size()]);
    const int font = rng.uniform(0, 8);
    const int italic = rng.uniform(0, 2) * cv::FONT_ITALIC;

    cv::Mat1b canvas(160, 160, std::uint8_t{0});
    cv::putText(canvas, text, {40, 115}, font | italic, 3.0, cv::Scalar(255), rng.uniform(6, 16),
                cv::LINE_AA);
    cv::Matx23d map = randomAffine(cv::boundingRect(canvas), rng);
    map *= kOver;
    cv::Mat1b large;
    cv::warpAffine(canvas, large, map, {kSide * kOver, kSide * kOver}, cv::INTER_LINEAR);
    cv::Mat1b small;
    cv::resize(large, small, {kSide, kSide}, 0, 0, cv::INTER_AREA);
    return toDemoImage(small, rng.uniform(0.5, 1.0));
}

DemoImage makeTexture(std::uint64_t seed, std::size_t index) {
    using Kind = cv::Mat1f (*)(cv::RNG&);
    constexpr std::array<Kind, 6> kKinds{stripes, checkers, rings, gaborPatches, plasma, cells};
    cv::RNG rng = generatorOf(seed, SetNumber::Textures, index);
    const cv::Mat1f values = kKinds[index % kKinds.size()](rng);
    return toDemoImage(toGreyRange(values, rng));
}

DemoImage makeNoise(std::uint64_t seed, std::size_t index) {
    cv::RNG rng = generatorOf(seed, SetNumber::Noise, index);
    switch (index % 4) {
        case 0: {
            cv::Mat1f noise(kSide, kSide);
            rng.fill(noise, cv::RNG::UNIFORM, 0, 256);
            return toDemoImage(noise);
        }
        case 1:
            return toDemoImage(gaussianNoise(rng));
        case 2:
            return toDemoImage(smoothNoise(rng));
        default:
            return toDemoImage(impulses(rng));
    }
}

}  // namespace dicescope
