# The tests build the program, and start it in a real browser.

# The end-to-end tests in which the store matters.
on_mongo = TwoInstances|PrimaryKilled|NetworkCut|ClosingTakenOver|Killed|Restart|FromNothing|CloseAndPublish|AnswerWith|Routes

.PHONY: run build test lint bench pictures assets clean

run:
	go run ./cmd/mognad demo

build:
	CGO_ENABLED=0 go build -trimpath -o bin/mognad ./cmd/mognad

test:
	scripts/chromium.sh
	go test -timeout 15m -count=1 ./...
	scripts/with-mongo.sh go test -tags mongo -timeout 10m -count=1 ./internal/store/mongo
	scripts/with-mongo.sh go test -tags mongo -timeout 10m -count=1 -run '$(on_mongo)' ./internal/e2e

lint:
	scripts/gofmt.sh
	go vet ./...
	go vet -tags mongo,pictures ./internal/store/mongo/... ./internal/e2e
	go tool staticcheck ./...

# What the program promises of speed, measured: half an hour, 3 GB of disk and as
# much memory.
bench:
	scripts/with-mongo.sh go run ./internal/bench

# The pages of the demo in docs/pictures, to review a change by. The open round's
# days follow the calendar, and so do the pictures of it.
pictures:
	scripts/chromium.sh
	MOGNAD_PICTURES=$(CURDIR)/docs/pictures go test -tags pictures -timeout 15m -count=1 -run TestPictures ./internal/e2e

# What static/vendor and static/fonts are made of. Their result is committed, so
# that building the program needs Go alone.
assets:
	static/assets/build.sh

clean:
	rm -rf bin static/assets/node_modules
