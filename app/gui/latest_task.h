#pragma once

#include <QObject>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "core/base/error.h"
#include "core/base/exceptions.h"
#include "core/base/job.h"
#include "core/base/worker.h"

namespace dicescope {

/// One kind of work of which only the last request counts: a new one stops the one in progress, and its
/// result comes on the GUI thread unless it was superseded or cancelled meanwhile. Lives on the GUI thread;
/// its work runs on a thread of its own.
class LatestTask : public QObject {
    Q_OBJECT

  public:
    explicit LatestTask(QObject* parent = nullptr);
    /// Cancels and waits for the work to notice.
    ~LatestTask() override;

    /// work(job) runs on the worker's thread; done(result) is called here, with a result that is never
    /// Cancelled.
    template <class Work, class Done>
    void start(Work work, Done done) {
        begin([this, work = std::move(work), done = std::move(done)](const Job& job, std::uint64_t request) {
            auto result = std::make_shared<decltype(work(job))>(withoutExceptions(
                "The work", "There is not enough memory for this; close other programs or use fewer images.",
                [&] { return work(job); }));
            later(request, [done, result] {
                if (*result || result->error().code != ErrorCode::Cancelled) done(std::move(*result));
            });
        });
    }
    /// Forgets the request in progress. Returns at once.
    void cancel();
    /// Whether a request has not been answered yet.
    [[nodiscard]] bool waiting() const { return waiting_; }
    /// Whether nothing runs on the thread any more.
    [[nodiscard]] bool idle() const { return !worker_.busy(); }

  signals:
    void progress(const Progress& progress);  ///< of the request in progress
    void waitingChanged(bool waiting);
    void becameIdle();

  private:
    void begin(std::function<void(const Job&, std::uint64_t)> run);
    /// Calls on the GUI thread, unless the request is no longer the last.
    void later(std::uint64_t request, std::function<void()> call);
    void setWaiting(bool waiting);

    std::uint64_t request_ = 0;
    bool waiting_ = false;
    Worker worker_;  // declared last: destroyed, and so joined, first
};

}  // namespace dicescope
