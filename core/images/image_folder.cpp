#include "core/images/image_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <utility>

namespace dicescope {
namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

std::string_view takeDigits(std::string_view& text) {
    std::size_t n = 0;
    while (n < text.size() && isDigit(text[n])) ++n;
    const auto digits = text.substr(0, n);
    text.remove_prefix(n);
    return digits;
}

std::string_view withoutLeadingZeros(std::string_view digits) {
    const auto n = std::min(digits.find_first_not_of('0'), digits.size());
    return digits.substr(n);
}

/// Negative, zero or positive, as strcmp.
int compareNumbers(std::string_view a, std::string_view b) {
    const auto x = withoutLeadingZeros(a);
    const auto y = withoutLeadingZeros(b);
    if (x.size() != y.size()) return x.size() < y.size() ? -1 : 1;
    if (const int order = x.compare(y); order != 0) return order;
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    return 0;
}

int rank(char c) {
    return c == '/' ? -1 : static_cast<unsigned char>(c);
}

enum class Kind { Folder, File, Other };

struct Name {
    std::string text;
    Kind kind = Kind::Other;
};

/// A folder's identity, by which it is recognised when links lead back to it.
using FolderId = std::pair<dev_t, ino_t>;

struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
};
using OpenFolder = std::unique_ptr<DIR, CloseFolder>;

Kind kindByStat(int folder, const char* name) {
    struct stat info {};
    if (::fstatat(folder, name, &info, 0) != 0) return Kind::File;
    if (S_ISDIR(info.st_mode)) return Kind::Folder;
    return S_ISREG(info.st_mode) ? Kind::File : Kind::Other;
}

Kind kindOf(int folder, const dirent& entry) {
    switch (entry.d_type) {
        case DT_REG:
            return Kind::File;
        case DT_DIR:
            return Kind::Folder;
        case DT_LNK:
        case DT_UNKNOWN:
            return kindByStat(folder, entry.d_name);
        default:
            return Kind::Other;
    }
}

class Lister {
  public:
    Lister(const std::filesystem::path& root, const Job& job) : job_(job) { result_.root = root; }

    Result<ImageFolder> list() {
        OpenFolder folder(::opendir(result_.root.c_str()));
        if (!folder) return rootError(errno);
        if (auto listed = enter(std::move(folder), "", 0); !listed) return forwardError(listed);
        report(true);
        if (result_.images.empty()) {
            return fail(ErrorCode::NotFound, "There is no file in the folder '" + result_.root.string() +
                                                 "'; choose one that holds images.");
        }
        return std::move(result_);
    }

  private:
    [[nodiscard]] tl::unexpected<Error> rootError(int error) const {
        const auto path = result_.root.string();
        if (error == ENOENT)
            return fail(ErrorCode::NotFound, "There is no folder '" + path + "'; check the path.");
        if (error == ENOTDIR)
            return fail(ErrorCode::NotFound, "'" + path + "' is not a folder; name a folder of images.");
        return unreadable(path, error);
    }

    [[nodiscard]] static tl::unexpected<Error> unreadable(const std::string& path, int error) {
        return fail(ErrorCode::Unreadable, "Cannot read the folder '" + path + "' (" + std::strerror(error) +
                                               "); check that you may read it.");
    }

    /// `prefix` is the folder's path relative to the root with a '/' at the end, or empty.
    Status enter(OpenFolder folder, const std::string& prefix, int depth) {
        struct stat info {};
        if (::fstat(::dirfd(folder.get()), &info) != 0) return unreadable(full(prefix), errno);
        const FolderId id{info.st_dev, info.st_ino};
        if (std::find(open_.begin(), open_.end(), id) != open_.end()) return {};

        auto names = readNames(folder.get(), prefix);
        if (!names) return forwardError(names);
        open_.push_back(id);
        for (const auto& name : *names) {
            if (auto added = add(::dirfd(folder.get()), name, prefix, depth); !added) return added;
        }
        open_.pop_back();
        return {};
    }

    Result<std::vector<Name>> readNames(DIR* folder, const std::string& prefix) {
        std::vector<Name> names;
        for (;;) {
            if (job_.stopRequested()) return cancelled();
            errno = 0;
            const dirent* entry = ::readdir(folder);
            if (entry == nullptr && errno != 0) return unreadable(full(prefix), errno);
            if (entry == nullptr) break;
            if (entry->d_name[0] == '.') continue;
            const Kind kind = kindOf(::dirfd(folder), *entry);
            if (kind != Kind::Other) names.push_back({entry->d_name, kind});
        }
        std::sort(names.begin(), names.end(),
                  [](const Name& a, const Name& b) { return naturalLess(a.text, b.text); });
        return names;
    }

    Status add(int parent, const Name& name, const std::string& prefix, int depth) {
        if (name.kind == Kind::File) {
            const int classIndex = depth == 0 ? -1 : static_cast<int>(result_.classes.size());
            result_.images.push_back({prefix + name.text, classIndex});
            report(false);
            return {};
        }
        const std::string path = prefix + name.text;
        const int descriptor = ::openat(parent, name.text.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        OpenFolder folder(descriptor < 0 ? nullptr : ::fdopendir(descriptor));
        if (!folder) {
            const int error = errno;
            if (descriptor >= 0) ::close(descriptor);
            return unreadable(full(path), error);
        }
        const std::size_t before = result_.images.size();
        if (auto entered = enter(std::move(folder), path + '/', depth + 1); !entered) return entered;
        if (depth == 0 && result_.images.size() > before) result_.classes.push_back(name.text);
        return {};
    }

    [[nodiscard]] std::string full(const std::string& relative) const {
        return (result_.root / relative).string();
    }

    void report(bool last) {
        const auto now = std::chrono::steady_clock::now();
        if (!last && now - reported_ < std::chrono::milliseconds(100)) return;
        reported_ = now;
        job_.report({.stage = "Listing images", .done = result_.images.size()});
    }

    const Job& job_;
    ImageFolder result_;
    std::vector<FolderId> open_;
    std::chrono::steady_clock::time_point reported_ = std::chrono::steady_clock::now();
};

}  // namespace

bool naturalLess(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty()) {
        if (isDigit(a[0]) && isDigit(b[0])) {
            if (const int order = compareNumbers(takeDigits(a), takeDigits(b)); order != 0) return order < 0;
            continue;
        }
        if (a[0] != b[0]) return rank(a[0]) < rank(b[0]);
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    return a.empty() && !b.empty();
}

Result<ImageFolder> listImageFolder(const std::filesystem::path& root, const Job& job) {
    return Lister(root, job).list();
}

}  // namespace dicescope
