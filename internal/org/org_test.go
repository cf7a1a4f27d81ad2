package org

import (
	"strings"
	"testing"
)

const goodUnits = "id,name,parent,kind\nk,Kommunen,,kommun\nf,Omsorg,k,forvaltning\na,Hemtjänst,f,avdelning\ng,Bygg,k,forvaltning\n"

func TestReadUnitsNamesRowAndColumn(t *testing.T) {
	for name, c := range map[string]struct{ csv, want string }{
		"unknown parent":           {"id,name,parent,kind\nk,K,,\nf,F,x,\n", "u.csv:3: parent: unknown parent \"x\""},
		"two roots":                {"id,name,parent,kind\nk,K,,\nf,F,,\n", "u.csv:3: parent: two units without parent"},
		"cycle":                    {"id,name,parent,kind\nk,K,,\na,A,b,\nb,B,a,\n", "u.csv:3: parent: the parents form a cycle"},
		"self":                     {"id,name,parent,kind\nk,K,,\na,A,a,\n", "u.csv:3: parent: the parents form a cycle"},
		"duplicate id":             {"id,name,parent,kind\nk,K,,\na,A,k,\na,B,k,\n", "u.csv:4: id: id \"a\" stands on row 3 already"},
		"no id":                    {"id,name,parent,kind\n,K,,\n", "u.csv:2: id: the id is missing"},
		"no name":                  {"id,name,parent,kind\nk,,,\n", "u.csv:2: name: the name is missing"},
		"no root":                  {"id,name,parent,kind\n", "u.csv:1: parent: no unit is without parent"},
		"no column":                {"id,name,kind\nk,K,\n", "u.csv:1: parent: the column is missing"},
		"column twice":             {"id,name,namn,parent\nk,K,K,\n", "u.csv:1: namn: the column is there twice"},
		"empty":                    {"", "u.csv:1: the file has no heading"},
		"quotes in the first cell": {"id,name,parent,kind\nk,K,,\nv\"x,V,k,\n", "the row can't be read"},
		"bad quotes":               {"id,name,parent,kind\nk,\"K,,\n", "the row can't be read"},
		"not UTF-8":                {"id,name,parent,kind\nk,K\xe5,,\n", "not UTF-8"},
		"too many cells":           {"id,name,parent\nk,K,,x\n", "u.csv:2: the row has more cells"},
		"Swedish heading":          {"id;namn;överordnad;typ\nk;K;;\nf;F;x;\n", "u.csv:3: överordnad: unknown parent \"x\""},
	} {
		if _, err := ReadUnits("u.csv", strings.NewReader(c.csv)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestReadUnitsTakesSwedishExcel(t *testing.T) {
	in := "\ufeffid;namn;överordnad;typ\r\nk;Kommunen;;kommun\r\n\r\nf;\"Barn; utbildning\";k;forvaltning\r\n"
	units, err := ReadUnits("u.csv", strings.NewReader(in))
	if err != nil || len(units) != 2 || units[1].Name != "Barn; utbildning" {
		t.Fatalf("got %v, %v", units, err)
	}
}

func TestReadPeopleTellsEveryFault(t *testing.T) {
	units, err := ReadUnits("u.csv", strings.NewReader(goodUnits))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := NewTree(units)
	if err != nil {
		t.Fatal(err)
	}
	in := "id,name,email,unit,role\np1,A,a@example.org,f,enhetschef\np1,B,bad,x,chef\np3,C,c@example.org,a,samordnare;enhetschef\np4,D,d@localhost,a,\n"
	_, err = ReadPeople("p.csv", strings.NewReader(in), tree)
	for _, want := range []string{
		"p.csv:3: id: id \"p1\" stands on row 2 already", "p.csv:3: email: \"bad\"", "p.csv:3: unit: unknown unit \"x\"",
		"p.csv:3: role: unknown role \"chef\"", "p.csv:5: email:", "p.csv:5: role: no role",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	people, err := ReadPeople("p.csv", strings.NewReader("id,name,email,unit,role\np3,C,c@example.org,a,samordnare;enhetschef\n"), tree)
	if err != nil || len(people) != 1 || len(people[0].Roles) != 2 {
		t.Errorf("got %v, %v", people, err)
	}
}

func TestTree(t *testing.T) {
	tree, err := NewTree([]Unit{{ID: "a", Parent: "f"}, {ID: "g", Parent: "k"}, {ID: "f", Parent: "k"}, {ID: "k"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		id, top string
		want    bool
	}{{"a", "k", true}, {"a", "f", true}, {"a", "a", true}, {"a", "g", false}, {"k", "a", false}, {"x", "k", false}, {"a", "x", false}} {
		if got := tree.Within(c.id, c.top); got != c.want {
			t.Errorf("Within(%s, %s) = %v", c.id, c.top, got)
		}
	}
	if tree.Root().ID != "k" || len(tree.Path("a")) != 3 || tree.Path("a")[1].ID != "f" || len(tree.Children("k")) != 2 {
		t.Errorf("root %v, path %v, children %v", tree.Root(), tree.Path("a"), tree.Children("k"))
	}
	for _, bad := range [][]Unit{nil, {{ID: "a", Parent: "a"}}, {{ID: "a"}, {ID: "b"}}, {{ID: "a"}, {ID: "a"}}, {{ID: ""}}, {{ID: "a"}, {ID: "b", Parent: "c"}}, {{ID: "a"}, {ID: "b", Parent: "c"}, {ID: "c", Parent: "b"}}} {
		if _, err := NewTree(bad); err == nil {
			t.Errorf("NewTree(%v) took a bad tree", bad)
		}
	}
}

func FuzzReadUnits(f *testing.F) {
	f.Add(goodUnits)
	f.Add("id;namn;överordnad\nk;K;\n")
	f.Fuzz(func(t *testing.T, in string) {
		units, err := ReadUnits("u.csv", strings.NewReader(in))
		if err == nil {
			if _, err := NewTree(units); err != nil {
				t.Fatalf("ReadUnits took what NewTree refuses: %v", err)
			}
		}
	})
}
