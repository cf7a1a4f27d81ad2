# The tests build the program, and start it in a real browser.

.PHONY: run build test lint bench assets clean

run:
	go run ./cmd/mognad demo

build:
	CGO_ENABLED=0 go build -trimpath -o bin/mognad ./cmd/mognad

test:
	scripts/chromium.sh
	go test -timeout 15m -count=1 ./...
	scripts/mongo-test.sh

lint:
	scripts/gofmt.sh
	go vet ./...
	go tool staticcheck ./...

# What the program promises of speed, measured; some minutes and 3 GB of disk.
bench:
	go run ./internal/bench

# What static/vendor and static/fonts are made of. Their result is committed, so
# that building the program needs Go alone.
assets:
	static/assets/build.sh

clean:
	rm -rf bin static/assets/node_modules
