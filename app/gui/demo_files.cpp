#include "app/gui/demo_files.h"

#include <QFile>
#include <QStandardPaths>

#include "core/base/file.h"
#include "core/demo/demo_data.h"

// A resource in a static library is linked only where it is asked for; the macro must stand outside
// namespaces.
static void linkDemoNetwork() {
    Q_INIT_RESOURCE(demo);
}

namespace dicescope {

namespace fs = std::filesystem;

Result<fs::path> writeDemoFiles(const Job& job) {
    const fs::path folder =
        fs::path(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation).toStdString()) /
        "dicescope" / "demo";
    // The images have a folder of their own: writeDemoData() never touches one that holds something else.
    const auto data = writeDemoData(folder / "images", {}, job);
    if (!data) return forwardError(data);
    linkDemoNetwork();
    QFile network(":/demo/fashion8.pt");
    if (!network.open(QIODevice::ReadOnly)) {
        return fail(ErrorCode::Internal, "The demo network is missing in this build; please report it.");
    }
    const QByteArray bytes = network.readAll();
    const auto status = writeFileAtomically(folder / "fashion8.pt",
                                            {bytes.constData(), static_cast<std::size_t>(bytes.size())});
    if (!status) return forwardError(status);
    return folder;
}

InputsConfig demoInputs(const fs::path& folder) {
    InputsConfig inputs;
    inputs.model = folder / "fashion8.pt";
    inputs.preprocess = "fashion";
    inputs.idTrain = folder / "images" / "id-train";
    inputs.id = folder / "images" / "id-test";
    for (const char* name : {"near", "glyphs", "textures", "noise"}) {
        inputs.ood.push_back({name, folder / "images" / (std::string("ood-") + name)});
    }
    return inputs;
}

}  // namespace dicescope
