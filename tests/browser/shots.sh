#!/bin/sh
# Dev check: pictures of a report for people to look at.
# usage: shots.sh REPORT.html FOLDER
set -eu
report=$(realpath "$1"); out=$2; mkdir -p "$out"
profile=$(mktemp -d); trap 'rm -rf "$profile"' EXIT
run() {
    chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$profile" "$@" \
        "file://$report" 2>/dev/null
}
for width in 360 768 1280; do
    for scheme in light dark; do
        # blink-settings: 0 is dark, 1 is light.
        [ "$scheme" = dark ] && value=0 || value=1
        run --blink-settings=preferredColorScheme=$value --window-size="$width",${HEIGHT:-9000} \
            --screenshot="$out/$width-$scheme.png"
    done
done
run --no-pdf-header-footer --print-to-pdf="$out/print.pdf"
