#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/base/matrix.h"

namespace dicescope {

/// A file that gave no features, and why.
struct SkippedFile {
    std::string path;  ///< relative to the set's folder
    std::string reason;
};

/// Where features come from; two sets can be compared only if model, head and preprocessing agree.
struct FeatureProvenance {
    std::string modelSha256;  ///< of the model file; empty where the features were made elsewhere
    std::string head;         ///< name of the head's weight in the model
    std::string preprocess;   ///< canonical JSON of the Preprocess
    std::string device;       ///< "cpu", "cuda:0": informative
    std::string folder;       ///< absolute folder the images were read from: informative
    std::string producer;     ///< program and LibTorch version: informative

    friend bool operator==(const FeatureProvenance&, const FeatureProvenance&) = default;
};

/// The features and logits of one folder of images: immutable, shared between threads as shared_ptr<const
/// FeatureSet>. Row i of every member speaks of the same image. The matrices may lie in a mapped file that
/// `storage` keeps alive.
struct FeatureSet {
    MatrixView<const float> features;  ///< N x D, penultimate features h
    MatrixView<const float> logits;    ///< N x C, the model's own output; empty (0 x 0) where it is not known
    std::vector<std::string> paths;    ///< N, relative to the folder, '/' between parts
    std::vector<int> labels;           ///< N, index into classes; -1: unknown
    std::vector<ContentHash> hashes;   ///< N, of the image files' bytes; empty where not known
    std::vector<std::string> classes;  ///< names of the folder's classes
    std::vector<SkippedFile> skipped;
    FeatureProvenance provenance;
    std::shared_ptr<const void> storage;  ///< owner of what the views point to

    [[nodiscard]] std::size_t size() const { return features.rows; }
};

using FeatureSetPtr = std::shared_ptr<const FeatureSet>;

}  // namespace dicescope
