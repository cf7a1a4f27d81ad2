package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mognad/mognad/internal/audit"
	"github.com/mognad/mognad/internal/recommend"
	"github.com/mognad/mognad/internal/survey"
	"github.com/mognad/mognad/internal/training"
	"github.com/mognad/mognad/internal/yamlfile"
)

// errFaulty ends a command with status 1 when what is wrong has been printed.
var errFaulty = errors.New("faults were found")

type surveyCheckCmd struct {
	Dir  string `arg:"" help:"Folder with questionnaires (*.yaml) and, if any, audit.yaml, insatser.yaml and rekommendationer.yaml."`
	Lang string `enum:"sv,en" default:"sv" help:"Language of the messages: sv or en."`
}

// Run lists every fault of the folder's files as file:line:column: message on
// standard output.
func (c *surveyCheckCmd) Run() error {
	fsys, err := folder(c.Dir)
	if err != nil {
		return err
	}
	set, err := survey.LoadDir(fsys)
	errs := []error{err}
	if exists(fsys, survey.AuditFile) {
		_, err = audit.Load(fsys, set)
		errs = append(errs, err)
	}
	if exists(fsys, survey.TrainingFile) {
		_, err = training.Load(fsys, set)
		errs = append(errs, err)
	}
	if exists(fsys, survey.RecommendationsFile) {
		_, err = recommend.Load(fsys, set)
		errs = append(errs, err)
	}
	if err := printFaults(os.Stdout, c.Dir, c.Lang, errs...); err != nil {
		return err
	}
	text := "Inga fel: %d formulär, %d frågor.\n"
	if c.Lang == "en" {
		text = "No faults: %d questionnaires, %d items.\n"
	}
	fmt.Printf(text, len(set.Questionnaires), len(set.Items))
	return nil
}

// folder opens dir as it was written (kong's own check would make the path
// absolute, and so the messages long).
func folder(dir string) (fs.FS, error) {
	if _, err := os.ReadDir(dir); err != nil {
		return nil, err
	}
	return os.DirFS(dir), nil
}

func exists(fsys fs.FS, name string) bool {
	_, err := fs.Stat(fsys, name)
	return err == nil
}

// printFaults writes the faults in errs, their files as seen from here, and
// returns errFaulty if there were any; another error it returns as it is.
func printFaults(w io.Writer, dir, lang string, errs ...error) error {
	var all yamlfile.Faults
	for _, err := range errs {
		if err == nil {
			continue
		}
		faults := yamlfile.Of(err)
		if faults == nil {
			return err
		}
		all = append(all, faults...)
	}
	if len(all) == 0 {
		return nil
	}
	for i := range all {
		all[i].File = filepath.Join(dir, all[i].File)
	}
	fmt.Fprintln(w, all.In(lang))
	return errFaulty
}
