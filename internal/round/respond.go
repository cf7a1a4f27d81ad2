package round

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/metrics"
	"github.com/mognad/mognad/internal/survey"
)

// MaxNote is the longest comment or evidence note, in characters.
const MaxNote = 20_000

// Sheet is one respondent's questionnaire with what is answered so far.
type Sheet struct {
	Round      Round
	Invitation Invitation
	Set        *survey.Set
	Items      []*survey.Item           // asked of the person, in order
	Entries    map[string]Entry         // by item id; own answers
	Before     map[string]survey.Answer // own answers of the round before
	Version    int64
	Submitted  bool
	Day        string // of the last change; "" before the first
}

// Entry returns what is given to an item.
func (s *Sheet) Entry(item string) Entry { return s.Entries[item] }

// Answered returns how many of the items are answered.
func (s *Sheet) Answered() int { return len(s.Items) - len(s.Unanswered()) }

// Unanswered returns the items that have no answer.
func (s *Sheet) Unanswered() []*survey.Item {
	var out []*survey.Item
	for _, it := range s.Items {
		if s.Entries[it.ID].Answer == survey.None {
			out = append(out, it)
		}
	}
	return out
}

// Themes returns the themes that the person is asked something of, in order.
func (s *Sheet) Themes() []SheetTheme {
	var out []SheetTheme
	for _, q := range s.Set.Questionnaires {
		for _, th := range q.Themes {
			st := SheetTheme{Area: q, Theme: th}
			for _, it := range th.Items {
				if it.AskedTo(s.Invitation.Roles) {
					st.Items = append(st.Items, it)
					if s.Entries[it.ID].Answer != survey.None {
						st.Answered++
					}
				}
			}
			if len(st.Items) > 0 {
				st.Number = len(out) + 1
				out = append(out, st)
			}
		}
	}
	return out
}

// SheetTheme is a theme as one person is asked it.
type SheetTheme struct {
	Number   int // from 1
	Area     *survey.Questionnaire
	Theme    *survey.Theme
	Items    []*survey.Item // those asked of the person
	Answered int
}

// ID returns the theme's id in the whole set: "area.theme".
func (t SheetTheme) ID() string { return t.Area.ID + "." + t.Theme.ID }

// Arrive returns the invitation that a personal link's token belongs to;
// fail.NotFound when there is none.
func (s *Service) Arrive(ctx context.Context, tokenHash []byte) (Invitation, error) {
	return s.store.InvitationByLink(ctx, tokenHash)
}

// Invitation returns one person's invitation as it was 10 seconds ago or later;
// fail.NotFound.
func (s *Service) Invitation(ctx context.Context, round, person string) (Invitation, error) {
	return s.invited.Get([2]string{round, person}, func() (Invitation, error) { return s.store.Invitation(ctx, round, person) })
}

// Invitations streams a round's people; fail.NotFound when there is no such
// round.
func (s *Service) Invitations(ctx context.Context, round string) iter.Seq2[Invitation, error] {
	if _, err := s.store.Round(ctx, round); err != nil {
		return func(yield func(Invitation, error) bool) { yield(Invitation{}, err) }
	}
	return s.store.Invitations(ctx, round)
}

// Sheet returns a person's questionnaire in a round; fail.NotFound when the
// person is not invited, or the round has never been open.
func (s *Service) Sheet(ctx context.Context, round, person string) (*Sheet, error) {
	r, err := s.store.Round(ctx, round)
	if err != nil {
		return nil, err
	}
	inv, err := s.store.Invitation(ctx, round, person)
	if err != nil {
		return nil, err
	}
	if r.State == Draft {
		return nil, fail.New(fail.NotFound, "Omgången har inte öppnat än.", "The round has not opened yet.")
	}
	if inv.Left {
		return nil, errLeft
	}
	set, err := s.Set(ctx, r)
	if err != nil {
		return nil, err
	}
	sheet := &Sheet{Round: r, Invitation: inv, Set: set, Before: map[string]survey.Answer{}}
	for _, it := range set.Items {
		if it.AskedTo(inv.Roles) {
			sheet.Items = append(sheet.Items, it)
		}
	}
	resp, err := s.load(ctx, set, round, person)
	if err != nil {
		return nil, err
	}
	sheet.Entries, sheet.Version, sheet.Submitted, sheet.Day = resp.entries, resp.Version, resp.Submitted, resp.Day
	return sheet, s.before(ctx, sheet)
}

