package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mognad/mognad/internal/intake"
	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/round"
)

// operator is who the log says did what a command does.
const operator = "command line"

type importCmd struct {
	place
	Units  string `required:"" type:"existingfile" placeholder:"FILE" help:"Units as CSV: id,name,parent,kind."`
	People string `required:"" type:"existingfile" placeholder:"FILE" help:"People as CSV: id,name,email,unit,role; several roles with ';'."`
}

// Run checks both files as a whole, and replaces what is stored only when
// neither has a fault. Rounds already opened keep what they froze.
func (c *importCmd) Run(ctx context.Context) error {
	tree, people, err := readOrganisation(c.Units, c.People)
	if err != nil {
		return err
	}
	p, err := c.open()
	if err != nil {
		return err
	}
	defer p.Store.Close()
	if err := intake.New(p.Store, p.Log, time.Now).ReplaceAll(ctx, operator, tree, people); err != nil {
		return err
	}
	fmt.Printf("%d units and %d people imported\n", tree.Len(), len(people))
	return nil
}

// readOrganisation reads the units and the people in them.
func readOrganisation(unitsFile, peopleFile string) (tree *org.Tree, people []org.Person, err error) {
	err = readFile(unitsFile, func(name string, in io.Reader) error {
		units, err := org.ReadUnits(name, in)
		if err != nil {
			return err
		}
		tree, err = org.NewTree(units)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	err = readFile(peopleFile, func(name string, in io.Reader) error {
		people, err = org.ReadPeople(name, in, tree)
		return err
	})
	return tree, people, err
}

func readFile(name string, read func(name string, in io.Reader) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return read(name, f)
}

type roundCmd struct {
	Create roundCreateCmd `cmd:"" help:"Make a round, as a draft to open in the browser."`
}

type roundCreateCmd struct {
	place
	ID       string `arg:"" help:"Short name, used in addresses: 2026."`
	Name     string `help:"Heading, for example \"Mätomgång 2026\"."`
	Opens    string `required:"" placeholder:"DAY" help:"First day to answer, year-month-day."`
	Closes   string `required:"" placeholder:"DAY" help:"Last day to answer, year-month-day."`
	Named    bool   `help:"Show answers by name to those whose role allows it, in place of a confidential round."`
	MinGroup int    `default:"5" placeholder:"K" help:"Show no figure of fewer than K people; 5 or more."`
}

// Run makes the draft.
func (c *roundCreateCmd) Run(ctx context.Context) error {
	p, err := c.open()
	if err != nil {
		return err
	}
	defer p.Store.Close()
	mode := round.Confidential
	if c.Named {
		mode = round.Named
	}
	r, err := p.Rounds.Create(ctx, operator, round.Round{ID: c.ID, Name: c.Name, Mode: mode, MinGroup: c.MinGroup, OpensOn: c.Opens, ClosesOn: c.Closes})
	if err == nil {
		fmt.Printf("round %s made: %s, %s to %s\n", r.ID, r.Mode, r.OpensOn, r.ClosesOn)
	}
	return err
}

type linksCmd struct {
	site
	Round string `arg:"" help:"The round's id."`
}

// Run prints everybody's personal link.
func (c *linksCmd) Run(ctx context.Context) error {
	p, base, err := c.openAt()
	if err != nil {
		return err
	}
	defer p.Store.Close()
	out := csv.NewWriter(os.Stdout)
	if err := out.Write([]string{"person", "url"}); err != nil {
		return err
	}
	for inv, err := range p.Rounds.Invitations(ctx, c.Round) {
		if err != nil {
			return err
		}
		if err := out.Write([]string{inv.Person, base.String() + "/e/" + p.Rounds.LinkToken(inv)}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
