FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /out/mognad ./cmd/mognad && mkdir /out/data

# Certificates and time zones, no shell, a user of no rights. Reports as PDF need
# Chromium too: docs/operations.md.
FROM gcr.io/distroless/static:nonroot
COPY --from=build /out/mognad /mognad
COPY --from=build --chown=65532:65532 /out/data /data
ENV MOGNAD_DATA=/data MOGNAD_ADDR=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/mognad", "health"]
ENTRYPOINT ["/mognad"]
CMD ["serve"]
