#include "ui/compare/detector_list.h"

#include <QAbstractButton>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/compare/compare_test_support.h"
#include "ui/compare/detector_list_model.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

struct Shown {
    DetectorList list;

    Shown() {
        list.detectors().setSupply({true, true, true, false}, {1000, 10, 64, 1000});
        list.resize(320, 500);
        list.show();
        if (!QTest::qWaitForWindowExposed(&list)) qFatal("The list is not shown.");
    }
    [[nodiscard]] QTreeView* tree() const { return part<QTreeView>(list, "detectorTree"); }
    [[nodiscard]] QAbstractButton* button(const char* name) const {
        return part<QAbstractButton>(list, name);
    }
    [[nodiscard]] std::string currentId() const { return list.detectors().spec(list.currentRow()).id; }
    /// Clicks the check box of a shown row.
    void clickBox(int shown) const {
        const QRect cell = tree()->visualRect(tree()->model()->index(shown, 0));
        QTest::mouseClick(tree()->viewport(), Qt::LeftButton, {}, {cell.left() + 8, cell.center().y()});
    }
};

}  // namespace

class TestDetectorList : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    void filtersByNameAndAuthors() {
        Shown shown;
        auto* filter = part<QLineEdit>(shown.list, "detectorFilter");
        QTest::keyClicks(filter, "dice+");
        const int masks = shown.tree()->model()->rowCount();
        QCOMPARE(masks, 5);  // ReAct, three ASH, SCALE
        filter->clear();
        QTest::keyClicks(filter, "hendrycks");
        QVERIFY(shown.tree()->model()->rowCount() > 0);
        QVERIFY(shown.tree()->model()->rowCount() < static_cast<int>(allDetectors().size()));
        QTest::keyClicks(filter, "xyz");
        QCOMPARE(shown.tree()->model()->rowCount(), 0);
        QCOMPARE(shown.list.currentRow(), -1);
        QVERIFY(!shown.button("detectorDuplicate")->isEnabled());
        filter->clear();
        QCOMPARE(shown.tree()->model()->rowCount(), static_cast<int>(allDetectors().size()));
    }

    void buttonsCheckAndUncheck() {
        Shown shown;
        QTest::mouseClick(shown.button("detectorsNone"), Qt::LeftButton);
        QVERIFY(shown.list.detectors().checkedSpecs().empty());
        shown.clickBox(0);
        QCOMPARE(shown.list.detectors().checkedSpecs().size(), std::size_t{1});
        QTest::keyClick(shown.tree(), Qt::Key_Space);
        QVERIFY(shown.list.detectors().checkedSpecs().empty());
        QTest::mouseClick(shown.button("detectorsQuick"), Qt::LeftButton);
        for (const DetectorSpec& spec : shown.list.detectors().checkedSpecs())
            QVERIFY2(!isSlow(findDetector(spec.id)->cost), spec.id.c_str());
        QVERIFY(shown.list.detectors().checkedSpecs().size() > 10);
    }

    void aDetectorIsAddedOnceMoreAndRemoved() {
        Shown shown;
        const int rows = shown.list.detectors().rowCount();
        QTest::keyClicks(part<QLineEdit>(shown.list, "detectorFilter"), "KNN");
        QTest::mouseClick(shown.tree()->viewport(), Qt::LeftButton, {},
                          shown.tree()->visualRect(shown.tree()->model()->index(0, 0)).center());
        QCOMPARE(shown.currentId(), std::string("knn"));
        QVERIFY(!shown.button("detectorRemove")->isEnabled());
        QTest::mouseClick(shown.button("detectorDuplicate"), Qt::LeftButton);
        QCOMPARE(shown.list.detectors().rowCount(), rows + 1);
        QCOMPARE(shown.currentId(), std::string("knn"));
        QVERIFY(!shown.list.detectors().spec(shown.list.currentRow()).values.empty());
        QVERIFY(shown.button("detectorRemove")->isEnabled());
        shown.tree()->setFocus();
        QTest::keyClick(shown.tree(), Qt::Key_Delete);
        QCOMPARE(shown.list.detectors().rowCount(), rows);
        // The registry's own rows stay.
        QTest::keyClick(shown.tree(), Qt::Key_Delete);
        QCOMPARE(shown.list.detectors().rowCount(), rows);
    }

    void aFilterMayHideTheFirstRowOfASession() {
        Shown shown;
        QTest::keyClicks(part<QLineEdit>(shown.list, "detectorFilter"), "KNN");
        QSignalSpy current(&shown.list, &DetectorList::currentChanged);
        shown.list.detectors().setChoice(DetectorChoice{{"knn:k=3"}, {}});
        QCOMPARE(shown.list.currentRow(), -1);
        QVERIFY(current.count() > 0);
        QVERIFY(!shown.button("detectorDuplicate")->isEnabled());
    }

    void whatCannotRunCanBeReadButNotChecked() {
        Shown shown;
        shown.list.detectors().setSupply({}, {1000, 10, 64, 0});
        QSignalSpy current(&shown.list, &DetectorList::currentChanged);
        QTest::keyClicks(part<QLineEdit>(shown.list, "detectorFilter"), "Mahalanobis");
        shown.clickBox(0);
        QVERIFY(current.count() > 0);
        QCOMPARE(shown.currentId(), std::string("mahalanobis"));
        QCOMPARE(shown.tree()->currentIndex().data(Qt::CheckStateRole).toInt(),
                 static_cast<int>(Qt::Unchecked));
    }
};

QTEST_MAIN(TestDetectorList)
#include "test_detector_list.moc"
