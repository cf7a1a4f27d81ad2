package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

type logCmd struct {
	List   logListCmd   `cmd:"" help:"Print the audit log, the newest line first."`
	Verify logVerifyCmd `cmd:"" help:"Check that no line of the audit log has been changed, taken away or put in; exit status 1 when one has."`
}

type logListCmd struct {
	place
	Lines int  `default:"100" placeholder:"N" help:"Print at most N lines; 0 for all."`
	JSON  bool `name:"json" help:"Print each line as JSON, seals and all."`
}

// Run prints the lines: number, time, actor, action, and what else there is.
func (c *logListCmd) Run(ctx context.Context) error {
	p, err := c.open()
	if err != nil {
		return err
	}
	defer p.Store.Close()
	n, out := 0, json.NewEncoder(os.Stdout)
	for e, err := range p.Log.Events(ctx) {
		if err != nil {
			return err
		}
		if c.JSON {
			if err := out.Encode(e); err != nil {
				return err
			}
		} else {
			line := fmt.Sprintf("%d %s %s %s", e.Number, e.At.UTC().Format(time.RFC3339), quoted(e.Actor), e.Action)
			for _, f := range []struct{ name, value string }{{"unit", e.Unit}, {"round", e.Round}, {"subject", e.Subject}, {"detail", e.Detail}, {"from", e.From}} {
				if f.value != "" {
					line += " " + f.name + "=" + quoted(f.value)
				}
			}
			fmt.Println(line)
		}
		if n++; n == c.Lines {
			break
		}
	}
	return nil
}

// quoted writes a value so that it is one word, and sends nothing to a terminal.
func quoted(value string) string {
	if q := fmt.Sprintf("%q", value); strings.ContainsAny(value, " =") || q != `"`+value+`"` {
		return q
	}
	return value
}

type logVerifyCmd struct {
	place
	Expect string `placeholder:"\"NUMBER SEAL\"" help:"The end of the log as it was printed or shown earlier, which must still be there."`
}

// Run prints how many lines there are, the log's end to note elsewhere, and
// every fault.
func (c *logVerifyCmd) Run(ctx context.Context) error {
	p, err := c.open()
	if err != nil {
		return err
	}
	defer p.Store.Close()
	r, err := p.Log.Verify(ctx, strings.Join(strings.Fields(c.Expect), " "))
	if err != nil {
		return err
	}
	fmt.Printf("lines: %d\nend: %d %s\n", r.Lines, r.Last, r.Seal)
	if r.Unsealed > 0 {
		fmt.Printf("unsealed: %d, from before the log was sealed\n", r.Unsealed)
	}
	for _, fault := range r.Faults {
		fmt.Println("fault:", fault)
	}
	if len(r.Faults) > 0 {
		return errFaulty
	}
	return nil
}
