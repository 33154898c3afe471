#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include "core/analysis/inspection.h"
#include "core/base/error.h"
#include "core/base/job.h"

namespace dicescope {

/// A list of images as somebody filtered and sorted it. Nothing is kept alive.
struct ImageListReport {
    const Inspection& inspection;
    const ImageTable& table;                   ///< imageTable() of `row`
    std::size_t row = 0;                       ///< a level of the exploration, or its dense row
    std::span<const std::uint32_t> records{};  ///< indices of the table's records, in the order wanted
    /// Where the list has one: scoreDisagreement() with this score, one value a record of the table.
    std::optional<ScoreKind> other = {};
    std::span<const float> disagreement = {};
};

/// Writes a list as CSV (RFC 4180), one line a record in their order, under a header line:
/// path, set, label, prediction as in scores.csv; `correct` (1 or 0; empty where the label is not known);
/// `p`; the score of the dense head, whether it accepts the image, and the same of the head at p, with how
/// far the score moved from the rejected towards the accepted side of the threshold (`margin_change`); the
/// rank disagreement (`disagreement_msp`). Scores are named by kind and detector ("energy_dense",
/// "energy_dice", "log_msp_dense", "energy_react", "maxlogit_abs-weight+react"): those of scores.csv have its
/// names. At the dense head there is no head at p and none of its columns. Floats in the shortest form that
/// reads back exactly; docs/formats.md. Streamed and atomic; progress in records. Any thread. Errors:
/// InvalidArgument (a record that the table does not have), WriteFailed, Cancelled.
[[nodiscard]] Status writeImageListCsv(const std::filesystem::path& path, const ImageListReport& report,
                                       const Job& job);

}  // namespace dicescope
