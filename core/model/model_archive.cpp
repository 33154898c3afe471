#include "core/model/model_archive.h"

#include <caffe2/serialize/inline_container.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>
#include <vector>

namespace dicescope::torch_internal {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExportAdvice = "; export the model as TorchScript with resources/export_model.py.";

tl::unexpected<Error> notScript(const fs::path& path, const std::string& whatItIs) {
    return fail(ErrorCode::Corrupt, path.string() + " is " + whatItIs + kExportAdvice);
}

Result<std::string> firstBytes(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status))
        return fail(ErrorCode::NotFound, "There is no model file " + path.string() + "; check the path.");
    if (fs::is_directory(status)) {
        return fail(ErrorCode::Unreadable, path.string() + " is a folder; give the TorchScript file itself.");
    }
    std::ifstream file(path, std::ios::binary);
    std::array<char, 16> head{};
    if (file) file.read(head.data(), static_cast<std::streamsize>(head.size()));
    if (!file && !file.eof()) {
        return fail(ErrorCode::Unreadable,
                    "The model file " + path.string() + " cannot be read; check its permissions.");
    }
    return std::string(head.data(), static_cast<std::size_t>(file.gcount()));
}

bool isText(std::string_view head) {
    return std::all_of(head.begin(), head.end(),
                       [](char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\r' || c == '\t'; });
}

Status checkMagic(const fs::path& path, const std::string& head) {
    constexpr std::size_t kJsonStart = 8;
    if (head.empty()) return notScript(path, "empty");
    if (head.starts_with("PK")) return {};
    if (head[0] == '\x80')
        return notScript(
            path, "a Python checkpoint (a pickle of weights or of a Python object), which holds no program");
    if (head.size() > kJsonStart && head[kJsonStart] == '{')
        return notScript(path, "a safetensors file, which holds weights but no program");
    if (isText(head)) return notScript(path, "a text file, not a TorchScript model");
    return notScript(path, "not a TorchScript model");
}

bool hasRecord(const std::vector<std::string>& records, std::string_view wanted) {
    return std::find(records.begin(), records.end(), wanted) != records.end();
}

bool hasFolder(const std::vector<std::string>& records, std::string_view folder) {
    return std::any_of(records.begin(), records.end(),
                       [&](const std::string& name) { return name.starts_with(folder); });
}

bool hasFileNamed(const std::vector<std::string>& records, std::string_view end) {
    return std::any_of(records.begin(), records.end(),
                       [&](const std::string& name) { return name.ends_with(end); });
}

Status checkRecords(const fs::path& path, const std::vector<std::string>& records) {
    if (hasRecord(records, "constants.pkl") && hasFolder(records, "code/")) return {};
    if (hasFileNamed(records, "serialized_exported_program.json") || hasFolder(records, "models/") ||
        hasRecord(records, "archive_format")) {
        return notScript(path, "a program of torch.export, which LibTorch cannot run");
    }
    if (hasRecord(records, "data.pkl"))
        return notScript(path, "a checkpoint of torch.save (weights without a program)");
    return notScript(path, "a zip archive, but not a TorchScript model");
}

std::string producerOf(caffe2::serialize::PyTorchStreamReader& reader,
                       const std::vector<std::string>& records) {
    std::string text = "TorchScript archive version " + std::to_string(reader.version());
    if (hasRecord(records, "byteorder")) return text + ", PyTorch 2.1 or newer";
    return text + ", PyTorch 2.0 or older";
}

}  // namespace

Result<std::string> inspectArchive(const fs::path& path) {
    const auto head = firstBytes(path);
    if (!head) return forwardError(head);
    if (const auto magic = checkMagic(path, *head); !magic) return forwardError(magic);
    try {
        caffe2::serialize::PyTorchStreamReader reader(path.string());
        const std::vector<std::string> records = reader.getAllRecords();
        if (const auto found = checkRecords(path, records); !found) return forwardError(found);
        return producerOf(reader, records);
    } catch (const std::exception&) {
        return fail(ErrorCode::Corrupt,
                    path.string() + " is a damaged or truncated model archive; copy or export it again.");
    }
}

}  // namespace dicescope::torch_internal
