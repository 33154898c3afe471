#pragma once

#include <QString>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "core/analysis/inspection.h"
#include "core/explain/image_table.h"
#include "core/metrics/score_kind.h"

namespace dicescope {

/// Which images are asked for, and in which order.
struct ImageQuery {
    ImageFilter filter;
    ImageOrder order = ImageOrder::LevelScore;
    /// Of ImageOrder::Column: the score that the analysis's own one is compared with.
    std::optional<ScoreKind> other = {};
    bool descending = true;

    friend bool operator==(const ImageQuery&, const ImageQuery&) = default;
};

/// The images that are shown, as they answer a query: immutable values, cheap to copy.
struct ImageList {
    InspectionPtr inspection;                 ///< null: nothing is shown
    std::size_t row = 0;                      ///< the row of the exploration that the scores are of
    std::shared_ptr<const ImageTable> table;  ///< not null where there is an inspection
    std::shared_ptr<const std::vector<std::uint32_t>> records;  ///< indices of the table's records, in order
    ImageQuery query;
    std::shared_ptr<const std::vector<float>> column;  ///< of ImageOrder::Column, one value a record

    [[nodiscard]] std::size_t size() const { return records ? records->size() : 0; }
    [[nodiscard]] const ImageRecord& record(std::uint32_t index) const { return table->records()[index]; }
};

// What people read of the images of a list. Scores are those of rankingScores(): of MSP the logarithm, since
// MSP itself is 1 for most images.

/// "Energy", "log MSP", "MaxLogit".
[[nodiscard]] QString rankingScoreTitle(ScoreKind kind);
/// The name of the set of a record.
[[nodiscard]] QString setTitle(const ImageList& list, const ImageRecord& record);
/// The name of a class; "unknown" for -1.
[[nodiscard]] QString classTitle(const Inspection& inspection, std::int32_t c);
/// The file of a record as it lay when the features were extracted; empty where that is not known.
[[nodiscard]] std::filesystem::path imageFile(const Inspection& inspection, const ImageRecord& record);
/// The value of a record that the list is sorted by; the score at p where it is not sorted.
[[nodiscard]] QString sortedValueText(const ImageList& list, std::uint32_t record);

/// What is to be noticed about a record's acceptance by the query's side.
struct AcceptanceMark {
    QString text;        ///< "× accepted", "→ rejected"; empty where nothing is
    QString meaning;     ///< a sentence for a tool tip
    bool wrong = false;  ///< an OOD image accepted or an ID image rejected
};
[[nodiscard]] AcceptanceMark acceptanceMark(const ImageRecord& record, ScoreSide side);

}  // namespace dicescope
