#include "core/metrics/authors_metrics.h"

#include <cmath>
#include <cstddef>

#include "core/metrics/ood_metrics.h"
#include "core/metrics/score_order.h"

namespace dicescope {
namespace {

/// Area under precision over recall by trapezoids, one point a distinct score, starting at (0, 0).
class PrecisionRecallArea {
  public:
    explicit PrecisionRecallArea(std::size_t positives) : positives_(static_cast<double>(positives)) {}

    void add(double truePositives, double falsePositives) {
        const double recall = truePositives / positives_;
        const double precision = truePositives / (truePositives + falsePositives);
        area_ += (recall - recall_) * (precision + precision_) / 2;
        recall_ = recall;
        precision_ = precision;
    }
    [[nodiscard]] double value() const { return area_; }

  private:
    double positives_;
    double recall_ = 0;
    double precision_ = 0;
    double area_ = 0;
};

double areaIn(std::span<const std::uint64_t> id, std::span<const std::uint64_t> ood) {
    PrecisionRecallArea area(id.size());
    double ids = 0;
    double oods = 0;
    walkDescending(id, ood, [&](std::uint64_t, std::size_t newIds, std::size_t newOods) {
        ids += static_cast<double>(newIds);
        oods += static_cast<double>(newOods);
        area.add(ids, oods);
    });
    return area.value();
}

std::vector<std::uint64_t> negated(std::span<const double> scores) {
    std::vector<double> values(scores.begin(), scores.end());
    for (double& value : values) value = -value;
    return sortedKeys<double>(values);
}

}  // namespace

Result<AuthorsMetrics> computeAuthorsMetrics(std::span<const double> idScores,
                                             std::span<const double> oodScores) {
    const auto common = computeOodMetrics(idScores, oodScores);
    if (!common) return forwardError(common);

    const auto id = sortedKeys(idScores);
    const auto ood = sortedKeys(oodScores);
    const auto rank = static_cast<std::size_t>(std::nearbyint(0.05 * static_cast<double>(id.size())));
    const std::uint64_t threshold = id[id.size() - 1 - rank];
    const auto above = std::lower_bound(ood.begin(), ood.end(), threshold) - ood.begin();

    AuthorsMetrics m;
    m.fpr95 = static_cast<double>(above) / static_cast<double>(ood.size());
    m.auroc = common->auroc;
    m.auprIn = areaIn(id, ood);
    m.auprOut = areaIn(negated(oodScores), negated(idScores));
    m.threshold = scoreOfKey<double>(threshold);
    return m;
}

}  // namespace dicescope
