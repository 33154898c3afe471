#pragma once

#include <QObject>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "app/gui/edits_controller.h"
#include "app/gui/images_controller.h"
#include "app/gui/latest_task.h"
#include "app/gui/theory_controller.h"
#include "app/gui/thumbnail_loader.h"
#include "core/analysis/inspection.h"
#include "ui/inspect/inspect_page.h"
#include "ui/inspect/unit_view.h"

namespace dicescope {

class Exportable;

/// Connects the page that looks inside with core. Everything is computed on threads of its own, and only for
/// the view that is seen. Lives on the GUI thread; every call returns at once.
class InspectController : public QObject {
    Q_OBJECT

  public:
    /// The page must outlive it. thumbnails: see ImagesController.
    explicit InspectController(InspectPage& page, const std::filesystem::path& thumbnails = {},
                               QObject* parent = nullptr);
    ~InspectController() override;

    /// What the page speaks of: a complete exploration, or null with a sentence that says what is missing.
    void setExploration(std::shared_ptr<const AnalysisInputs> inputs, ExplorationPtr exploration,
                        std::size_t row, const QString& missing = {});
    void setRow(std::size_t row);
    /// See ImagesController::setModel().
    void setModel(const std::filesystem::path& path, const ClassifierOptions& options);
    /// Hand edits that the session keeps.
    void setKeptEdits(std::vector<MaskEdit> edits) { edits_.setKept(std::move(edits)); }
    /// Nothing is computed while the page is hidden.
    void setShown(bool shown);

    [[nodiscard]] const InspectionPtr& inspection() const { return inspection_; }
    /// What shows this exploration at the row that is shown, of the class, unit and OOD set that are
    /// selected: plots and the picture with its map, but not what has yet to follow them, because its view is
    /// hidden or the work goes on or was stopped. None where the exploration is not looked into.
    [[nodiscard]] QList<const Exportable*> plotsOf(const ExplorationPtr& exploration) const;
    [[nodiscard]] bool idle() const;
    /// Asks everything to stop; becameIdle() is emitted when nothing runs any more.
    void stopAll();

  signals:
    void keptEditsChanged(const std::vector<MaskEdit>& edits);  ///< by the user
    void levelWanted(std::optional<double> p);                  ///< by the user: another row is to be shown
    void failed(const Error& error);
    void becameIdle();

  private:
    void connectPage();
    void connectTask(LatestTask& task, const QString& what);
    void refreshProgress();
    void clearViews();
    void clearClass();
    void prepare();
    void prepared(const Result<InspectionPtr>& inspection);
    void fillChoices();
    /// Brings the view that is seen up to date with selection and row.
    void refresh();
    void refreshMap();
    void refreshClass();
    void refreshUnit();
    void wantUnitThumbnails(const std::vector<UnitImage>& images);
    void selectClass(std::size_t c);
    void selectUnit(std::size_t unit);
    void selectImage(std::size_t set, std::size_t row);
    [[nodiscard]] std::size_t classIndex() const;
    [[nodiscard]] std::size_t unit() const;
    [[nodiscard]] std::size_t oodSet() const;
    [[nodiscard]] ClassChoice choice() const { return {classIndex(), oodSet(), row_}; }
    [[nodiscard]] std::vector<LatestTask*> tasks();

    InspectPage& page_;
    std::shared_ptr<const AnalysisInputs> inputs_;
    ExplorationPtr exploration_;
    InspectionPtr inspection_;
    std::size_t row_ = 0;
    std::optional<ClassChoice> shownClass_;  ///< what the class view shows
    std::optional<std::size_t> shownUnit_;   ///< whose images and activations the unit view has
    bool shown_ = false;
    bool mapStale_ = true;
    EditsController edits_;
    ImagesController images_;
    TheoryController theory_;
    ThumbnailLoader unitThumbnails_;
    /// What is said of a task while it has not answered.
    struct Named {
        LatestTask* task;
        QString what;
        double share = -1;
    };
    std::vector<Named> named_;
    LatestTask inspect_;
    LatestTask map_;
    LatestTask class_{LatestTask::Newer::Waits};
    LatestTask unit_{LatestTask::Newer::Waits};
};

}  // namespace dicescope
