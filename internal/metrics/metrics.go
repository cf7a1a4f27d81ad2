// Package metrics counts what the service does, for /metrics. Labels name routes
// and operations, never addresses: no person, round or token is in them.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

var (
	requests = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mognad_http_requests_total",
		Help: "Requests answered, by route and status."}, []string{"method", "route", "status"})
	requestSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "mognad_http_request_seconds",
		Help: "How long an answer took, by route.", Buckets: latencies}, []string{"route"})
	saves = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mognad_saves_total",
		Help: "Saves and submissions of responses, by kind (save, submit) and outcome (stored, refused, failed)."}, []string{"kind", "outcome"})
	storeSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "mognad_store_seconds",
		Help: "How long the database took, by operation.", Buckets: latencies}, []string{"operation"})
	letters = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mognad_letters_total",
		Help: "Attempts to send a letter, by kind and outcome (stored: taken by the mail server, refused, retried, uncertain)."}, []string{"kind", "outcome"})
	lettersDue = prometheus.NewGauge(prometheus.GaugeOpts{Name: "mognad_letters_due",
		Help: "Letters that are to be sent now, in the process that sends them."})
	analysisSeconds = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "mognad_analysis_seconds",
		Help: "How long the results of a round took to compute and freeze.", Buckets: []float64{.1, .5, 1, 2.5, 5, 10, 30, 60, 300}})

	latencies = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}
)

var registry = func() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(requests, requestSeconds, saves, storeSeconds, analysisSeconds, letters, lettersDue,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}()

// Handler answers with all of them as text.
func Handler() http.Handler { return promhttp.HandlerFor(registry, promhttp.HandlerOpts{}) }

// Request counts an answer that was begun at start.
func Request(method, route, status string, start time.Time) {
	requests.WithLabelValues(method, route, status).Inc()
	requestSeconds.WithLabelValues(route).Observe(time.Since(start).Seconds())
}

// The outcomes of a save: a refusal is the rules' (closed, faulty), a failure the
// database's.
const (
	Stored  = "stored"
	Refused = "refused"
	Failed  = "failed"
)

// Save counts one; kind is save or submit.
func Save(kind, outcome string) { saves.WithLabelValues(kind, outcome).Inc() }

// Store tells how long an operation of the database took that was begun at start.
func Store(operation string, start time.Time) { StoreTook(operation, time.Since(start)) }

// StoreTook is Store where the time is known.
func StoreTook(operation string, took time.Duration) {
	storeSeconds.WithLabelValues(operation).Observe(took.Seconds())
}

// Analysis tells how long the results of a round took that were begun at start.
func Analysis(start time.Time) { analysisSeconds.Observe(time.Since(start).Seconds()) }

// Letter counts an attempt to send one.
func Letter(kind, outcome string) { letters.WithLabelValues(kind, outcome).Inc() }

// LettersDue tells how many letters are to be sent now.
func LettersDue(n int) { lettersDue.Set(float64(n)) }
