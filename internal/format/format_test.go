package format

import "testing"

func TestNumbers(t *testing.T) {
	for got, want := range map[string]string{
		Decimal(2.25, 1, "sv"):               "2,3",
		Decimal(-2.25, 1, "sv"):              "−2,3",
		Decimal(2.2499999999999996, 1, "en"): "2.3",
		Decimal(-0.04, 1, "sv"):              "0,0",
		Decimal(47.9, 1, "en"):               "47.9",
		Signed(0.04, 1, "sv"):                "0,0",
		Signed(4.7, 1, "sv"):                 "+4,7",
		Signed(-1.4, 1, "sv"):                "−1,4",
		Percent(31, 36, "sv"):                "86\u00a0%",
		Percent(1, 0, "sv"):                  "–",
		Count(1000000, "sv"):                 "1\u00a0000\u00a0000",
		Count(999, "en"):                     "999",
		Day("2026-12-11", "sv"):              "11 december",
		Weekday("2026-12-11", "en"):          "Friday 11 December",
		Day("snart", "sv"):                   "snart",
		And([]string{"a", "b", "c"}, ""):     "a, b och c",
		And([]string{"a"}, "en"):             "a",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
