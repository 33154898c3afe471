#include "core/report/markup.h"

#include <QTest>

using namespace dicescope;

class TestMarkup : public QObject {
    Q_OBJECT

  private slots:
    void textThatCannotBeShownIsReplaced() {
        QCOMPARE(printable("plain \xC3\xA9\n\t"), std::string("plain \xC3\xA9\n\t"));
        QCOMPARE(printable("a\xFF z"), std::string("a\xEF\xBF\xBD z"));
        QCOMPARE(printable(std::string_view("a\0b\x1B\x7F", 5)), std::string("a\xEF\xBF\xBD"
                                                                             "b\xEF\xBF\xBD\xEF\xBF\xBD"));
        QCOMPARE(printable("\xC3"), std::string("\xEF\xBF\xBD"));
        QCOMPARE(printable(""), std::string());
    }

    void htmlIsEscaped() {
        QCOMPARE(escapeHtml("<script>\"a\" & 'b'</script>"),
                 std::string("&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;"));
        QCOMPARE(escapeHtml("]]> <!--"), std::string("]]&gt; &lt;!--"));
    }

    void latexIsEscaped() {
        QCOMPARE(escapeLatex("a_b & 5% {x} #1 $y$"), std::string("a\\_b \\& 5\\% \\{x\\} \\#1 \\$y\\$"));
        QCOMPARE(escapeLatex("\\end{table}^~"),
                 std::string("\\textbackslash{}end\\{table\\}\\textasciicircum{}\\textasciitilde{}"));
        QCOMPARE(escapeLatex("[1]\n%"), std::string("{[}1{]} \\%"));
        QCOMPARE(escapeLatex("bytes\xFF\xC3\xA9"), std::string("bytes?\xC3\xA9"));
    }

    void markdownIsEscaped() {
        QCOMPARE(escapeMarkdown("a|b_c*d`e"), std::string("a\\|b\\_c\\*d\\`e"));
        QCOMPARE(escapeMarkdown("[x](y) <b>\r\n# 1"), std::string("\\[x\\](y) \\<b\\>  \\# 1"));
    }
};

QTEST_APPLESS_MAIN(TestMarkup)
#include "test_markup.moc"
