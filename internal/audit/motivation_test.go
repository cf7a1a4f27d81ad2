package audit

import (
	"strings"
	"testing"
)

// The whole is told in words that agree with the numbers.
func TestMotivationCounts(t *testing.T) {
	for want, outcomes := range map[string][]Outcome{
		"Av 4 frågor är 1 delvis uppfylld och 3 ej uppfyllda.":             {PartlyMet, NotMet, NotMet, NotMet},
		"Av 4 frågor är 2 uppfyllda, 1 delvis uppfylld och 1 ej uppfylld.": {Met, Met, PartlyMet, NotMet},
		"Av 3 frågor är 1 uppfylld och 2 delvis uppfyllda.":                {Met, PartlyMet, PartlyMet},
		"Alla 2 frågor är uppfyllda.":                                      {Met, Met},
	} {
		v := &Verdict{}
		for _, o := range outcomes {
			v.Questions = append(v.Questions, QuestionVerdict{Outcome: o})
		}
		if got := v.Motivation("sv"); got[len(got)-1] != want {
			t.Errorf("%q, want %q", got[len(got)-1], want)
		}
	}
}

func TestMotivationOfTheUnassessed(t *testing.T) {
	v := &Verdict{Overall: WholeUnassessed, Questions: []QuestionVerdict{{ID: "rf1", Outcome: Met}, {ID: "rf2", Outcome: NotAssessable}, {ID: "rf3", Outcome: NotAssessable}}}
	if got := v.Motivation("sv"); len(got) != 2 || !strings.HasSuffix(got[1], ": RF2 och RF3.") {
		t.Errorf("%q", got)
	}
}

