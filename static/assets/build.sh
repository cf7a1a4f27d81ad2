#!/usr/bin/env bash
# Makes static/vendor/echarts.js and the fonts anew (make assets). What it makes
# is committed, so that building mognad needs Go alone.
set -euo pipefail
cd "$(dirname "$0")"
npm ci
npx esbuild echarts.js --bundle --minify --format=iife --global-name=echarts --target=es2017 --legal-comments=none --define:process.env.NODE_ENV='"production"' --outfile=../vendor/echarts.js
cp node_modules/echarts/LICENSE ../vendor/LICENSE-echarts.txt
cp node_modules/echarts/NOTICE ../vendor/NOTICE-echarts.txt
cp node_modules/zrender/LICENSE ../vendor/LICENSE-zrender.txt
cp node_modules/@fontsource-variable/source-serif-4/LICENSE ../fonts/LICENSE-source-serif-4.txt
cp node_modules/@fontsource-variable/source-sans-3/LICENSE ../fonts/LICENSE-source-sans-3.txt
./fonts.sh
