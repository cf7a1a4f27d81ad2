package org

import "strings"

// kinds maps what kommuner call the kinds of unit that texts know how to speak
// of, in lower case, to how a Unit has them.
var kinds = map[string]string{
	"kommun": "kommun", "forvaltning": "forvaltning", "förvaltning": "forvaltning", "avdelning": "avdelning", "enhet": "enhet",
	"kommunen": "kommun", "förvaltningar": "forvaltning", "avdelningar": "avdelning", "enheter": "enhet",
	"municipality": "kommun", "department": "forvaltning", "division": "avdelning", "unit": "enhet",
}

// NormalKind returns a kind of unit as Unit has it: "Förvaltning" is forvaltning.
// One that is not known is returned as it was written.
func NormalKind(s string) string {
	s = Clean(s)
	if k, ok := kinds[strings.ToLower(s)]; ok {
		return k
	}
	return s
}

// KnownKind reports whether texts know how to speak of a unit of a kind; of
// others they say "unit". No kind at all is known as that.
func KnownKind(kind string) bool {
	_, ok := kinds[strings.ToLower(kind)]
	return ok || kind == ""
}