// What decided a question is said, and nothing that did not.
func TestExplanation(t *testing.T) {
	req := func(item string, weight float64, core bool) Requirement {
		return Requirement{Item: item, Weight: weight, Core: core}
	}
	two := []Requirement{req("r1", 3, false), req("r2", 2, false)}
	core := []Requirement{req("r1", 1, true), req("r2", 1, false)}
	for name, tt := range map[string]struct {
		reqs  []Requirement
		knock []Knockout
		items map[string]Coded
		want  string
	}{
		"coverage too low": {two, nil, map[string]Coded{"r2": rating(5)}, `Frågan kan inte bedömas.
Det finns en nivå för 40 procent av kravens vikt. Det krävs minst 60.
”r1” (vikt 3): Nivå saknas: ingen uppgift.
”r2” (vikt 2): nivå 5,0, medelvärde av svaren (n = 20).
För att frågan ska kunna bedömas behövs en nivå för ”r1”.`},
		"just too low": {[]Requirement{req("r1", 598, false), req("r2", 402, false)}, nil, map[string]Coded{"r1": rating(5)}, `Frågan kan inte bedömas.
Det finns en nivå för knappt 60 procent av kravens vikt. Det krävs minst 60.
”r1” (vikt 598): nivå 5,0, medelvärde av svaren (n = 20).
”r2” (vikt 402): Nivå saknas: ingen uppgift.
För att frågan ska kunna bedömas behövs en nivå för ”r2”.`},
		"core below": {core, nil, map[string]Coded{"r1": rating(2.9), "r2": rating(5)}, `Frågan är delvis uppfylld.
Index är 73,8 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.
Det finns en nivå för 100 procent av kravens vikt.
Index räcker för uppfylld, men alla kärnkrav ska nå nivå 3,0. Det gör inte ”r1”.
”r1” (vikt 1, kärnkrav): nivå 2,9, medelvärde av svaren (n = 20).
”r2” (vikt 1): nivå 5,0, medelvärde av svaren (n = 20).
Minsta förändring som gör frågan uppfylld:
”r1”: från 2,9 till 3,0.`},
		"core just below": {core, nil, map[string]Coded{"r1": rating(2.98), "r2": rating(5)}, `Frågan är delvis uppfylld.
Index är 74,8 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.
Det finns en nivå för 100 procent av kravens vikt.
Index räcker för uppfylld, men alla kärnkrav ska nå nivå 3,0. Det gör inte ”r1”.
”r1” (vikt 1, kärnkrav): nivå knappt 3,0, medelvärde av svaren (n = 20).
”r2” (vikt 1): nivå 5,0, medelvärde av svaren (n = 20).
Minsta förändring som gör frågan uppfylld:
”r1”: från knappt 3,0 till 3,0.`},
		"core without level": {[]Requirement{req("r1", 1, true), req("r2", 4, false)}, nil, map[string]Coded{"r2": rating(5)}, `Frågan är delvis uppfylld.
Index är 100,0 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.
Det finns en nivå för 80 procent av kravens vikt.
Index räcker för uppfylld, men alla kärnkrav ska nå nivå 3,0. Det gör inte ”r1”.
”r1” (vikt 1, kärnkrav): Nivå saknas: ingen uppgift.
”r2” (vikt 4): nivå 5,0, medelvärde av svaren (n = 20).
Minsta förändring som gör frågan uppfylld:
”r1”: från ingen nivå till 3,0.`},
		"core below, and the index too": {core, nil, map[string]Coded{"r1": rating(2.9), "r2": rating(2)}, `Frågan är delvis uppfylld.
Index är 36,3 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.
Det finns en nivå för 100 procent av kravens vikt.
”r1” (vikt 1, kärnkrav): nivå 2,9, medelvärde av svaren (n = 20).
”r2” (vikt 1): nivå 2,0, medelvärde av svaren (n = 20).
Minsta förändring som gör frågan uppfylld:
”r1”: från 2,9 till 4,0.`},
		"lowered with its core whole": {core, []Knockout{{Item: "r2", Below: 5, AtMost: PartlyMet}}, map[string]Coded{"r1": rating(3), "r2": rating(4)}, `Frågan är delvis uppfylld.
Index är 62,5 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.
Det finns en nivå för 100 procent av kravens vikt.
”r1” (vikt 1, kärnkrav): nivå 3,0, medelvärde av svaren (n = 20).
”r2” (vikt 1): nivå 4,0, medelvärde av svaren (n = 20).
Spärr: ”r2” räknas som 4,0, och gränsen är 5,0. Det sänker bedömningen till delvis uppfylld.
Minsta förändring som gör frågan uppfylld:
”r2”: från 4,0 till 5,0.`},
		"knock-out that does not lower": {two, []Knockout{{Item: "r1", Below: 2, AtMost: PartlyMet}}, map[string]Coded{"r1": rating(1), "r2": rating(1)}, `Frågan är ej uppfylld.
Index är 0,0 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.
Det finns en nivå för 100 procent av kravens vikt.
”r1” (vikt 3): nivå 1,0, medelvärde av svaren (n = 20).
”r2” (vikt 2): nivå 1,0, medelvärde av svaren (n = 20).
Spärr: ”r1” räknas som 1,0, och gränsen är 2,0. Frågan kan högst bli delvis uppfylld.
Minsta förändring som gör frågan delvis uppfylld:
”r1”: från 1,0 till 2,7.`},
		"just below met": {two, nil, map[string]Coded{"r1": rating(2.999), "r2": rating(3)}, `Frågan är delvis uppfylld.
Index är knappt 50,0 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.
Det finns en nivå för 100 procent av kravens vikt.
”r1” (vikt 3): nivå 3,0, medelvärde av svaren (n = 20).
”r2” (vikt 2): nivå 3,0, medelvärde av svaren (n = 20).
Minsta förändring som gör frågan uppfylld:
”r2”: från 3,0 till 3,1.`},
		"just below partly": {two, nil, map[string]Coded{"r1": rating(1.999), "r2": rating(2)}, `Frågan är ej uppfylld.
Index är knappt 25,0 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.
Det finns en nivå för 100 procent av kravens vikt.
”r1” (vikt 3): nivå 2,0, medelvärde av svaren (n = 20).
”r2” (vikt 2): nivå 2,0, medelvärde av svaren (n = 20).
Minsta förändring som gör frågan delvis uppfylld:
”r2”: från 2,0 till 2,1.`},
		"low response": {two, nil, map[string]Coded{"r1": rating(3), "r2": {Level: 3, Response: 0.59, N: 20}}, `Frågan är uppfylld.
Index är 50,0 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.
Det finns en nivå för 60 procent av kravens vikt.
”r1” (vikt 3): nivå 3,0, medelvärde av svaren (n = 20).
”r2” (vikt 2): Nivå saknas: 59 procent svarade, och det krävs minst 60.`},
		"response just too low": {two, nil, map[string]Coded{"r1": rating(3), "r2": {Level: 3, Response: 0.598, N: 20}}, `Frågan är uppfylld.
Index är 50,0 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.
Det finns en nivå för 60 procent av kravens vikt.
”r1” (vikt 3): nivå 3,0, medelvärde av svaren (n = 20).
”r2” (vikt 2): Nivå saknas: knappt 60 procent svarade, och det krävs minst 60.`},
		"stated": {[]Requirement{req("f1", 1, false)}, nil, map[string]Coded{"f1": {Level: 5, Basis: Stated}}, `Frågan är delvis uppfylld.
Index är 25,0 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.
Det finns en nivå för 100 procent av kravens vikt.
”f1” (vikt 1): nivå 5,0, uppgiven, inte styrkt. Räknas som 2,0, eftersom ingen granskare har styrkt den.
Underlag saknas för ”f1”.
Minsta förändring som gör frågan uppfylld:
”f1”: nivån finns redan. En granskare styrker den mot aktuellt underlag, så att den räknas som 3,0.`},
		"stated, low": {[]Requirement{req("f1", 1, false)}, nil, map[string]Coded{"f1": {Level: 2, Basis: Stated}}, `Frågan är delvis uppfylld.
Index är 25,0 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.
Det finns en nivå för 100 procent av kravens vikt.
”f1” (vikt 1): nivå 2,0, uppgiven, inte styrkt.
Minsta förändring som gör frågan uppfylld:
”f1”: från 2,0 till 3,0. Det kräver aktuellt underlag som en granskare har styrkt.`},
		"verified without evidence": {[]Requirement{req("f1", 1, false)}, nil, map[string]Coded{"f1": {Level: 4, Basis: Verified}}, `Frågan är delvis uppfylld.
Index är 25,0 av 100. Gränsen är 50 för uppfylld och 25 för delvis uppfylld.
Det finns en nivå för 100 procent av kravens vikt.
”f1” (vikt 1): nivå 4,0, styrkt av granskare. Räknas som 2,0, eftersom aktuellt underlag saknas.
Underlag saknas för ”f1”.
Minsta förändring som gör frågan uppfylld:
”f1”: nivån finns redan. En granskare styrker den mot aktuellt underlag, så att den räknas som 3,0.`},
		"nobody answered": {[]Requirement{req("f1", 1, false)}, nil, nil, `Frågan kan inte bedömas.
Det finns en nivå för 0 procent av kravens vikt. Det krävs minst 60.
”f1” (vikt 1): Nivå saknas: ingen uppgift.
För att frågan ska kunna bedömas behövs en nivå för ”f1”.`},
	} {
		q := judgeOne(t, Question{Requirements: tt.reqs, Knockouts: tt.knock}, tt.items)
		got := strings.Join(q.Motivation("sv"), "\n")
		if got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, tt.want)
		}
	}
}
