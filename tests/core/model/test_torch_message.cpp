#include <QtTest>

#include "core/model/torch_message.h"

using namespace dicescope;
using namespace dicescope::torch_internal;

// Exception texts as LibTorch 1.13 writes them.
namespace {

constexpr const char* kUnknown =
    "\nUnknown builtin op: aten::scaled_dot_product_attention.\nHere are some suggestions: \n"
    "\taten::_scaled_dot_product_attention\n\nThe original call is:\n  File \"code/attention.py\", line 32\n";
constexpr const char* kOtherForm =
    "\nArguments for call are not valid.\nThe following variants are available:\n  \n"
    "  aten::squeeze(Tensor(a) self) -> Tensor(a):\n  Expected at most 1 arguments but found 2 positional "
    "arguments.\n";
constexpr const char* kInterpreter =
    "The following operation failed in the TorchScript interpreter.\n"
    "Traceback of TorchScript, serialized code (most recent call last):\n  File \"code/m.py\", line 9\n"
    "    fc = self.fc\n         ~~~~~~~ <--- HERE\n\n"
    "Traceback of TorchScript, original code (most recent call last):\nm.py(3): forward\n"
    "RuntimeError: shape '[2, 12]' is invalid for input of size 36\n";

}  // namespace

class TestTorchMessage : public QObject {
    Q_OBJECT

  private slots:
    void findsTheOperator() {
        QCOMPARE(unknownOperator(kUnknown), std::string("aten::scaled_dot_product_attention"));
        QCOMPARE(unknownOperator(kOtherForm), std::string("aten::squeeze"));
        QCOMPARE(unknownOperator("Unknown builtin op: torchvision::nms.\n"), std::string("torchvision::nms"));
        QVERIFY(unknownOperator(kInterpreter).empty());
        QVERIFY(unknownOperator("").empty());
        QVERIFY(unknownOperator("Unknown builtin op: ").empty());
    }

    void findsTheReason() {
        QCOMPARE(reasonOf(kInterpreter), std::string("shape '[2, 12]' is invalid for input of size 36"));
        QCOMPARE(reasonOf("\n  first\nsecond"), std::string("first"));
        QCOMPARE(reasonOf(""), std::string("no reason given"));
    }

    void advisesOnOperators() {
        const QString known = QString::fromStdString(operatorAdvice("aten::rms_norm", "1.13.0"));
        QVERIFY(known.contains("aten::rms_norm") && known.contains("2.4") && known.contains("1.13.0"));
        const QString unknown = QString::fromStdString(operatorAdvice("aten::brand_new", "1.13.0"));
        QVERIFY(unknown.contains("aten::brand_new") && unknown.contains("newer"));
        QVERIFY(QString::fromStdString(operatorAdvice("torchvision::nms", "1.13.0"))
                    .contains("extension library"));
    }

    void sortsErrors_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<int>("code");
        const auto row = [](const char* what, ErrorCode code) {
            QTest::newRow(what) << what << static_cast<int>(code);
        };
        row("CUDA out of memory. Tried to allocate 2.00 GiB", ErrorCode::OutOfMemory);
        row("[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you tried",
            ErrorCode::OutOfMemory);
        row("cuDNN error: CUDNN_STATUS_NOT_INITIALIZED", ErrorCode::Device);
        row("CUDA error: an illegal memory access was encountered", ErrorCode::Device);
        row("mat1 and mat2 shapes cannot be multiplied", ErrorCode::Internal);
    }

    void sortsErrors() {
        QFETCH(QString, what);
        QFETCH(int, code);
        const Error error = errorFromTorch("It failed", what.toStdString());
        QCOMPARE(static_cast<int>(error.code), code);
        QVERIFY(QString::fromStdString(error.message).startsWith("It failed"));
    }
};

QTEST_APPLESS_MAIN(TestTorchMessage)
#include "test_torch_message.moc"
