#include "app/gui/analysis_runner.h"

#include <QMetaObject>
#include <utility>

#include "app/gui/demo_files.h"
#include "core/base/exceptions.h"

namespace dicescope {
namespace {

/// Nothing that core throws by mistake may leave a worker's thread.
template <class Call>
auto guarded(const Call& call) {
    return withoutExceptions(
        "The work", "There is not enough memory for this; close other programs or use fewer images.", call);
}

QString toQString(const std::string& text) {
    return QString::fromStdString(text);
}

/// ReAct's authors clip at the 90th percentile of the ID activations.
constexpr double kClipPercentile = 90;

}  // namespace

AnalysisRunner::AnalysisRunner(QObject* parent) : QObject(parent) {
    for (Worker* worker : {&loader_, &sweeper_, &intervals_, &writer_}) {
        worker->onIdle([this] {
            later([this] {
                if (idle()) emit becameIdle();
            });
        });
    }
}

AnalysisRunner::~AnalysisRunner() = default;

void AnalysisRunner::later(std::function<void()> call) {
    QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection);
}

void AnalysisRunner::laterInLoad(std::uint64_t load, std::function<void()> call) {
    later([this, load, call = std::move(call)] {
        if (loading_ && load == load_) call();
    });
}

Job AnalysisRunner::loadJob(std::uint64_t load, const Worker::Turn& turn) {
    return {turn.token(), [this, load](const Progress& snapshot) {
                laterInLoad(load, [this, snapshot] { emit progress(snapshot); });
            }};
}

void AnalysisRunner::makeDemo() {
    const std::uint64_t load = ++load_;
    loading_ = true;
    loader_.cancel();
    loader_.submit([this, load](Worker::Turn& turn) {
        const auto folder = guarded([&] { return writeDemoFiles(loadJob(load, turn)); });
        laterInLoad(load, [this, folder] {
            loading_ = false;
            if (folder) {
                emit demoReady(toQString(folder->string()));
            } else {
                emit loadFailed(folder.error());
            }
        });
    });
}

void AnalysisRunner::load(const InputsConfig& config) {
    const std::uint64_t load = ++load_;
    loading_ = true;
    loader_.cancel();
    loader_.submit([this, load, config](Worker::Turn& turn) { runLoad(load, config, turn); });
}

void AnalysisRunner::runLoad(std::uint64_t load, InputsConfig config, const Worker::Turn& turn) {
    const Job job = loadJob(load, turn);
    LoadObserver observer;
    observer.modelLoaded = [this, load](const ClassifierInfo& info) {
        laterInLoad(load, [this, info] { emit modelLoaded(info); });
    };
    observer.setStarted = [this, load](SetRole role, const std::string& name) {
        laterInLoad(load, [this, role, name] { emit setStarted(role, toQString(name)); });
    };
    observer.setReady = [this, load](const InputSet& set) {
        laterInLoad(load, [this, set] { emit setReady(set); });
    };
    auto inputs = guarded([&] { return loadInputs(config, job, observer); });
    if (!inputs && inputs.error().code == ErrorCode::Device && config.extraction.device != "cpu") {
        laterInLoad(load, [this, message = toQString(inputs.error().message)] {
            emit note(tr("The GPU failed, so the run goes on on the CPU. %1").arg(message));
        });
        config.extraction.device = "cpu";
        inputs = guarded([&] { return loadInputs(config, job, observer); });
    }
    if (!inputs) {
        laterInLoad(load, [this, error = inputs.error()] {
            loading_ = false;
            emit loadFailed(error);
        });
        return;
    }
    const auto shared = std::make_shared<const AnalysisInputs>(std::move(*inputs));
    const auto activations = activationRange(shared->id.features->features, kClipPercentile);
    laterInLoad(load, [this, shared, activations] {
        loading_ = false;
        inputs_ = shared;
        sweeper_.cancel();  // what runs there speaks of other inputs
        explorer_ = std::make_shared<Explorer>(shared);
        emit loaded(shared, activations);
    });
}

void AnalysisRunner::cancelLoad() {
    loader_.cancel();
    if (!loading_) return;
    ++load_;
    loading_ = false;
    emit loadCancelled();
}

void AnalysisRunner::explore(const ExplorationSweep& sweep, const ExplorationView& view) {
    if (!explorer_) return;
    const std::uint64_t exploration = ++exploration_;
    sweeper_.submit([this, exploration, sweep, view, explorer = explorer_](Worker::Turn& turn) {
        const auto show = [this, exploration, explorer](const ExplorationPtr& result) {
            later([this, exploration, explorer, result] {
                if (explorer == explorer_ && exploration > cancelled_) emit explored(result);
            });
        };
        const auto result = guarded([&] {
            return explorer->explore(sweep, view, {turn.token(), {}}, [&](const ExplorationPtr& partial) {
                show(partial);
                turn.letOthersGoFirst();
            });
        });
        if (result) {
            show(*result);
        } else if (result.error().code != ErrorCode::Cancelled) {
            later([this, exploration, error = result.error()] {
                if (exploration == exploration_ && exploration > cancelled_) emit explorationFailed(error);
            });
        }
    });
}

void AnalysisRunner::cancelExploration() {
    cancelled_ = exploration_;
    sweeper_.cancel();
}

void AnalysisRunner::requestIntervals(const ExplorationPtr& exploration, std::size_t row,
                                      const BootstrapOptions& options) {
    intervals_.submit([this, exploration, row, options](Worker::Turn& turn) {
        turn.letOthersGoFirst();
        const auto intervals = guarded([&] {
            return intervalsAt(*exploration, row, options, {turn.token(), {}});
        });
        if (!intervals) return;  // cancelled, or what the exploration itself has told already
        later([this, exploration, row, options, found = *intervals] {
            emit intervalsReady(exploration, row, found, options);
        });
    });
}

void AnalysisRunner::forgetInputs() {
    cancelLoad();
    cancelExploration();
    inputs_.reset();
    explorer_.reset();
}

void AnalysisRunner::write(const QString& what, std::function<Status(const Job&)> call) {
    writings_.push_back({what, std::move(call)});
    if (writings_.size() == 1) writeNext();
}

void AnalysisRunner::writeNext() {
    const Writing& next = writings_.front();
    writer_.submit([this, what = next.what, call = next.call](Worker::Turn& turn) {
        const Job job{turn.token(), [this](const Progress& snapshot) {
                          later([this, snapshot] { emit writeProgress(snapshot); });
                      }};
        const Status status = guarded([&] { return call(job); });
        later([this, what, status] {
            if (!writings_.empty()) writings_.pop_front();
            if (!writings_.empty()) writeNext();
            if (status) {
                emit filesWritten(what);
            } else {
                emit writeEnded(what, status.error());
            }
        });
    });
}

void AnalysisRunner::cancelWrite() {
    if (writings_.size() > 1) writings_.erase(writings_.begin() + 1, writings_.end());
    writer_.cancel();
    // One that had not begun yet tells no end.
    later([this] {
        if (!writer_.busy()) writings_.clear();
    });
}

bool AnalysisRunner::idle() const {
    return !loader_.busy() && !sweeper_.busy() && !intervals_.busy() && !writer_.busy();
}

void AnalysisRunner::stopAll() {
    cancelLoad();
    cancelWrite();
    for (Worker* worker : {&loader_, &sweeper_, &intervals_, &writer_}) worker->cancel();
    later([this] {
        if (idle()) emit becameIdle();
    });
}

}  // namespace dicescope
