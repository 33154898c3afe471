#include "core/features/safetensors_header.h"

#include <array>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace dicescope {
namespace {

struct TypeRow {
    TensorType type;
    std::string_view name;
    std::size_t size;
};

constexpr std::array<TypeRow, 15> kTypes{{{TensorType::Bool, "BOOL", 1},
                                          {TensorType::U8, "U8", 1},
                                          {TensorType::I8, "I8", 1},
                                          {TensorType::F8_E4M3, "F8_E4M3", 1},
                                          {TensorType::F8_E5M2, "F8_E5M2", 1},
                                          {TensorType::I16, "I16", 2},
                                          {TensorType::U16, "U16", 2},
                                          {TensorType::F16, "F16", 2},
                                          {TensorType::BF16, "BF16", 2},
                                          {TensorType::I32, "I32", 4},
                                          {TensorType::U32, "U32", 4},
                                          {TensorType::F32, "F32", 4},
                                          {TensorType::I64, "I64", 8},
                                          {TensorType::U64, "U64", 8},
                                          {TensorType::F64, "F64", 8}}};

constexpr std::string_view kMetadataKey = "__metadata__";

// A state machine instead of a document tree: a hostile header of 100 MB of brackets or numbers is refused at
// its first odd token and never becomes gigabytes of nodes.
class HeaderReader final : public nlohmann::json_sax<nlohmann::json> {
  public:
    SafetensorsHeader header;
    Error error{ErrorCode::Corrupt, "its header is not valid JSON"};
    [[nodiscard]] bool complete() const { return place_ == Place::End; }

    bool null() override { return place_ == Place::Root && name_ == kMetadataKey ? true : odd("null"); }
    bool boolean(bool /*value*/) override { return odd("true or false"); }
    bool number_integer(number_integer_t /*value*/) override { return odd("a negative number"); }
    bool number_float(number_float_t /*value*/, const string_t& /*text*/) override {
        return odd("a fraction");
    }
    bool binary(binary_t& /*value*/) override { return odd("binary data"); }

    bool number_unsigned(number_unsigned_t value) override {
        if (place_ == Place::Shape) {
            entry_.shape.push_back(value);
            return true;
        }
        if (place_ == Place::Offsets && offsets_.size() < 2) {
            offsets_.push_back(value);
            return true;
        }
        return odd("a number");
    }

    bool string(string_t& value) override {
        if (place_ == Place::Metadata) return addMetadata(std::move(value));
        if (place_ == Place::Tensor && field_ == "dtype") return setType(value);
        return odd("a string");
    }

    bool start_object(std::size_t /*elements*/) override {
        if (place_ == Place::Start) return go(Place::Root);
        if (place_ != Place::Root) return odd("an object");
        if (name_ == kMetadataKey) return go(Place::Metadata);
        entry_ = {};
        offsets_.clear();
        hasType_ = hasShape_ = false;
        return go(Place::Tensor);
    }

    bool key(string_t& value) override {
        if (place_ == Place::Root) {
            const bool again =
                value == kMetadataKey ? std::exchange(hasMetadata_, true) : header.entries.contains(value);
            name_ = std::move(value);
            return again ? corrupt("its header names '" + name_ + "' twice") : true;
        }
        field_ = std::move(value);
        return true;
    }

    bool end_object() override {
        if (place_ == Place::Root) return go(Place::End);
        if (place_ == Place::Tensor) {
            if (!hasType_ || !hasShape_ || offsets_.size() != 2) {
                return corrupt("the entry of tensor '" + name_ + "' lacks dtype, shape or data_offsets");
            }
            entry_.begin = offsets_[0];
            entry_.end = offsets_[1];
            header.entries.emplace(name_, std::move(entry_));
        }
        return go(Place::Root);
    }

    bool start_array(std::size_t /*elements*/) override {
        if (place_ == Place::Tensor && field_ == "shape" && !std::exchange(hasShape_, true))
            return go(Place::Shape);
        if (place_ == Place::Tensor && field_ == "data_offsets" && offsets_.empty())
            return go(Place::Offsets);
        return odd("an array");
    }

    bool end_array() override { return go(Place::Tensor); }

    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const nlohmann::detail::exception& /*details*/) override {
        return corrupt("its header is not valid JSON (byte " + std::to_string(position) + ")");
    }

  private:
    enum class Place { Start, Root, Metadata, Tensor, Shape, Offsets, End };

    bool go(Place place) {
        place_ = place;
        return true;
    }
    bool corrupt(std::string what) {
        error = {ErrorCode::Corrupt, std::move(what)};
        return false;
    }
    bool odd(const std::string& token) {
        return corrupt("its header has " + token + " where none belongs, near '" + name_ + "'");
    }
    bool addMetadata(string_t value) {
        const bool added = header.metadata.emplace(field_, std::move(value)).second;
        return added ? true : corrupt("its metadata names '" + field_ + "' twice");
    }
    bool setType(const string_t& value) {
        if (std::exchange(hasType_, true)) return odd("a second dtype");
        const auto type = typeFromName(value);
        if (!type) {
            error = {ErrorCode::Unsupported, "tensor '" + name_ + "' has the element type '" + value +
                                                 "', which this program does not know"};
            return false;
        }
        entry_.type = *type;
        return true;
    }

    Place place_ = Place::Start;
    std::string name_;
    std::string field_;
    HeaderEntry entry_;
    std::vector<std::uint64_t> offsets_;
    bool hasType_ = false;
    bool hasShape_ = false;
    bool hasMetadata_ = false;
};

}  // namespace

std::size_t elementSize(TensorType type) {
    return kTypes[static_cast<std::size_t>(type)].size;
}

std::string_view typeName(TensorType type) {
    return kTypes[static_cast<std::size_t>(type)].name;
}

std::optional<TensorType> typeFromName(std::string_view name) {
    for (const auto& row : kTypes) {
        if (row.name == name) return row.type;
    }
    return std::nullopt;
}

Result<std::uint64_t> tensorBytes(TensorType type, std::span<const std::uint64_t> shape) {
    std::uint64_t bytes = elementSize(type);
    for (const std::uint64_t size : shape) {
        if (__builtin_mul_overflow(bytes, size, &bytes)) {
            return fail(ErrorCode::InvalidArgument, "The shape of a tensor is too large for this format.");
        }
    }
    return bytes;
}

Result<SafetensorsHeader> parseSafetensorsHeader(std::string_view json, const std::string& fileName) {
    const auto describe = [&](const Error& error) {
        return fail(error.code, "'" + fileName + "' cannot be used: " + error.message + "; export it again.");
    };
    // The JSON library takes a NUL for the end of its input, so what follows one would go unseen.
    if (json.empty() || json.front() != '{' || json.find('\0') != std::string_view::npos) {
        return describe({ErrorCode::Corrupt, "its header is not a JSON object"});
    }
    try {
        HeaderReader reader;
        const bool parsed = nlohmann::json::sax_parse(json.begin(), json.end(), &reader);
        if (!parsed || !reader.complete()) return describe(reader.error);
        return std::move(reader.header);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "There is not enough memory for the header of '" + fileName + "'.");
    }
}

}  // namespace dicescope
