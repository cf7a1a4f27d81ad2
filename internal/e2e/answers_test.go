package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"testing"
)

// mine is what a respondent has answered, as the program tells it back.
type mine struct {
	Submitted bool
	Answers   []struct{ Item, Answer, Comment string }
}

func (m mine) byItem() map[string]string {
	out := map[string]string{}
	for _, a := range m.Answers {
		out[a.Item] = a.Answer
	}
	return out
}

func (c *client) mine() (mine, error) {
	var m mine
	a, err := c.get("/svara/mina.json")
	if err != nil {
		return m, err
	}
	if a.status != http.StatusOK {
		return m, fmt.Errorf("mina.json answers %d: %s", a.status, a.body)
	}
	return m, json.Unmarshal([]byte(a.body), &m)
}

// save saves one answer as the page's script does; an error unless the program
// has acknowledged it.
func (c *client) save(item, value string) error {
	_, err := c.saveVersion(item, value)
	return err
}

// saveVersion is save that returns the version that the response got.
func (c *client) saveVersion(item, value string) (version int64, err error) {
	body, err := json.Marshal(map[string]string{"item": item, "answer": value})
	if err != nil {
		return 0, err
	}
	a, err := c.do(http.MethodPost, "/svara/spara", http.Header{"Content-Type": {"application/json"}}, string(body))
	if err != nil {
		return 0, err
	}
	if a.status != http.StatusOK {
		return 0, refused{a.status, a.body}
	}
	var saved struct{ Version int64 }
	err = json.Unmarshal([]byte(a.body), &saved)
	return saved.Version, err
}

// refused is an answer that is no acknowledgement.
type refused struct {
	status int
	body   string
}

func (r refused) Error() string { return fmt.Sprintf("refused: %d %s", r.status, r.body) }

// questionLink leads from the review to an item that is not answered.
var questionLink = regexp.MustCompile(`href="(/svara/[^"#]+)#([^"]+)"`)

// unansweredItems returns the ids of what the respondent has not answered.
func (c *client) unansweredItems() ([]string, error) {
	a, err := c.get("/svara/granska")
	if err != nil {
		return nil, err
	}
	var items []string
	for _, m := range questionLink.FindAllStringSubmatch(a.body, -1) {
		if !slices.Contains(items, m[2]) {
			items = append(items, m[2])
		}
	}
	return items, nil
}

// unansweredItems fails the test where nothing is left to answer.
func unansweredItems(t *testing.T, c *client) []string {
	t.Helper()
	items, err := c.unansweredItems()
	if err != nil || len(items) == 0 {
		t.Fatalf("nothing is left to answer: %v", err)
	}
	return items
}

// firstTheme returns the path of the first page of questions.
func firstTheme(t *testing.T, c *client) string {
	t.Helper()
	a, err := c.get("/svara/granska")
	if err != nil {
		t.Fatal(err)
	}
	m := questionLink.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("the review names no theme: %d %s", a.status, a.body)
	}
	return m[1]
}
