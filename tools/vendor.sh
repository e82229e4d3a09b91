#!/usr/bin/env bash
# Fetch the browser libraries that Spikecast ships, unmodified, from the npm registry into static/vendor.
# To move to another version, change it here, run this, and look at the pages.
set -euo pipefail
cd "$(dirname "$0")/../static/vendor"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# vendor <folder> <package@version> <file in the package>…
vendor() {
    local folder=$1 package=$2
    shift 2
    rm -rf "$folder" "$work/package"
    mkdir -p "$folder"
    tar -xzf "$work/$(cd "$work" && npm pack --silent "$package")" -C "$work"
    for file in "$@"; do
        cp "$work/package/$file" "$folder/"
    done
    for licence in LICENSE license; do
        if [ -f "$work/package/$licence" ]; then cp "$work/package/$licence" "$folder/LICENSE"; fi
    done
    echo "$package" >"$folder/VERSION"
    echo "$package -> static/vendor/$folder"
}

vendor alpine @alpinejs/csp@3.17.4 dist/module.esm.min.js
cat >alpine/LICENSE <<'TEXT'
MIT License

Copyright © 2019-2025 Caleb Porzio and contributors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
TEXT
vendor modern-normalize modern-normalize@3.0.1 modern-normalize.css
vendor inter @fontsource-variable/inter@5.3.0 files/inter-latin-wght-normal.woff2
vendor jetbrains-mono @fontsource-variable/jetbrains-mono@5.3.0 files/jetbrains-mono-latin-wght-normal.woff2

icons="plus pencil trash-2 copy check x chevron-down chevron-right chevron-left undo-2 rotate-cw search lock
    triangle-alert info sun menu square ellipsis arrow-down arrow-up list chart-gantt
    log-out user external-link"
# shellcheck disable=SC2086 - one argument per icon is meant
vendor lucide lucide-static@1.62.0 $(printf 'icons/%s.svg ' $icons)

# One file for <use href="…#name">, made of the icons above. How lines are drawn: .icon-image in controls.css.
{
    echo '<svg xmlns="http://www.w3.org/2000/svg">'
    echo '<!-- Lucide icons, ISC licence: see static/vendor/lucide. Made by tools/vendor.sh. -->'
    for icon in $icons; do
        printf '<symbol id="%s" viewBox="0 0 24 24">' "$icon"
        sed -e '/^<!--/d' -e '/<svg/,/>$/d' -e '/<\/svg>/d' "lucide/$icon.svg" | tr -d '\n' | sed 's/  */ /g'
        echo '</symbol>'
    done
    echo '</svg>'
} >../img/icons.svg
rm -rf lucide/*.svg

# The checksums of what is there in the end.
for folder in alpine inter jetbrains-mono lucide modern-normalize; do
    (cd "$folder" && find . -type f ! -name VERSION -printf '%P\n' | LC_ALL=C sort | xargs sha256sum -- >>VERSION)
done
