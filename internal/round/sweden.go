package round

import (
	"time"
	_ "time/tzdata" // the zone must be there on a machine without a zone database
)

// Sweden is the time zone of every day that a round names.
var Sweden = func() *time.Location {
	l, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic(err) // embedded above
	}
	return l
}()
