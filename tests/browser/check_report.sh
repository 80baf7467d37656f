#!/bin/sh
# Dev check: a report before an HTML validator and axe.
# usage: check_report.sh REPORT.html FOLDER   where `npm install --prefix FOLDER html-validate axe-core` was run
set -eu
here=$(dirname "$(realpath "$0")")
report=$(realpath "$1"); tools=$(realpath "$2")
"$tools/node_modules/.bin/html-validate" --config "$here/htmlvalidate.json" "$report"
echo "html-validate: no errors"

work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
# The report forbids scripts; axe is one, so the copy it looks at has no policy.
{
    sed '/http-equiv="Content-Security-Policy"/d' "$report" | sed 's|</body>||; s|</html>||'
    echo '<script>'
    cat "$tools/node_modules/axe-core/axe.min.js"
    cat <<'EOF'
</script><script>
document.querySelectorAll('details').forEach(d => d.open = true);
axe.run(document, {resultTypes: ['violations', 'incomplete']}).then(found => {
  const lines = found.violations.map(v => `${v.impact} ${v.id}: ${v.nodes.length} (${v.nodes[0].target}) ${v.nodes[0].failureSummary.replace(/\s+/g, ' ')}`);
  const open = found.incomplete.map(v => `to look at: ${v.id}: ${v.nodes.length} (${v.nodes[0].target})`);
  const pre = document.createElement('pre');
  pre.textContent = ['AXE', `passes ${found.passes.length}`, ...lines, ...open, 'AXEEND'].join('\n');
  document.body.append(pre);
});
</script></body></html>
EOF
} > "$work/axe.html"
bad=0
for value in 1 0; do
    [ $value = 1 ] && scheme=light || scheme=dark
    chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir="$work/profile" \
        --blink-settings=preferredColorScheme=$value --window-size=1280,900 --virtual-time-budget=30000 \
        --dump-dom "file://$work/axe.html" 2>/dev/null | sed -n '/<pre>AXE$/,/AXEEND/p' > "$work/$scheme"
    [ -s "$work/$scheme" ] || { echo "axe did not run ($scheme)"; exit 1; }
    echo "axe, $scheme:"; sed 's/^<pre>AXE$//; /AXEEND/d' "$work/$scheme"
    grep -qE '^(serious|critical) ' "$work/$scheme" && bad=1
done
exit $bad
