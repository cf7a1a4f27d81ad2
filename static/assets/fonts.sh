#!/usr/bin/env bash
# Subsets the two typefaces to what Swedish and English need. Their sources are
# the woff2 files of @fontsource-variable/source-serif-4 and source-sans-3.
# Needs Debian's python3-fonttools and python3-brotli.
set -euo pipefail
cd "$(dirname "$0")"
letters='U+0020-007E,U+00A0-00FF,U+2009,U+2013,U+2014,U+2018,U+2019,U+201C,U+201D,U+2026,U+2190,U+2192,U+2212,U+2264,U+2265,U+25B2,U+25BC,U+25C7'
ft() { /usr/bin/python3 -m fontTools "$@"; }
subset() { ft subset "$1" --unicodes="$letters" --layout-features='kern,liga,tnum,lnum,calt,ccmp,locl,mark' --flavor=woff2 --output-file="$2"; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
serif=node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-latin-opsz-normal.woff2
sans=node_modules/@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2
# One optical size, between text and display, is not worth missing 90 kB.
ft varLib.instancer -q -o "$tmp/serif.ttf" "$serif" opsz=28 wght=400:600
ft varLib.instancer -q -o "$tmp/sans.ttf" "$sans" wght=400:700
subset "$tmp/serif.ttf" ../fonts/source-serif-4.woff2
subset "$tmp/sans.ttf" ../fonts/source-sans-3.woff2
# The same sans for bitmaps of charts, which are drawn without a browser.
ft ttLib.woff2 decompress -o ../../internal/chart/source-sans-3.ttf ../fonts/source-sans-3.woff2
