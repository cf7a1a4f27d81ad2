#!/usr/bin/env bash
# Sees to it that there is a Chromium for the end-to-end tests; they look for it
# in MOGNAD_TEST_CHROMIUM, then by these names.
set -euo pipefail
for name in "${MOGNAD_TEST_CHROMIUM:-chromium}" chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
command -v apt-get >/dev/null || {
  echo "The end-to-end tests need Chromium: install it, or name it in MOGNAD_TEST_CHROMIUM." >&2
  exit 1
}
sudo=$([ "$(id -u)" = 0 ] || echo sudo)
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -qq --yes --no-install-recommends chromium >/dev/null
