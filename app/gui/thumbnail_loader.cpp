#include "app/gui/thumbnail_loader.h"

#include <QMetaObject>
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/base/exceptions.h"
#include "core/base/parallel.h"
#include "core/images/thumbnail.h"

namespace dicescope {
namespace {

constexpr unsigned kMostThreads = 4;

unsigned threadsFor(unsigned asked) {
    if (asked > 0) return asked;
    return std::clamp(defaultThreadCount() - 1, 1U, kMostThreads);
}

QImage toPicture(const RgbImage& image, int side) {
    const QImage view(image.pixels.data(), image.width, image.height, qsizetype{3} * image.width,
                      QImage::Format_RGB888);
    QImage picture = view.convertToFormat(QImage::Format_RGB32);
    const int factor = side / std::max(image.width, image.height);
    return factor < 2 ? picture : picture.scaled(picture.size() * factor);
}

struct Finished {
    std::uint64_t series = 0;
    std::uint32_t key = 0;
    QImage picture;
    QString reason;
};

Finished make(const ThumbnailCache& cache, const ThumbnailRequest& request, int side) {
    Finished finished;
    finished.key = request.key;
    const auto image =
        withoutExceptions("Making a thumbnail", "There is not enough memory for this thumbnail.",
                          [&] { return cache.load(request.image, side); });
    if (image) {
        finished.picture = toPicture(*image, side);
    } else {
        finished.reason = QString::fromStdString(image.error().message);
    }
    return finished;
}

}  // namespace

struct ThumbnailLoader::Shared {
    Shared(ThumbnailLoader& owner, const std::filesystem::path& folder) : loader(owner), cache(folder) {}

    void run(const std::stop_token& stop);
    void finish(Finished finished);

    ThumbnailLoader& loader;
    const ThumbnailCache cache;

    std::mutex mutex;
    std::condition_variable_any wake;
    std::deque<ThumbnailRequest> waiting;
    std::unordered_set<std::uint32_t> making;  // keys of this series
    std::vector<Finished> finished;            // not delivered yet
    std::uint64_t series = 0;                  // a new one begins where what is being made is not wanted
    std::size_t busy = 0;
    int side = 0;

    std::vector<std::jthread> threads;
};

void ThumbnailLoader::Shared::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    while (wake.wait(lock, stop, [this] { return !waiting.empty(); })) {
        const ThumbnailRequest request = std::move(waiting.front());
        waiting.pop_front();
        making.insert(request.key);
        ++busy;
        const std::uint64_t own = series;
        const int ownSide = side;
        lock.unlock();
        Finished made = make(cache, request, ownSide);
        made.series = own;
        lock.lock();
        finish(std::move(made));
    }
}

void ThumbnailLoader::Shared::finish(Finished made) {
    --busy;
    if (made.series == series) {
        making.erase(made.key);
        finished.push_back(std::move(made));
    }
    // One event carries all that is finished until it is handled.
    const bool nowIdle = busy == 0 && waiting.empty();
    if (finished.size() == 1 || nowIdle)
        QMetaObject::invokeMethod(
            &loader, [this] { loader.deliver(); }, Qt::QueuedConnection);
}

ThumbnailLoader::ThumbnailLoader(const std::filesystem::path& cache, unsigned threads, QObject* parent)
    : QObject(parent), shared_(std::make_unique<Shared>(*this, cache)) {
    for (unsigned i = 0; i < threadsFor(threads); ++i)
        shared_->threads.emplace_back([this](const std::stop_token& stop) { shared_->run(stop); });
}

ThumbnailLoader::~ThumbnailLoader() {
    cancel();
    for (std::jthread& thread : shared_->threads) thread.request_stop();
    shared_->threads.clear();
}

void ThumbnailLoader::request(QVector<ThumbnailRequest> wanted, int side) {
    if (side != shared_->side) cancel();
    const std::lock_guard lock(shared_->mutex);
    shared_->side = side;
    shared_->waiting.clear();
    for (ThumbnailRequest& each : wanted) {
        if (!shared_->making.contains(each.key)) shared_->waiting.push_back(std::move(each));
    }
    shared_->wake.notify_all();
}

void ThumbnailLoader::cancel() {
    const std::lock_guard lock(shared_->mutex);
    ++shared_->series;
    shared_->waiting.clear();
    shared_->making.clear();
    shared_->finished.clear();
}

bool ThumbnailLoader::idle() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->busy == 0 && shared_->waiting.empty();
}

void ThumbnailLoader::deliver() {
    std::vector<Finished> finished;
    {
        const std::lock_guard lock(shared_->mutex);
        finished.swap(shared_->finished);
    }
    for (const Finished& each : finished) {
        if (each.reason.isEmpty()) {
            emit ready(each.key, each.picture);
        } else {
            emit failed(each.key, each.reason);
        }
    }
    if (idle()) emit becameIdle();
}

}  // namespace dicescope
