#include "ui/panels/input_check.h"

#include <QPromise>
#include <QRegularExpression>
#include <exception>
#include <thread>
#include <utility>

namespace dicescope {
namespace {

/// checkInputs() names the command line's options, which the window does not have.
QString withoutOptionNames(const QString& sentence) {
    static const QRegularExpression option(QStringLiteral(" \\(--[^)]*\\)"));
    return QString(sentence).remove(option);
}

QString problemOf(const InputsConfig& inputs) {
    try {
        const auto status = checkInputs(inputs);
        return status ? QString() : withoutOptionNames(QString::fromStdString(status.error().message));
    } catch (const std::exception& error) {
        return QString::fromLocal8Bit(error.what());
    }
}

}  // namespace

QString missingSentence(const InputsConfig& inputs) {
    if (inputs.model.empty() && inputs.weight.empty())
        return InputCheck::tr("Choose a model (a TorchScript file), or drop one here.");
    if (inputs.idTrain.empty() && inputs.featureMean.empty())
        return InputCheck::tr("Add the ID training images; the mean feature is taken over them.");
    if (inputs.id.empty()) return InputCheck::tr("Add the ID test images.");
    if (inputs.ood.empty()) return InputCheck::tr("Add at least one OOD set.");
    if (inputs.noiseImages > 0 && inputs.model.empty()) {
        return InputCheck::tr(
            "Gaussian noise images have to pass through a model; choose one, or set their number to 0.");
    }
    return {};
}

QFuture<QString> runDetached(std::function<QString()> work) {
    QPromise<QString> promise;
    QFuture<QString> future = promise.future();
    promise.start();
    std::thread([promise = std::move(promise), work = std::move(work)]() mutable {
        promise.addResult(work());
        promise.finish();
    }).detach();
    return future;
}

InputCheck::InputCheck(QObject* parent) : QObject(parent) {
    connect(&watcher_, &QFutureWatcher<QString>::finished, this, &InputCheck::finish);
}

void InputCheck::check(const InputsConfig& inputs) {
    wanted_ = true;
    if (watcher_.isRunning()) {
        pending_ = inputs;
    } else {
        start(inputs);
    }
}

void InputCheck::forget() {
    wanted_ = false;
    pending_.reset();
}

void InputCheck::start(const InputsConfig& inputs) {
    watcher_.setFuture(runDetached([inputs] { return problemOf(inputs); }));
}

void InputCheck::finish() {
    if (const auto next = std::exchange(pending_, std::nullopt)) {
        start(*next);
    } else if (wanted_ && watcher_.future().resultCount() > 0) {
        wanted_ = false;
        emit checked(watcher_.result());
    }
}

}  // namespace dicescope
