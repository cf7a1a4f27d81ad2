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
		Date("2026-05-01", "sv"):             "1 maj 2026",
		Date("snart", "sv"):                  "snart",
		Day("2026-05-01", "sv"):              "1 maj",
		Day("2026-05-01", "en"):              "1 May",
		Day("2024-02-29", "en"):              "29 February",
		Day("2026-02-29", "sv"):              "2026-02-29",
		Day("snart", "sv"):                   "snart",
		Weekday("2026-12-13", "sv"):          "söndag 13 december",
		Weekday("2026-12-12", "sv"):          "lördag 12 december",
		Weekday("", "en"):                    "",
		Percent(31, 36, "en"):                "86%",
		Count(-1234, "sv"):                   "-1\u00a0234",
		Count(12345, "en"):                   "12,345",
		Signed(4.7, 1, "en"):                 "+4.7",
		Decimal(1234.5, 0, "sv"):             "1235",
		And([]string{"a", "b", "c"}, ""):     "a, b och c",
		And([]string{"a"}, "en"):             "a",
		And([]string{"a", "b", "c"}, "en"):   "a, b and c",
		And([]string{"a", "b"}, "sv"):        "a och b",
		And(nil, "sv"):                       "",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
