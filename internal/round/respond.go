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
	"github.com/mognad/mognad/internal/survey"
)

// MaxNote is the longest comment or evidence note, in bytes.
const MaxNote = 20 << 10

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

// Invitation returns one person's invitation; fail.NotFound.
func (s *Service) Invitation(ctx context.Context, round, person string) (Invitation, error) {
	return s.store.Invitation(ctx, round, person)
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

// load reads and opens one response; an empty one where there is none yet. Of the
// items saved one by one only those named are opened, all when none is named.
func (s *Service) load(ctx context.Context, set *survey.Set, round, person string, items ...string) (opened, error) {
	name := s.keys.Respondent(round, person)
	resp, err := s.store.Response(ctx, round, name)
	if fail.Is(err, fail.NotFound) {
		return opened{entries: map[string]Entry{}}, nil
	}
	if err != nil {
		return opened{}, err
	}
	if len(items) > 0 {
		maps.DeleteFunc(resp.Items, func(item string, _ []byte) bool { return !slices.Contains(items, item) })
	}
	entries, err := s.open(set, resp)
	return opened{resp, entries}, err
}

// open decrypts a whole response: its record, and over that its items.
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
	for item, box := range resp.Items {
		plain, err := s.keys.Open(nil, box, resp.Round, resp.Respondent, item)
		if err != nil {
			return nil, fmt.Errorf("open item %s: %w", item, err)
		}
		if entries[item], err = decodeEntry(item, plain); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// recordName is what a record is sealed as, where an item has its id: no item's
// id is empty.
const recordName = ""

// Amendment is a change of one item; what is nil stays as it was.
type Amendment struct {
	Item              string
	Answer            *survey.Answer
	Comment, Evidence *string
}

// Amend is Save of parts of one entry: what the person gave before to the rest
// of it is kept.
func (s *Service) Amend(ctx context.Context, round, person string, a Amendment) (version int64, err error) {
	inv, err := s.store.Invitation(ctx, round, person)
	if err != nil {
		return 0, err
	}
	r, set, err := s.answering(ctx, round)
	if err != nil {
		return 0, err
	}
	e := Entry{Item: a.Item}
	if a.Answer == nil || a.Comment == nil || a.Evidence == nil {
		resp, err := s.load(ctx, set, round, person, a.Item)
		if err != nil {
			return 0, err
		}
		if now, ok := resp.entries[a.Item]; ok {
			e = now
		}
	}
	return s.save(ctx, r, set, inv, []Entry{a.Over(e)})
}

// Over returns e with what the amendment changes.
func (a Amendment) Over(e Entry) Entry {
	e.Item = a.Item
	if a.Answer != nil {
		e.Answer = *a.Answer
	}
	if a.Comment != nil {
		e.Comment = *a.Comment
	}
	if a.Evidence != nil {
		e.Evidence = *a.Evidence
	}
	return e
}

// Save stores what a person gives to some items, and returns the response's
// version once that is durable. Nothing is stored when an entry is faulty:
// fail.Invalid or, where the item is not the person's to answer, fail.Forbidden.
func (s *Service) Save(ctx context.Context, inv Invitation, entries []Entry) (version int64, err error) {
	r, set, err := s.answering(ctx, inv.Round)
	if err != nil {
		return 0, err
	}
	return s.save(ctx, r, set, inv, entries)
}

// answering returns an open round and what it asks; fail.Closed when it is not
// open. The store judges again, in the same step as it saves.
func (s *Service) answering(ctx context.Context, round string) (Round, *survey.Set, error) {
	r, err := s.store.Round(ctx, round)
	if err != nil {
		return r, nil, err
	}
	if r.State != Open {
		return r, nil, errClosed
	}
	set, err := s.Set(ctx, r)
	return r, set, err
}

func (s *Service) save(ctx context.Context, r Round, set *survey.Set, inv Invitation, entries []Entry) (version int64, err error) {
	change := SaveItems{Round: r.ID, Respondent: s.keys.Respondent(r.ID, inv.Person), Person: inv.Person,
		Day: s.today(), Items: make(map[string][]byte, len(entries))}
	for _, e := range entries {
		if err := check(set, inv, e); err != nil {
			return 0, err
		}
		if change.Items[e.Item], err = s.keys.Seal(encodeEntry(e), r.ID, change.Respondent, e.Item); err != nil {
			return 0, err
		}
	}
	if len(change.Items) == 0 {
		return 0, fail.New(fail.Invalid, "Inget svar att spara.", "No answer to save.")
	}
	return s.store.SaveItems(ctx, change)
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
	case len(e.Comment) > MaxNote || len(e.Evidence) > MaxNote:
		return fail.New(fail.Invalid, "Texten är för lång. Korta den till högst 20 000 tecken.", "The text is too long. Shorten it to 20,000 characters at most.")
	case !utf8.ValidString(e.Comment) || !utf8.ValidString(e.Evidence):
		return fail.New(fail.Invalid, "Texten innehåller tecken som inte går att läsa.", "The text holds characters that can't be read.")
	}
	return nil
}

// Submit hands in the person's response: from now on it counts. It can be
// changed until the round closes. fail.Invalid when nothing is answered.
func (s *Service) Submit(ctx context.Context, inv Invitation) error {
	_, set, err := s.answering(ctx, inv.Round)
	if err != nil {
		return err
	}
	for range 5 { // another tab or device may be saving
		resp, err := s.load(ctx, set, inv.Round, inv.Person)
		if err != nil {
			return err
		}
		answered := false
		for _, e := range resp.entries {
			answered = answered || e.Answer != survey.None
		}
		if !answered {
			return fail.New(fail.Invalid, "Svara på minst en fråga innan du lämnar in.", "Answer at least one question before you submit.")
		}
		name := s.keys.Respondent(inv.Round, inv.Person)
		plain := encodeRecord(set, inv.Unit, inv.Roles, resp.entries)
		box, err := s.keys.Seal(plain, inv.Round, name, recordName)
		if err != nil {
			return err
		}
		_, err = s.store.Submit(ctx, Submission{Round: inv.Round, Respondent: name, Person: inv.Person, Day: s.today(), Version: resp.Version, Record: box})
		if !fail.Is(err, fail.Conflict) {
			return err
		}
	}
	return errors.New("submit: the response kept changing")
}

// today is the day in Sweden: a round's days are Swedish days.
func (s *Service) today() string { return s.now().In(Sweden).Format(DayFormat) }
