#include "core/base/worker.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace dicescope {
namespace {

const std::stop_source kNothing(std::nostopstate);

}  // namespace

// Stop requests are made outside the lock: they call whatever the task has registered with its token.
struct Worker::Shared {
    mutable std::mutex mutex;
    std::condition_variable changed;
    Task waiting;
    std::stop_source stop;  ///< of the running task
    bool running = false;
    bool yields = false;  ///< the running task lets others go first
    bool closing = false;
    std::function<void()> idle;
    std::thread thread;

    /// What a call that needs the lock says is to be stopped.
    template <class Call>
    std::stop_source locked(Call call) {
        const std::lock_guard lock(mutex);
        return call(*this);
    }
};

Worker::Worker() : shared_(std::make_unique<Shared>()) {
    shared_->thread = std::thread([this] {
        Shared& shared = *shared_;
        std::unique_lock lock(shared.mutex);
        for (;;) {
            shared.changed.wait(lock, [&] { return shared.closing || shared.waiting; });
            if (shared.closing) return;
            const Task task = std::exchange(shared.waiting, nullptr);
            shared.stop = std::stop_source();
            shared.running = true;
            shared.yields = false;
            lock.unlock();
            Turn turn(*this);
            task(turn);
            lock.lock();
            shared.running = false;
            if (shared.waiting || !shared.idle) continue;
            lock.unlock();
            shared.idle();
            lock.lock();
        }
    });
}

Worker::~Worker() {
    const auto running = shared_->locked([](Shared& shared) {
        shared.waiting = nullptr;
        shared.closing = true;
        return shared.stop;
    });
    running.request_stop();
    shared_->changed.notify_all();
    shared_->thread.join();
}

void Worker::submit(Task task) {
    const auto toStop = shared_->locked([&](Shared& shared) {
        shared.waiting = std::move(task);
        return shared.running && shared.yields ? shared.stop : kNothing;
    });
    toStop.request_stop();
    shared_->changed.notify_all();
}

void Worker::cancel() {
    const auto toStop = shared_->locked([](Shared& shared) {
        shared.waiting = nullptr;
        return shared.running ? shared.stop : kNothing;
    });
    toStop.request_stop();
}

bool Worker::busy() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->running || shared_->waiting;
}

void Worker::onIdle(std::function<void()> call) {
    const std::lock_guard lock(shared_->mutex);
    shared_->idle = std::move(call);
}

std::stop_token Worker::Turn::token() const {
    const std::lock_guard lock(worker_.shared_->mutex);
    return worker_.shared_->stop.get_token();
}

void Worker::Turn::letOthersGoFirst() {
    const auto toStop = worker_.shared_->locked([](Shared& shared) {
        shared.yields = true;
        return shared.waiting ? shared.stop : kNothing;
    });
    toStop.request_stop();
}

}  // namespace dicescope
