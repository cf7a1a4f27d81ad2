package access

import (
	"testing"

	"github.com/mognad/mognad/internal/org"
)

var tree = func() *org.Tree {
	t, err := org.NewTree([]org.Unit{{ID: "region"}, {ID: "kommun", Parent: "region"}, {ID: "omsorg", Parent: "kommun"},
		{ID: "hemtjanst", Parent: "omsorg"}, {ID: "bygg", Parent: "kommun"}, {ID: "annan", Parent: "region"}})
	if err != nil {
		panic(err)
	}
	return t
}()

// TestMay walks every role × action × unit: what stands in the table is allowed,
// and nothing else.
func TestMay(t *testing.T) {
	table := map[Role]map[Action]bool{
		Chef: {ReadResults: true, ReadActions: true, ManageActions: true},
		HR: {ReadResults: true, ReadAudit: true, FollowRound: true, ReadComments: true, ReadAnswers: true, PlanTraining: true,
			ReadActions: true, ManageActions: true, ReadRegisters: true},
		Ledning: {ReadResults: true, ReadAudit: true, FollowRound: true, ReadComments: true, ReadAnswers: true,
			ReadActions: true, ManageActions: true, ReadRegisters: true},
		Revisor: {ReadResults: true, ReadAudit: true, FollowRound: true, ReadLog: true, ReadComments: true,
			ReadActions: true, ReadRegisters: true, ReviewFacts: true},
		Samordnare: {ReadResults: true, ReadAudit: true, FollowRound: true, ReadNames: true, ReadLog: true, ManageRound: true,
			ManagePeople: true, ManageTexts: true, ReadComments: true, ModerateComments: true, ReadAnswers: true, PlanTraining: true,
			ReadActions: true, ManageActions: true, ReadRegisters: true, ManageRegisters: true, ReviewFacts: true, GiveOpenData: true},
		Administrator: {FollowRound: true, ReadNames: true, ReadLog: true, ManageRound: true, ManagePeople: true,
			ManageAccounts: true, ManageTexts: true},
	}
	if len(table) != len(Roles) {
		t.Fatalf("the table has %d roles of %d", len(table), len(Roles))
	}
	inside := map[string]bool{"omsorg": true, "hemtjanst": true}
	for _, role := range Roles {
		id := Identity{Account: "a", Grants: []Grant{{Role: role, Unit: "omsorg"}}}
		for _, action := range append([]Action{"unheard of"}, Actions...) {
			for _, unit := range []string{"region", "kommun", "omsorg", "hemtjanst", "bygg", "annan", "", "unknown"} {
				want := table[role][action] && inside[unit]
				if got := id.May(action, unit, tree); got != want {
					t.Errorf("%s may %s %q: %v, want %v", role, action, unit, got, want)
				}
			}
			if got := id.Has(action); got != table[role][action] {
				t.Errorf("%s has %s: %v", role, action, got)
			}
		}
	}
}

func TestNobodyMayNothing(t *testing.T) {
	for _, id := range []Identity{{}, {Account: "a"}, {Grants: []Grant{{Role: "unheard of", Unit: "region"}}}} {
		if id.May(ReadResults, "region", tree) || id.Has(ReadResults) || id.Top(ReadResults, tree) != nil {
			t.Errorf("%+v may read", id)
		}
	}
	if (Identity{Grants: []Grant{{Role: Ledning, Unit: "region"}}}).May(ReadResults, "region", nil) {
		t.Error("may read without a tree")
	}
}

func TestTopIsTheHighestUnits(t *testing.T) {
	id := Identity{Grants: []Grant{{Role: Chef, Unit: "hemtjanst"}, {Role: Chef, Unit: "omsorg"}, {Role: Chef, Unit: "annan"}}}
	top := id.Top(ReadResults, tree)
	if len(top) != 2 || top[0].ID != "omsorg" || top[1].ID != "annan" {
		t.Errorf("got %v", top)
	}
}
