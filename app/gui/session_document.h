#pragma once

#include <QObject>
#include <QString>

#include "core/session/session.h"

namespace dicescope {

/// The open session as a document: its content, its file, and whether it has changes that the file has not.
/// GUI thread.
class SessionDocument : public QObject {
    Q_OBJECT

  public:
    explicit SessionDocument(QObject* parent = nullptr);

    [[nodiscard]] const Session& session() const { return session_; }
    /// Calls `edit` on the content; marks it as changed where it then differs.
    template <class Edit>
    void edit(Edit change) {
        change(session_);
        compareWithFile();
    }

    /// Another content without a file; counts as unchanged until it is edited.
    void reset(Session session);
    /// Errors: those of readSession(); the document stays as it was then.
    [[nodiscard]] Status open(const QString& path);
    /// Errors: those of writeSession().
    [[nodiscard]] Status save(const QString& path);

    [[nodiscard]] const QString& path() const { return path_; }  ///< empty where it has no file
    [[nodiscard]] QString title() const;                         ///< file name, or a word for none
    [[nodiscard]] bool changed() const { return changed_; }

  signals:
    void titleOrChangeMoved();

  private:
    void compareWithFile();
    void adopt(Session session, const QString& path);

    Session session_;
    QString path_;
    std::string saved_;  ///< the content of the file, as JSON
    bool changed_ = false;
};

}  // namespace dicescope
