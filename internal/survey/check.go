package survey

import (
	"regexp"
	"slices"

	"github.com/mognad/mognad/internal/org"
	"github.com/mognad/mognad/internal/yamlfile"
)

// checker collects what is wrong in meaning, over all files of a folder.
type checker struct {
	yamlfile.Faults
	areas, items map[string]yamlfile.Pos // where each id was first used
	questions    []string                // of the audit; nil: not known
}

// An id stands in addresses, in CSV files and in forms.
var idForm = regexp.MustCompile(`^[\pL\pN][\pL\pN._-]{0,99}$`)

// id checks the form of an id, and that seen has no such id yet.
func (c *checker) id(id yamlfile.Val[string], seen map[string]yamlfile.Pos) {
	if !id.Set() {
		return
	}
	if !idForm.MatchString(id.V) {
		c.Addf(id.Pos, "id ”%s”: bara bokstäver, siffror, punkt, bindestreck och understreck, högst 100 tecken", "id “%s”: only letters, digits, full stop, hyphen and underscore, at most 100 characters", id.V)
	}
	if p, twice := seen[id.V]; twice {
		c.Addf(id.Pos, "id ”%s” används två gånger, först i %s rad %d", "id “%s” is used twice, first in %s line %d", id.V, p.File, p.Line)
		return
	}
	seen[id.V] = id.Pos
}

func (c *checker) questionnaire(q *fileQuestionnaire) {
	c.id(q.ID, c.areas)
	themes := map[string]yamlfile.Pos{}
	for _, th := range q.Themes {
		c.id(th.ID, themes)
	}
	used := map[string]bool{}
	for i := range q.Items {
		it := &q.Items[i]
		c.id(it.ID, c.items)
		used[it.Theme.V] = true
		if _, ok := themes[it.Theme.V]; it.Theme.Set() && !ok {
			c.Addf(it.Theme.Pos, "okänt tema ”%s”: skriv in det under themes, eller rätta", "unknown theme “%s”: list it under themes, or correct it", it.Theme.V)
		}
		c.item(it)
	}
	for _, th := range q.Themes {
		if th.ID.Set() && !used[th.ID.V] {
			c.Addf(th.ID.Pos, "temat ”%s” har ingen fråga", "the theme “%s” has no item", th.ID.V)
		}
	}
}

func (c *checker) item(it *fileItem) {
	if k := it.Kind; k.Set() && Kind(k.V) != Rating && Kind(k.V) != Fact {
		c.Addf(k.Pos, "okänd kind ”%s” (%s eller %s)", "unknown kind “%s” (%s or %s)", k.V, Rating, Fact)
	}
	rules := []DontKnowRule{Missing, Informative, Level1, NotOffered}
	if dk := it.DontKnow; dk.Set() && !slices.Contains(rules, DontKnowRule(dk.V)) {
		c.Addf(dk.Pos, "okänd dont_know ”%s” (en av %v)", "unknown dont_know “%s” (one of %v)", dk.V, rules)
	}
	if w := it.Weight; w.Set() && w.V <= 0 {
		c.Addf(w.Pos, "vikten %v ska vara större än 0", "the weight %v must be greater than 0", w.V)
	}
	if t := it.Target; t.Set() && (t.V < 1 || t.V > Levels) {
		c.Addf(t.Pos, "önskad nivå %v ska vara 1–5", "the target %v must be 1–5", t.V)
	}
	c.roles(it)
	c.levels(it)
	for _, a := range it.Audit {
		if c.questions != nil && !slices.Contains(c.questions, a.V) {
			c.Addf(a.Pos, "okänd revisionsfråga ”%s”: %s har %v", "unknown audit question “%s”: %s has %v", a.V, AuditFile, c.questions)
		}
	}
}

func (c *checker) roles(it *fileItem) {
	if it.Roles.Set() && len(it.Roles.V) == 0 {
		c.Add(it.Roles.Pos, "roles har ingen känd roll: ta bort nyckeln om alla chefer ska få frågan", "roles has no role: leave the key out if every manager is to be asked")
	}
	seen := map[string]bool{}
	for _, r := range it.Roles.V {
		c.role(r)
		if seen[r.V] {
			c.Addf(r.Pos, "rollen ”%s” står två gånger", "the role “%s” stands twice", r.V)
		}
		seen[r.V] = true
	}
	for _, e := range it.Required.V {
		c.role(e.Key)
		if n := e.Value; n.Set() && (n.V < 1 || n.V > Levels) {
			c.Addf(n.Pos, "krav på nivå %d: nivån ska vara 1–5", "required level %d: it must be 1–5", n.V)
		}
	}
}

func (c *checker) role(r yamlfile.Val[string]) {
	if !org.Role(r.V).Known() {
		c.Addf(r.Pos, "okänd roll ”%s” (en av %v)", "unknown role “%s” (one of %v)", r.V, org.Roles)
	}
}

func (c *checker) levels(it *fileItem) {
	if !it.Levels.Set() {
		return
	}
	var has [Levels + 1]bool
	for _, e := range it.Levels.V {
		n := levelOf(e.Key.V)
		has[n] = true
		if n == 0 {
			c.Addf(e.Key.Pos, "okänd nivå ”%s”: nivåerna heter 1, 2, 3, 4 och 5", "unknown level “%s”: the levels are called 1, 2, 3, 4 and 5", e.Key.V)
		}
	}
	for n := 1; n <= Levels; n++ {
		if !has[n] {
			c.Addf(it.Levels.Pos, "nivå %d saknas: en fråga har fem nivåer", "level %d is missing: an item has five levels", n)
		}
	}
}
