#include "app/gui/about.h"

#include <QMessageBox>
#include <QObject>

namespace dicescope {

void showAbout(QWidget* parent) {
    auto* box =
        new QMessageBox(QMessageBox::NoIcon, QObject::tr("About DiceScope"), {}, QMessageBox::Close, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::RichText);
    box->setTextInteractionFlags(Qt::TextBrowserInteraction);
    box->setText(
        QObject::tr(
            "<h3>DiceScope %1</h3>"
            "<p>Out-of-distribution detection by sparsification, the DICE method:<br>"
            "Y. Sun and Y. Li, <i>DICE: Leveraging Sparsification for Out-of-Distribution Detection</i>, "
            "ECCV 2022, arXiv:2111.09805.</p>"
            "<p>Qt %2</p>")
            .arg(DICESCOPE_VERSION, qVersion()));
    box->open();
}

}  // namespace dicescope
