// Command mognad measures the digital maturity of a kommun: it asks its managers
// once a year, computes the results and shows them.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is every command. Each flag can be given as MOGNAD_… in the environment
// too: --base-url as MOGNAD_BASE_URL.
type cli struct {
	Serve   serveCmd   `cmd:"" help:"Run the service."`
	Demo    demoCmd    `cmd:"" help:"Run the service with a made-up kommun and three rounds, to try things out."`
	Import  importCmd  `cmd:"" help:"Replace the units and people with those of two CSV files."`
	Round   roundCmd   `cmd:"" help:"Make rounds."`
	Links   linksCmd   `cmd:"" help:"Print the personal links of an open round as CSV: person,url."`
	Admin   adminCmd   `cmd:"" help:"Let people sign in."`
	Log     logCmd     `cmd:"" help:"Read and check the audit log."`
	Backup  backupCmd  `cmd:"" help:"Copy the database while the service goes on, and check the copy."`
	Restore restoreCmd `cmd:"" help:"Put a backup in the database's place; the service must be stopped."`
	Copy    copyCmd    `cmd:"" help:"Copy a whole installation from one store to another, SQLite or MongoDB; the service must be stopped."`
	Analyse analyseCmd `cmd:"" help:"Compute results from CSV files, without a store."`
	Verdict verdictCmd `cmd:"" help:"Apply the audit rule to a coding."`
	Survey  surveyCmd  `cmd:"" help:"Work on questionnaires."`
	Health  healthCmd  `cmd:"" help:"Fail when the service on this machine is not ready."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

type surveyCmd struct {
	Check surveyCheckCmd `cmd:"" help:"List every fault in a folder of questionnaires as file:line:column."`
}

type versionCmd struct{}

// Run prints the version that Go put into the program.
func (versionCmd) Run() error {
	info, _ := debug.ReadBuildInfo()
	fmt.Println("mognad", info.Main.Version)
	return nil
}

func main() { os.Exit(run(os.Args[1:])) }

// run is the program with its arguments; it returns the exit status: 2 for
// arguments that can't be read, 1 for whatever else went wrong.
func run(args []string) int {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	parser, err := kong.New(&c, kong.Name("mognad"), kong.DefaultEnvars("MOGNAD"), kong.UsageOnError(),
		kong.Description("Measures digital maturity in a Swedish kommun."), kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		panic(err) // the commands above are wrongly described
	}
	command, err := parser.Parse(args)
	if err != nil {
		parser.Errorf("%s", err)
		return 2
	}
	switch err := command.Run(); {
	case errors.Is(err, errFaulty):
		return 1 // what is faulty has been printed
	case err != nil:
		fmt.Fprintf(os.Stderr, "mognad: %v\n", err)
		return 1
	}
	return 0
}
