#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>

#include "core/images/image_folder.h"

using namespace dicescope;

namespace {

/// A folder for one test.
class Tree {
  public:
    void file(const QString& path) const {
        const QString full = folder_.filePath(path);
        QDir().mkpath(QFileInfo(full).path());
        QFile file(full);
        if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(full));
    }
    void folder(const QString& path) const { QDir().mkpath(folder_.filePath(path)); }
    void link(const QString& target, const QString& path) const {
        if (!QFile::link(target, folder_.filePath(path))) qFatal("cannot link %s", qPrintable(path));
    }
    [[nodiscard]] std::string path(const QString& name = {}) const {
        return folder_.filePath(name).toStdString();
    }

  private:
    QTemporaryDir folder_;
};

QStringList pathsOf(const ImageFolder& folder) {
    QStringList paths;
    for (const auto& image : folder.images) paths << QString::fromStdString(image.path);
    return paths;
}

}  // namespace

class TestImageFolder : public QObject {
    Q_OBJECT

  private slots:
    void naturalOrder_data();
    void naturalOrder();
    void naturalOrderIsTotal();
    void flatFolderHasNoClasses();
    void classesAreTheFirstSubFolders();
    void orderIsThatOfNaturalLess();
    void hiddenFilesAndEmptyFoldersAreLeftOut();
    void linksAreFollowedAndCyclesEnd();
    void aLinkToNothingIsListed();
    void specialFilesAreLeftOut();
    void aFolderNamedLikeAnImageIsAFolder();
    void wrongFolders();
    void unreadableSubFolderIsAnError();
    void namesNeedNotBeUtf8();
    void stops();
    void reportsProgress();
};

void TestImageFolder::naturalOrder_data() {
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("second");
    QTest::newRow("numbers") << "img2"
                             << "img10";
    QTest::newRow("numbers of many digits") << "99999999999999999998"
                                            << "99999999999999999999";
    QTest::newRow("leading zeros") << "a1"
                                   << "a01";
    QTest::newRow("value before zeros") << "a01"
                                        << "a2";
    QTest::newRow("zero") << "a0"
                          << "a1";
    QTest::newRow("zero twice") << "a0b"
                                << "a00a";
    QTest::newRow("prefix") << "img"
                            << "img1";
    QTest::newRow("digits before letters") << "1a"
                                           << "a1";
    QTest::newRow("bytes") << "A"
                           << "a";
    QTest::newRow("folder before longer name") << "cat/z"
                                               << "cat-2/a";
    QTest::newRow("number inside") << "v9.2-x"
                                   << "v9.10-a";
    QTest::newRow("later parts") << "c/2/1"
                                 << "c/10/0";
    QTest::newRow("beyond ascii") << "z"
                                  << "\u00e9";
}

void TestImageFolder::naturalOrder() {
    QFETCH(QString, first);
    QFETCH(QString, second);
    QVERIFY(naturalLess(first.toStdString(), second.toStdString()));
    QVERIFY(!naturalLess(second.toStdString(), first.toStdString()));
    QVERIFY(!naturalLess(first.toStdString(), first.toStdString()));
}

void TestImageFolder::naturalOrderIsTotal() {
    const std::vector<std::string> names{"",  "0",  "00",  "1",  "01",  "001", "1a", "01a",
                                         "a", "a/", "a/1", "a1", "a-1", "10",  "2"};
    for (const auto& a : names) {
        for (const auto& b : names) {
            QCOMPARE(naturalLess(a, b) || naturalLess(b, a), a != b);
            QVERIFY(!(naturalLess(a, b) && naturalLess(b, a)));
            for (const auto& c : names) {
                if (naturalLess(a, b) && naturalLess(b, c)) QVERIFY(naturalLess(a, c));
            }
        }
    }
}

void TestImageFolder::flatFolderHasNoClasses() {
    const Tree tree;
    for (const auto* name : {"img10.png", "img9.png", "img1.png"}) tree.file(name);
    const auto folder = listImageFolder(tree.path());
    QVERIFY(folder.has_value());
    QCOMPARE(pathsOf(*folder), (QStringList{"img1.png", "img9.png", "img10.png"}));
    QVERIFY(folder->classes.empty());
    QCOMPARE(folder->root, std::filesystem::path(tree.path()));
    for (const auto& image : folder->images) QCOMPARE(image.classIndex, -1);
}

void TestImageFolder::classesAreTheFirstSubFolders() {
    const Tree tree;
    for (const auto* name : {"class10/a.png", "class2/deep/er/b.png", "class2/a.png", "top.png"})
        tree.file(name);
    tree.folder("class1/empty");
    const auto folder = listImageFolder(tree.path());
    QVERIFY(folder.has_value());
    QCOMPARE(folder->classes, (std::vector<std::string>{"class2", "class10"}));
    QCOMPARE(pathsOf(*folder),
             (QStringList{"class2/a.png", "class2/deep/er/b.png", "class10/a.png", "top.png"}));
    std::vector<int> classes;
    for (const auto& image : folder->images) classes.push_back(image.classIndex);
    QCOMPARE(classes, (std::vector<int>{0, 0, 1, -1}));
}

