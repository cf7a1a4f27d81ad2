#!/usr/bin/env bash
# Fails when a file is not as gofmt writes it, naming it.
set -euo pipefail
files=$(git ls-files -z '*.go' | xargs -0 gofmt -l)
[ -z "$files" ] || { printf 'not as gofmt writes it:\n%s\n' "$files" >&2; exit 1; }
