#include "app/gui/image_work.h"

#include <utility>

#include "core/base/file.h"
#include "core/explain/image_explanation.h"
#include "core/images/batch_loader.h"
#include "core/images/decode.h"

namespace dicescope {
namespace {

constexpr std::size_t kTopClasses = 5;
constexpr std::size_t kBars = 5;  // so that their names fit below them

QImage copyOf(const std::uint8_t* pixels, int width, int height, int channels) {
    return QImage(pixels, width, height, static_cast<qsizetype>(width) * channels,
                  channels == 1 ? QImage::Format_Grayscale8 : QImage::Format_RGB888)
        .convertToFormat(QImage::Format_RGB32);
}

std::vector<float> tablesOf(const Preprocess& preprocess) {
    std::vector<float> tables;
    for (int channel = 0; channel < preprocess.channels; ++channel) {
        const auto table = normalisationTable(preprocess, channel);
        tables.insert(tables.end(), table.begin(), table.end());
    }
    return tables;
}

std::span<const float> featureOf(const LookedAt& at) {
    return at.inspection->features(at.set).features.row(at.setRow);
}

}  // namespace

Result<ImageList> answerQuery(const InspectionPtr& inspection, std::size_t row, const ImageQuery& query,
                              const ImageList& earlier) {
    ImageList list;
    list.inspection = inspection;
    list.row = row;
    list.query = query;
    const bool sameTable = earlier.inspection == inspection && earlier.row == row && earlier.table;
    if (sameTable) {
        list.table = earlier.table;
    } else {
        auto table = imageTable(*inspection, row);
        if (!table) return forwardError(table);
        list.table = std::make_shared<const ImageTable>(std::move(*table));
    }
    if (query.order == ImageOrder::Column && query.other) {
        if (sameTable && earlier.column && earlier.query.other == query.other) {
            list.column = earlier.column;
        } else {
            auto column = scoreDisagreement(*inspection, row, *query.other);
            if (!column) return forwardError(column);
            list.column = std::make_shared<const std::vector<float>>(std::move(*column));
        }
    }
    const std::span<const float> column =
        list.column ? std::span<const float>(*list.column) : std::span<const float>();
    list.records = std::make_shared<const std::vector<std::uint32_t>>(
        list.table->select(query.filter, query.order, query.descending, column));
    return list;
}

Result<ImageNumbers> imageNumbers(const LookedAt& at) {
    const Inspection& inspection = *at.inspection;
    auto explanation = explainImage(featureOf(at), inspection.head(), inspection.mask(at.row),
                                    inspection.clip(), kTopClasses);
    if (!explanation) return forwardError(explanation);
    auto parts = waterfall(featureOf(at), inspection.head(), inspection.mask(at.row), at.classIndex,
                           inspection.clip(), kBars);
    if (!parts) return forwardError(parts);
    return ImageNumbers{at.inspection, at.row, std::move(*explanation), std::move(*parts)};
}

Result<ReadImage> readImage(const std::filesystem::path& file, const std::optional<Preprocess>& preprocess) {
    const auto bytes = readFile(file, kMaxImageFileBytes);
    if (!bytes) return forwardError(bytes);
    const auto image = decodeImage(*bytes);
    if (!image) return forwardError(image);
    ReadImage read;
    if (!preprocess) {
        read.picture = copyOf(image->pixels.data(), image->width, image->height, 3);
        return read;
    }
    read.pixels = toModelPixels(*image, *preprocess);
    read.picture =
        copyOf(read.pixels.data(), preprocess->cropWidth, preprocess->cropHeight, preprocess->channels);
    return read;
}

Result<MadeMaps> makeMaps(const FeatureMapModel& model, const ReadImage& image,
                          std::shared_ptr<const FeatureMaps> features, const LookedAt& at) {
    const Inspection& inspection = *at.inspection;
    if (!features) {
        auto computed = model.maps(image.pixels, tablesOf(*inspection.inputs->preprocess));
        if (!computed) return forwardError(computed);
        features = std::make_shared<const FeatureMaps>(std::move(*computed));
    }
    auto maps =
        activationMaps(features->values.view(), model.info().height, model.info().width, features->features,
                       inspection.head(), inspection.mask(at.row), at.classIndex, inspection.clip());
    if (!maps) return forwardError(maps);
    return MadeMaps{std::move(features), std::move(*maps), at.row};
}

}  // namespace dicescope
