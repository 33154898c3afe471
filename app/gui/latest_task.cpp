#include "app/gui/latest_task.h"

#include <QMetaObject>

namespace dicescope {

LatestTask::LatestTask(Newer newer, QObject* parent) : QObject(parent), newer_(newer) {
    worker_.onIdle([this] {
        QMetaObject::invokeMethod(
            this,
            [this] {
                if (idle()) emit becameIdle();
            },
            Qt::QueuedConnection);
    });
}

LatestTask::~LatestTask() = default;

void LatestTask::begin(std::function<void(const Job&, std::uint64_t)> run) {
    const std::uint64_t request = ++request_;
    setWaiting(true);
    worker_.submit([this, request, run = std::move(run)](Worker::Turn& turn) {
        if (newer_ == Newer::Stops) turn.letOthersGoFirst();
        const Job job{turn.token(), [this, request](const Progress& snapshot) {
                          QMetaObject::invokeMethod(
                              this,
                              [this, request, snapshot] {
                                  if (waiting_ && request == request_) emit progress(snapshot);
                              },
                              Qt::QueuedConnection);
                      }};
        run(job, request);
    });
}

void LatestTask::later(std::uint64_t request, std::function<void()> call) {
    QMetaObject::invokeMethod(
        this,
        [this, request, call = std::move(call)] {
            if (request <= forgotten_ || (request != request_ && newer_ == Newer::Stops)) return;
            if (request == request_) setWaiting(false);
            call();
        },
        Qt::QueuedConnection);
}

void LatestTask::cancel() {
    forgotten_ = request_;
    worker_.cancel();
    setWaiting(false);
}

void LatestTask::setWaiting(bool waiting) {
    if (waiting == waiting_) return;
    waiting_ = waiting;
    emit waitingChanged(waiting);
}

}  // namespace dicescope
