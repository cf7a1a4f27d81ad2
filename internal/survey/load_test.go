package survey_test

import (
	"testing"

	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/surveys"
)

func TestLoadShipped(t *testing.T) {
	set, err := survey.LoadDir(surveys.FS)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, q := range set.Questionnaires {
		ids = append(ids, q.ID)
	}
	if len(ids) < 2 || ids[0] != "ledning" || ids[1] != "styrning" {
		t.Errorf("questionnaires in order %v, want ledning and styrning first", ids)
	}
}
