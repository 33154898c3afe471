#!/usr/bin/env bash
# The house rules that a grep can see: who may include whom, and how large a file may be.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
failed=0
complain() { [ -z "$2" ] || { printf '%s:\n%s\n' "$1" "$2" >&2; failed=1; }; }

includes() { git ls-files -- "${@:2}" | xargs -r grep -nE "#include +[<\"]($1)" || true; }

complain "Qt in core" "$(includes 'Q[A-Z]|qcustomplot' 'core/*.h' 'core/*.cpp')"
complain "core includes app or ui" "$(includes 'app/|ui/' 'core/*.h' 'core/*.cpp')"
complain "ui includes app" "$(includes 'app/' 'ui/*.h' 'ui/*.cpp')"
complain "qcustomplot.h outside ui/plots" \
  "$(includes 'qcustomplot' '*.h' '*.cpp' | grep -vE '^ui/plots/|^tests/ui/plots/' || true)"
complain "a public header of ui shows QCustomPlot" "$(includes 'qcustomplot' 'ui/*.h' | grep -v '_internal\.h:' || true)"
complain "ui/plots and ui/panels include each other or the window" \
  "$(includes 'ui/(panels|window)/' 'ui/plots/*'; includes 'ui/(plots|window)/' 'ui/panels/*'; includes 'ui/(plots|panels|window)/' 'ui/base/*')"
complain "LibTorch, OpenCV or Highway in a public header" \
  "$(includes '(torch|ATen|c10|opencv2|hwy)/' '*.h' | grep -vE '(_internal|-inl)\.h:' || true)"

# Data flows one way: a room may include only the rooms before it.
rooms=(base images model features extraction sparsity linalg detectors metrics explain demo analysis session report)
later="analysis|report"
for room in "${rooms[@]}"; do
  case "$room" in
    base) forbidden='images|model|features|extraction|sparsity|linalg|detectors|metrics|explain|demo|session|analysis|report' ;;
    images) forbidden="model|features|extraction|sparsity|linalg|detectors|metrics|explain|demo|session|$later" ;;
    model) forbidden="images|features|extraction|sparsity|linalg|detectors|metrics|explain|demo|session|$later" ;;
    features) forbidden="images|model|extraction|sparsity|linalg|detectors|metrics|explain|demo|session|$later" ;;
    extraction) forbidden="sparsity|linalg|detectors|metrics|explain|demo|session|$later" ;;
    sparsity) forbidden="images|model|features|extraction|linalg|detectors|metrics|explain|demo|session|$later" ;;
    linalg) forbidden="images|model|features|extraction|sparsity|detectors|metrics|explain|demo|session|$later" ;;
    detectors) forbidden="images|model|extraction|metrics|explain|demo|session|$later" ;;
    metrics) forbidden="images|model|features|extraction|linalg|detectors|explain|demo|session|$later" ;;
    explain) forbidden="images|model|extraction|detectors|demo|session|$later" ;;
    analysis) forbidden="report|demo|session" ;;
    session) forbidden="report|demo" ;;
    *) continue ;;
  esac
  complain "core/$room reaches into a later room" "$(includes "core/($forbidden)/" "core/$room/*.h" "core/$room/*.cpp")"
done

complain "Files past 500 lines" \
  "$(git ls-files -- 'core/*' 'app/*' 'ui/*' | grep -E '\.(cpp|h)$' | xargs -r wc -l | awk '$1 > 500 && $2 != "total" {print $2": "$1}')"
exit "$failed"
