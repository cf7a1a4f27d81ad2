// Package static holds what browsers are served as it is: style sheets,
// scripts, typefaces, pictures, and the charts' library with its licence.
package static

import "embed"

// FS is the served files by their path below /static/.
//
//go:embed css fonts img js vendor
var FS embed.FS
