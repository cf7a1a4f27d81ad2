package safecsv_test

import (
	"strings"
	"testing"

	"github.com/mognad/mognad/internal/safecsv"
)

func TestCell(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"Hemtjänst":                "Hemtjänst",
		"a=b":                      "a=b",
		"1-2":                      "1-2",
		"=HYPERLINK(\"http://x\")": "'=HYPERLINK(\"http://x\")",
		"+46 70":                   "'+46 70",
		"-1":                       "'-1",
		"@SUM(A1)":                 "'@SUM(A1)",
		"\t=1":                     "'\t=1",
		"\r=1":                     "'\r=1",
		"  =1":                     "'  =1",
		"\u00a0=1":                 "'\u00a0=1",
		"＝1":                       "'＝1",
		"|cmd":                     "'|cmd",
	} {
		if got := safecsv.Cell(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestWrite(t *testing.T) {
	var out strings.Builder
	if err := safecsv.Write(&out, [][]string{{"vem", "vad"}, {"=1", "a;\"b\""}}); err != nil {
		t.Fatal(err)
	}
	if want := "\ufeffvem;vad\r\n'=1;\"a;\"\"b\"\"\"\r\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}
