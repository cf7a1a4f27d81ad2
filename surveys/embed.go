// Package surveys holds the questionnaires and what goes with them (audit
// questions, training, recommendations, registers) as the product ships them.
package surveys

import "embed"

// FS has every file of this folder, for survey.LoadDir and its neighbours.
//
//go:embed *.yaml
var FS embed.FS
