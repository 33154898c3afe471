#include "core/report/interval_text.h"

#include "core/report/text.h"

namespace dicescope {

std::string intervalText(const Interval& interval, bool sign) {
    const std::string plus = sign && interval.estimate > 0 ? "+" : "";
    return plus + percent(interval.estimate) + " [" + percent(interval.low) + ", " + percent(interval.high) +
           "]";
}

}  // namespace dicescope
