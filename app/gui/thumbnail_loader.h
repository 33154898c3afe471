#pragma once

#include <QImage>
#include <QObject>
#include <QString>
#include <QVector>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace dicescope {

/// A thumbnail that is wanted; `key` is the caller's.
struct ThumbnailRequest {
    std::uint32_t key = 0;
    std::filesystem::path image;
};

/// Makes thumbnails on threads of its own. Lives on the GUI thread; every call returns at once.
class ThumbnailLoader : public QObject {
    Q_OBJECT

  public:
    /// cache: see ThumbnailCache; empty: nothing is kept on disk. threads: 0: all processors but one, at
    /// least 1 and at most 4.
    explicit ThumbnailLoader(const std::filesystem::path& cache, unsigned threads = 0,
                             QObject* parent = nullptr);
    /// Waits for the images that are being read.
    ~ThumbnailLoader() override;

    /// Makes these in their order, in place of those that wait; one that is being made is not made twice.
    /// side: pixels of the longer side; smaller images are enlarged by whole factors that fit.
    void request(QVector<ThumbnailRequest> wanted, int side);
    /// Forgets everything that waits; what is being made is not told any more.
    void cancel();
    [[nodiscard]] bool idle() const;

  signals:
    void ready(quint32 key, const QImage& thumbnail);
    void failed(quint32 key, const QString& reason);
    void becameIdle();

  private:
    void deliver();

    struct Shared;
    std::unique_ptr<Shared> shared_;
};

}  // namespace dicescope
