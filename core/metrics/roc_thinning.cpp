#include "core/metrics/roc_thinning.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/metrics/score_order.h"

namespace dicescope {
namespace {

struct Vector {
    double x = 0;
    double y = 0;
};

double cross(Vector a, Vector b) {
    return a.x * b.y - a.y * b.x;
}

/// The directions from an anchor in which a chord passes close enough to all points added. All vectors lie in
/// the half plane x + y >= 0, where the sign of the cross product orders them.
class Cone {
  public:
    void restart(Vector anchor) { *this = Cone{anchor}; }
    [[nodiscard]] bool holds(Vector point) const {
        const Vector direction = from(point);
        return cross(low_, direction) >= 0 && cross(direction, high_) >= 0;
    }
    void add(Vector point) {
        // Half a pixel along the antidiagonal to either side of the point.
        constexpr double kReach = 0.5 / std::numbers::sqrt2;
        const Vector direction = from(point);
        const Vector low{direction.x + kReach, direction.y - kReach};
        const Vector high{direction.x - kReach, direction.y + kReach};
        if (cross(low_, low) > 0) low_ = low;
        if (cross(high, high_) > 0) high_ = high;
    }

    explicit Cone(Vector anchor = {}) : anchor_(anchor) {}

  private:
    [[nodiscard]] Vector from(Vector point) const { return {point.x - anchor_.x, point.y - anchor_.y}; }

    Vector anchor_;
    Vector low_{1, -1};
    Vector high_{-1, 1};
};

/// A point of the curve: how many samples are accepted, and where that is in the two views (px).
struct CurvePoint {
    std::size_t ids = 0;
    std::size_t oods = 0;
    Vector linear;
    Vector logarithmic;
};

/// Receives the points of a curve in their order and keeps those that chords have to end in.
class Chords {
  public:
    explicit Chords(const CurvePoint& first) : last_(first) { keepLast(); }

    void add(const CurvePoint& point) {
        if (!linear_.holds(point.linear) || !logarithmic_.holds(point.logarithmic)) keepLast();
        linear_.add(point.linear);
        logarithmic_.add(point.logarithmic);
        last_ = point;
    }
    [[nodiscard]] std::vector<CurvePoint> finish() {
        kept_.push_back(last_);
        return std::move(kept_);
    }

  private:
    void keepLast() {
        kept_.push_back(last_);
        linear_.restart(last_.linear);
        logarithmic_.restart(last_.logarithmic);
    }

    CurvePoint last_;
    Cone linear_;
    Cone logarithmic_;
    std::vector<CurvePoint> kept_;
};

}  // namespace

RocThinning::RocThinning(std::size_t idCount, std::size_t oodCount, unsigned pixels)
    : fprUnit_(1 / static_cast<double>(oodCount)),
      tprUnit_(1 / static_cast<double>(idCount)),
      pixels_(pixels),
      logColumn_(oodCount + 1) {
    const double decades = -std::log10(kSmallestLogFpr);
    for (std::size_t oods = 0; oods <= oodCount; ++oods) {
        const double fpr = std::max(static_cast<double>(oods) * fprUnit_, kSmallestLogFpr);
        logColumn_[oods] = (std::log10(fpr) + decades) / decades * pixels_;
    }
}

std::vector<RocVertex> RocThinning::thin(std::span<const std::uint32_t> id,
                                         std::span<const std::uint32_t> ood) const {
    const auto pointAt = [&](std::size_t ids, std::size_t oods) {
        const double y = static_cast<double>(ids) * tprUnit_ * pixels_;
        return CurvePoint{
            ids, oods, {static_cast<double>(oods) * fprUnit_ * pixels_, y}, {logColumn_[oods], y}};
    };
    Chords chords(pointAt(0, 0));
    std::size_t ids = 0;
    std::size_t oods = 0;
    bool wasUp = false;
    bool wasRight = false;
    walkDescending<std::uint32_t>(id, ood, [&](std::uint32_t, std::size_t newIds, std::size_t newOods) {
        const bool up = newOods == 0;
        const bool right = newIds == 0;
        // On a straight line upwards or to the right only the ends matter, whatever the scale of an axis.
        const bool straight = (up && wasUp) || (right && wasRight);
        if (!straight && ids + oods > 0) chords.add(pointAt(ids, oods));
        ids += newIds;
        oods += newOods;
        wasUp = up;
        wasRight = right;
    });
    chords.add(pointAt(ids, oods));

    const auto share = [](std::size_t count, std::size_t total) {
        return static_cast<float>(static_cast<double>(count) / static_cast<double>(total));
    };
    std::vector<RocVertex> vertices;
    for (const CurvePoint& point : chords.finish()) {
        vertices.push_back({share(point.oods, ood.size()), share(point.ids, id.size())});
    }
    return vertices;
}

}  // namespace dicescope
