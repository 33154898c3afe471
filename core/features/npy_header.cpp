#include "core/features/npy_header.h"

#include <charconv>
#include <optional>
#include <string>

namespace dicescope {
namespace {

constexpr std::size_t kMaxDimensions = 32;  // NumPy's own limit

// Reads the few token kinds a header consists of; every function skips white space first and leaves the
// position alone when the token is not there.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool take(char wanted) {
        skipSpace();
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool takeWord(std::string_view word) {
        skipSpace();
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }

    std::optional<std::string_view> string() {
        skipSpace();
        if (rest_.empty() || (rest_.front() != '\'' && rest_.front() != '"')) return std::nullopt;
        const std::size_t end = rest_.find(rest_.front(), 1);
        if (end == std::string_view::npos) return std::nullopt;
        const auto value = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        return value;
    }

    std::optional<std::size_t> number() {
        skipSpace();
        std::size_t value = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (error != std::errc()) return std::nullopt;
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        // Python 2 wrote long integers as 3L.
        if (rest_.starts_with('L')) rest_.remove_prefix(1);
        return value;
    }

    bool atEnd() {
        skipSpace();
        return rest_.empty();
    }

  private:
    void skipSpace() {
        const std::size_t start = rest_.find_first_not_of(" \t\r\n");
        rest_.remove_prefix(start == std::string_view::npos ? rest_.size() : start);
    }

    std::string_view rest_;
};

tl::unexpected<Error> malformed() {
    return fail(ErrorCode::Corrupt, "its header is damaged");
}

Status parseType(Scanner& scanner, NpyHeader& header) {
    const auto type = scanner.string();
    if (!type) return fail(ErrorCode::Unsupported, "its elements are records, not numbers");
    if (type->size() != 3 || ((*type)[0] != '<' && (*type)[0] != '>') ||
        ((*type)[2] != '4' && (*type)[2] != '8') || (*type)[1] != 'f') {
        return fail(ErrorCode::Unsupported, "its element type is '" + std::string(*type) + "'");
    }
    header.bigEndian = (*type)[0] == '>';
    header.isFloat32 = (*type)[2] == '4';
    return {};
}

Status parseOrder(Scanner& scanner, NpyHeader& header) {
    header.fortranOrder = scanner.takeWord("True");
    if (!header.fortranOrder && !scanner.takeWord("False")) return malformed();
    return {};
}

// A tuple: (), (3,), (3, 4), (3, 4,). "(3)" is a number in parentheses and no shape.
Status parseShape(Scanner& scanner, NpyHeader& header) {
    if (!scanner.take('(')) return malformed();
    bool comma = true;
    while (!scanner.take(')')) {
        const auto extent = comma ? scanner.number() : std::nullopt;
        if (!extent || header.shape.size() == kMaxDimensions) return malformed();
        header.shape.push_back(*extent);
        comma = scanner.take(',');
    }
    if (header.shape.size() == 1 && !comma) return malformed();
    if (header.shape.empty() || header.shape.size() > 2) {
        return fail(ErrorCode::Unsupported, "it has " + std::to_string(header.shape.size()) + " dimensions");
    }
    return {};
}

Status parseEntry(std::string_view key, Scanner& scanner, NpyHeader& header) {
    if (key == "descr") return parseType(scanner, header);
    if (key == "fortran_order") return parseOrder(scanner, header);
    if (key == "shape") return parseShape(scanner, header);
    return malformed();
}

}  // namespace

Result<NpyHeader> parseNpyHeader(std::string_view text) {
    NpyHeader header;
    Scanner scanner(text);
    std::vector<std::string_view> seen;
    if (!scanner.take('{')) return malformed();
    bool comma = true;
    while (!scanner.take('}')) {
        const auto key = comma ? scanner.string() : std::nullopt;
        if (!key || !scanner.take(':')) return malformed();
        for (const auto earlier : seen) {
            if (earlier == *key) return malformed();
        }
        seen.push_back(*key);
        if (auto parsed = parseEntry(*key, scanner, header); !parsed) return forwardError(parsed);
        comma = scanner.take(',');
    }
    if (seen.size() != 3 || !scanner.atEnd()) return malformed();
    return header;
}

}  // namespace dicescope
