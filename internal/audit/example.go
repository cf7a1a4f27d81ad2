package audit

import (
	"embed"
	"io/fs"

	"github.com/mognad/mognad/internal/survey"
)

//go:embed example
var example embed.FS

// Example is a worked example of the rule: what an audit of Sölvesborgs kommun
// observed in August 2020, coded item by item, each with the passage of its
// report that shows it. The error is yamlfile.Faults where set lacks the items.
func Example(set *survey.Set) (*Coding, error) {
	files, err := fs.Sub(example, "example")
	if err != nil {
		return nil, err
	}
	return LoadCoding(files, "solvesborg-2020.yaml", set)
}
