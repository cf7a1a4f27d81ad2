package export

// Action is what is done because of a result, and one of the questions that it is
// to lift: a row of the workbook's sheet of actions. What is in words is in the
// file's language, days are written 2006-01-02, levels are 1–5.
type Action struct {
	Title, What, Unit, Owner string
	Start, Due, Status       string
	Late                     bool
	Question                 string
	FromRound                string
	From                     *float64 // level that it began from, nil where that is not shown
	Expected                 float64
	MeasuredRound            string   // the newest round since, "" for none
	Measured                 *float64 // level there, nil where it is not shown
	N                        int      // that Measured is of
	Outcome                  string
	ID                       string
}

// actions writes them, where the reader may see any.
func (w *workbook) actions() error {
	if w.Actions == nil {
		return nil
	}
	t := func(key string) string { return say(w.Lang, key) }
	s, err := w.open("sheet.actions", "Atgarder", 1, []field{{t("action.title"), "", 46}, {t("action.unit"), "", 26}, {t("action.owner"), "", 26}, {t("action.status"), "", 12}, {t("action.late"), "", 11},
		{t("action.start"), "", 12}, {t("action.due"), "", 12}, {t("action.item"), "", 56}, {t("action.from.round"), "", 12}, {t("action.from"), oneDecimal, 13}, {t("action.expected"), oneDecimal, 10},
		{t("action.measured.round"), "", 12}, {t("action.measured"), oneDecimal, 10}, {"n", whole, 7}, {t("action.outcome"), "", 18}, {t("action.what"), "", 70}, {"id", "", 26}})
	if err != nil {
		return err
	}
	for _, a := range w.Actions {
		late := t("confirmed.no")
		if a.Late {
			late = t("confirmed.yes")
		}
		values := []any{a.Title, a.Unit, a.Owner, a.Status, late, a.Start, a.Due, a.Question, a.FromRound, nil, a.Expected, a.MeasuredRound, nil, nil, a.Outcome, a.What, a.ID}
		if a.From != nil {
			values[9] = *a.From
		}
		if a.Measured != nil {
			values[12], values[13] = *a.Measured, a.N
		}
		if err := s.add(values); err != nil {
			return err
		}
	}
	return s.close()
}