void TestImageFolder::orderIsThatOfNaturalLess() {
    const Tree tree;
    for (const auto* name :
         {"cat/z", "cat-2/a", "cat 3/b", "cat2", "cat10/1", "cat10/01", "cat10/1/x1", "cat.x"}) {
        if (QString(name) != "cat10/1/x1") tree.file(name);
    }
    tree.file("cat10/2/x1");
    const auto folder = listImageFolder(tree.path());
    QVERIFY(folder.has_value());
    QCOMPARE(folder->images.size(), std::size_t{8});
    QVERIFY(
        std::is_sorted(folder->images.begin(), folder->images.end(),
                       [](const ImageEntry& a, const ImageEntry& b) { return naturalLess(a.path, b.path); }));
    QVERIFY(std::is_sorted(folder->classes.begin(), folder->classes.end(), naturalLess));
}

void TestImageFolder::hiddenFilesAndEmptyFoldersAreLeftOut() {
    const Tree tree;
    for (const auto* name : {"a.png", ".DS_Store", ".git/config", "c/.hidden", "d/x.png"}) tree.file(name);
    const auto folder = listImageFolder(tree.path());
    QVERIFY(folder.has_value());
    QCOMPARE(pathsOf(*folder), (QStringList{"a.png", "d/x.png"}));
    QCOMPARE(folder->classes, std::vector<std::string>{"d"});
}

void TestImageFolder::linksAreFollowedAndCyclesEnd() {
    const Tree tree;
    const Tree other;
    other.file("x.png");
    tree.file("a/1.png");
    tree.link(QString::fromStdString(other.path()), "b");
    tree.link("1.png", "a/2.png");
    tree.link("..", "a/up");
    tree.link(".", "self");
    const auto folder = listImageFolder(tree.path());
    QVERIFY(folder.has_value());
    QCOMPARE(pathsOf(*folder), (QStringList{"a/1.png", "a/2.png", "b/x.png"}));
    QCOMPARE(folder->classes, (std::vector<std::string>{"a", "b"}));
}

void TestImageFolder::aLinkToNothingIsListed() {
    const Tree tree;
    tree.link("nowhere.png", "a.png");
    const auto folder = listImageFolder(tree.path());
    QVERIFY(folder.has_value());
    QCOMPARE(pathsOf(*folder), QStringList{"a.png"});
}

void TestImageFolder::specialFilesAreLeftOut() {
    const Tree tree;
    tree.file("a.png");
    QCOMPARE(::mkfifo(tree.path("pipe.png").c_str(), 0600), 0);
    tree.link("pipe.png", "link.png");
    const auto folder = listImageFolder(tree.path());
    QVERIFY(folder.has_value());
    QCOMPARE(pathsOf(*folder), QStringList{"a.png"});
}

void TestImageFolder::aFolderNamedLikeAnImageIsAFolder() {
    const Tree tree;
    tree.file("x.jpg/1.png");
    tree.folder("y.jpg");
    const auto folder = listImageFolder(tree.path());
    QVERIFY(folder.has_value());
    QCOMPARE(pathsOf(*folder), QStringList{"x.jpg/1.png"});
}

void TestImageFolder::wrongFolders() {
    const Tree tree;
    tree.file("f");
    tree.folder("empty/inside");
    for (const auto* name : {"f", "missing", "empty"}) {
        const auto folder = listImageFolder(tree.path(name));
        QVERIFY(!folder);
        QVERIFY(folder.error().code == ErrorCode::NotFound);
        QVERIFY(folder.error().message.find(tree.path(name)) != std::string::npos);
    }
}

void TestImageFolder::unreadableSubFolderIsAnError() {
    const Tree tree;
    tree.file("a/1.png");
    tree.file("b/2.png");
    if (::geteuid() == 0) QSKIP("root may read everything");
    QCOMPARE(::chmod(tree.path("b").c_str(), 0), 0);
    const auto folder = listImageFolder(tree.path());
    ::chmod(tree.path("b").c_str(), 0700);
    QVERIFY(!folder);
    QVERIFY(folder.error().code == ErrorCode::Unreadable);
}

void TestImageFolder::namesNeedNotBeUtf8() {
    const Tree tree;
    const std::string name = "\xFF\xFEname.png";
    const std::string path = tree.path() + "/" + name;
    const int descriptor = ::creat(path.c_str(), 0600);
    QVERIFY(descriptor >= 0);
    ::close(descriptor);
    const auto folder = listImageFolder(tree.path());
    ::unlink(path.c_str());
    QVERIFY(folder.has_value());
    QCOMPARE(folder->images.at(0).path, name);
}

void TestImageFolder::stops() {
    const Tree tree;
    tree.file("a.png");
    std::stop_source source;
    source.request_stop();
    const auto folder = listImageFolder(tree.path(), Job{source.get_token(), {}});
    QVERIFY(!folder);
    QVERIFY(folder.error().code == ErrorCode::Cancelled);
}

void TestImageFolder::reportsProgress() {
    const Tree tree;
    tree.file("a.png");
    tree.file("b.png");
    std::uint64_t last = 0;
    const Job job{{}, [&](const Progress& progress) { last = progress.done; }};
    QVERIFY(listImageFolder(tree.path(), job).has_value());
    QCOMPARE(last, std::uint64_t{2});
}

QTEST_APPLESS_MAIN(TestImageFolder)
#include "test_image_folder.moc"
