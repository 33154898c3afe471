#pragma once

#include <QWidget>
#include <memory>

#include "ui/panels/set_list_model.h"

class QMenu;

namespace dicescope {

/// A list of sets with its buttons: add folders, add feature files, and a menu of what can be done with the
/// current one. Says below the list why a name was not taken.
class SetSection : public QWidget {
    Q_OBJECT

  public:
    /// Words and names of one section; objectName "ood" makes oodList, addOod, addOodFile, oodMenu,
    /// oodMessage.
    struct Options {
        SetRole role = SetRole::Ood;
        QString objectName;
        QString accessibleName;
        QString emptyHint;      ///< in place of the list while there is no set
        QString moveElsewhere;  ///< menu entry that hands the current set to the other list
    };

    explicit SetSection(const Options& options, QWidget* parent = nullptr);
    ~SetSection() override;

    [[nodiscard]] SetListModel& sets();
    [[nodiscard]] const SetListModel& sets() const;
    void setTheme(const Theme& theme);

  signals:
    void edited();
    void skippedRequested(const QString& runName);
    void moveElsewhereRequested(const SetItem& item);  ///< it is no longer in this list

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    void buildButtons(const Options& options);
    void fillMenu(QMenu* menu, const Options& options);
    void addPaths(const QStringList& paths);
    void askFor(bool folder);
    void showList();

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dicescope