var errLeft = fail.New(fail.Forbidden, "Länken gäller inte längre: du är inte med i omgången. Fråga samordnaren om det är fel.", "The link is no longer valid: you are not part of the round. Ask the coordinator if that is wrong.")

// before fills in the person's own answers of the round before, if that was
// submitted, to the items that still are asked.
func (s *Service) before(ctx context.Context, sheet *Sheet) error {
	if sheet.Round.Previous == "" {
		return nil
	}
	r, err := s.store.Round(ctx, sheet.Round.Previous)
	if fail.Is(err, fail.NotFound) || err == nil && r.Survey == "" {
		return nil
	}
	if err != nil {
		return err
	}
	set, err := s.Set(ctx, r)
	if err != nil {
		return err
	}
	resp, err := s.load(ctx, set, r.ID, sheet.Invitation.Person)
	if err != nil || !resp.Submitted {
		return err
	}
	for _, it := range sheet.Items {
		if a := resp.entries[it.ID].Answer; a != survey.None {
			sheet.Before[it.ID] = a
		}
	}
	return nil
}

type opened struct {
	Response
	entries map[string]Entry
}

// load reads and opens one response; an empty one where there is none yet.
func (s *Service) load(ctx context.Context, set *survey.Set, round, person string) (opened, error) {
	resp, err := s.store.Response(ctx, round, s.keys.Respondent(round, person))
	if fail.Is(err, fail.NotFound) {
		return opened{entries: map[string]Entry{}}, nil
	}
	if err != nil {
		return opened{}, err
	}
	entries, err := s.open(set, resp)
	return opened{resp, entries}, err
}

// open decrypts a whole response: its record, and over that what was saved later.
func (s *Service) open(set *survey.Set, resp Response) (map[string]Entry, error) {
	entries := map[string]Entry{}
	if resp.Record != nil {
		plain, err := s.keys.Open(nil, resp.Record, resp.Round, resp.Respondent, recordName)
		if err != nil {
			return nil, fmt.Errorf("open record: %w", err)
		}
		var rec record
		rest, err := decodeAnswers(plain, &rec)
		if err != nil {
			return nil, err
		}
		for i, a := range rec.answers {
			if i < len(set.Items) && a != survey.None {
				id := set.Items[i].ID
				entries[id] = Entry{Item: id, Answer: a}
			}
		}
		notes, err := decodeNotes(set, rest)
		if err != nil {
			return nil, err
		}
		for _, n := range notes {
			n.Answer = entries[n.Item].Answer
			entries[n.Item] = n
		}
	}
	for change, err := range s.changes(resp) {
		if err != nil {
			return nil, err
		}
		entries[change.Item] = change.Over(entries[change.Item])
	}
	return entries, nil
}

// changes decrypts what has been saved part by part since the record was made.
func (s *Service) changes(resp Response) iter.Seq2[Amendment, error] {
	return func(yield func(Amendment, error) bool) {
		for _, name := range slices.Sorted(maps.Keys(resp.Items)) { // an item of schema 1 comes before its parts, which are newer
			box := resp.Items[name]
			plain, err := s.keys.Open(nil, box, resp.Round, resp.Respondent, name)
			if err != nil {
				yield(Amendment{}, fmt.Errorf("open %s: %w", name, err))
				return
			}
			if !yield(decodePart(name, plain)) {
				return
			}
		}
	}
}

