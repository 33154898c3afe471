#include "ui/compare/detector_form.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <optional>

#include "tests/support/qt_warnings.h"
#include "tests/ui/compare/compare_test_support.h"
#include "ui/compare/number_box.h"

using namespace dicescope;
using namespace dicescope::testing;

namespace {

struct Shown {
    DetectorForm form;

    explicit Shown(const DetectorSpec& spec) {
        form.setSpec(spec, {});
        form.resize(340, 500);
        form.show();
        if (!QTest::qWaitForWindowExposed(&form)) qFatal("The form is not shown.");
    }
    [[nodiscard]] QString label(const char* name) const { return part<QLabel>(form, name)->text(); }
    [[nodiscard]] QComboBox* variant() const { return part<QComboBox>(form, "detectorVariant"); }
    void type(const char* field, const QString& text) {
        auto* box = part<QAbstractSpinBox>(form, field);
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, text);
        QTest::keyClick(box, Qt::Key_Return);
    }
    void choose(QComboBox* box, const QString& entry) {
        box->setFocus();
        const int at = box->findText(entry);
        if (at < 0) qFatal("there is no entry '%s'", qPrintable(entry));
        while (box->currentIndex() < at) QTest::keyClick(box, Qt::Key_Down);
        while (box->currentIndex() > at) QTest::keyClick(box, Qt::Key_Up);
    }
};

}  // namespace

class TestDetectorForm : public QObject {
    Q_OBJECT

    std::optional<FailOnQtWarnings> warnings_;

  private slots:
    void init() { warnings_.emplace(); }
    void cleanup() { warnings_.reset(); }

    /// Every detector of the registry: its sentence, and a field for each parameter that shows its default.
    void showsWhatTheRegistrySays() {
        Shown shown({"msp", {}});
        for (const DetectorInfo& info : allDetectors()) {
            shown.form.setSpec(DetectorSpec{info.id, {}}, {});
            QCOMPARE(shown.label("detectorName"), QString::fromStdString(info.displayName));
            QCOMPARE(shown.label("detectorExplanation"), QString::fromStdString(info.explanation));
            QCOMPARE(shown.label("detectorFormula"), QString::fromStdString(info.formula));
            QCOMPARE(shown.label("detectorCitation").contains("arxiv.org/abs/"),
                     !info.citation.arxiv.empty());
            for (const DetectorParameter& parameter : info.parameters) {
                const std::string name = "parameter_" + parameter.name;
                const auto* field = part<QWidget>(shown.form, name.c_str());
                QVERIFY2(!field->toolTip().isEmpty(), name.c_str());
                const QString text = QString::fromStdString(parameterText(parameter, parameter.defaultValue));
                if (const auto* combo = qobject_cast<const QComboBox*>(field)) {
                    QCOMPARE(combo->currentText(), text);
                } else {
                    QCOMPARE(field->findChild<QLineEdit*>()->text().toDouble(), parameter.defaultValue);
                }
            }
            QVERIFY(shown.variant()->count() == static_cast<int>(info.variants.size()) + 1);
        }
    }

    void numbersAreTypedWithinTheirRange() {
        Shown shown({"dice", {}});
        QSignalSpy edited(&shown.form, &DetectorForm::specEdited);
        shown.type("parameter_p", "72.5");
        QCOMPARE(edited.count(), 1);
        QCOMPARE(edited.front().front().value<DetectorSpec>().values.at("p"), 72.5);
        QCOMPARE(shown.variant()->currentText(), QString("own settings"));
        shown.type("parameter_p", "140");  // beyond 100: not taken
        QVERIFY(shown.form.spec()->values.at("p") <= 100);
        shown.type("parameter_p", "90");
        QVERIFY(shown.form.spec()->values.empty());
        QCOMPARE(shown.variant()->currentText(), QString("defaults"));
        QCOMPARE(shown.variant()->findText("own settings"), -1);
    }

    void smallNumbersKeepTheirDigits() {
        Shown shown({"odin", {}});
        const auto* noise = part<NumberBox>(shown.form, "parameter_noise");
        QCOMPARE(noise->text(), QString("0.0014"));
        shown.type("parameter_noise", "1e-6");
        QCOMPARE(shown.form.spec()->values.at("noise"), 1e-6);
        QCOMPARE(noise->text().toDouble(), 1e-6);
    }

    void aVariantSetsItsParameters() {
        Shown shown({"gen", {}});
        QSignalSpy edited(&shown.form, &DetectorForm::specEdited);
        shown.choose(shown.variant(), "as pytorch-ood");
        QCOMPARE(edited.count(), 1);
        QCOMPARE(*shown.form.spec(),
                 (DetectorSpec{"gen", findDetector("gen")->variant("pytorch-ood")->values}));
        QCOMPARE(part<QSpinBox>(shown.form, "parameter_m")->value(), 0);
        QCOMPARE(part<QComboBox>(shown.form, "parameter_reduce")->currentText(), QString("mean"));
        shown.choose(part<QComboBox>(shown.form, "parameter_reduce"), "sum");
        QCOMPARE(shown.variant()->currentText(), QString("own settings"));
        shown.choose(shown.variant(), "defaults");
        QVERIFY(shown.form.spec()->values.empty());
        QCOMPARE(part<QSpinBox>(shown.form, "parameter_m")->value(), 100);
    }

    void saysWhyItCannotRunAndWhatIsMissing() {
        Shown shown({"knn", {}});
        QVERIFY(!part<QLabel>(shown.form, "detectorReason")->isVisible());
        shown.form.setSpec(DetectorSpec{"knn", {}}, "Not possible here.");
        QVERIFY(part<QLabel>(shown.form, "detectorReason")->isVisible());
        shown.form.setSpec(std::nullopt, {});
        QVERIFY(shown.label("detectorName").startsWith("Select a detector"));
        QVERIFY(!part<QLabel>(shown.form, "detectorFormula")->isVisible());
        QVERIFY(shown.form.findChild<QWidget*>("parameter_k") == nullptr);
    }
};

QTEST_MAIN(TestDetectorForm)
#include "test_detector_form.moc"