// recordName is what a record is sealed as, where a part of an item has its name:
// none is empty.
const recordName = ""

// Save stores changes of what a person gives to some items, and returns the
// response's version once that is durable. Of several changes of the same, the
// later wins; what none of them names stays as it is. Nothing is stored when one
// is faulty: fail.Invalid or, where the item is not the person's to answer,
// fail.Forbidden.
func (s *Service) Save(ctx context.Context, inv Invitation, changes []Amendment) (version int64, err error) {
	if inv.Left {
		return 0, errLeft
	}
	r, set, err := s.answering(ctx, inv.Round)
	if err != nil {
		return 0, err
	}
	save := SaveItems{Round: r.ID, Respondent: s.keys.Respondent(r.ID, inv.Person), Person: inv.Person,
		Day: s.today(), Items: make(map[string][]byte, len(changes))}
	for _, a := range changes {
		if err := check(set, inv, a.Over(Entry{})); err != nil {
			return 0, err
		}
		for name, plain := range a.parts() {
			if save.Items[name], err = s.keys.Seal(plain, r.ID, save.Respondent, name); err != nil {
				return 0, err
			}
		}
	}
	if len(save.Items) == 0 {
		return 0, fail.New(fail.Invalid, "Inget svar att spara.", "No answer to save.")
	}
	version, err = s.store.SaveItems(ctx, save)
	count("save", err)
	return version, err
}

// count tells what became of a save that the store was asked for.
func count(kind string, err error) {
	_, known := errors.AsType[*fail.Error](err)
	switch {
	case err == nil:
		metrics.Save(kind, metrics.Stored)
	case known && !fail.Is(err, fail.Unavailable) && !fail.Is(err, fail.Internal):
		metrics.Save(kind, metrics.Refused)
	default:
		metrics.Save(kind, metrics.Failed)
	}
}

// answering returns a round that was open a second ago or later, and what it
// asks; else fail.Closed. The store judges again, in the same step as it saves.
func (s *Service) answering(ctx context.Context, round string) (Round, *survey.Set, error) {
	r, err := s.openRounds.Get(round, func() (Round, error) {
		r, err := s.store.Round(ctx, round)
		if err == nil && r.State != Open {
			err = errClosed
		}
		return r, err
	})
	if err != nil {
		return r, nil, err
	}
	set, err := s.Set(ctx, r)
	return r, set, err
}

var errClosed = fail.New(fail.Closed, "Mätomgången är stängd. Svaret sparades inte.", "The round is closed. The answer was not saved.")

func check(set *survey.Set, inv Invitation, e Entry) error {
	it, ok := set.Item(e.Item)
	switch {
	case !ok:
		return fail.New(fail.Invalid, "Frågan finns inte i den här omgången.", "There is no such question in this round.")
	case !it.AskedTo(inv.Roles):
		return fail.New(fail.Forbidden, "Frågan ställs inte till din roll.", "The question is not asked of your role.")
	case !it.Takes(e.Answer):
		return fail.New(fail.Invalid, "Det svaret finns inte på frågan. Välj ett av dem som visas.", "The question has no such answer. Choose one of those shown.")
	case utf8.RuneCountInString(e.Comment) > MaxNote || utf8.RuneCountInString(e.Evidence) > MaxNote:
		return fail.New(fail.Invalid, "Texten är för lång. Korta den till högst 20 000 tecken.", "The text is too long. Shorten it to 20,000 characters at most.")
	case !utf8.ValidString(e.Comment) || !utf8.ValidString(e.Evidence):
		return fail.New(fail.Invalid, "Texten innehåller tecken som inte går att läsa.", "The text holds characters that can't be read.")
	}
	return nil
}

// today is the day in Sweden: a round's days are Swedish days.
func (s *Service) today() string { return s.now().In(Sweden).Format(DayFormat) }
