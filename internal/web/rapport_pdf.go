package web

import (
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/fail"
	"github.com/mognad/mognad/internal/paper"
	"github.com/mognad/mognad/internal/trail"
	"github.com/mognad/mognad/static"
)

var (
	errNoPaper = fail.New(fail.Conflict, "Servern kan inte göra PDF-filer: den saknar Chromium. Öppna rapporten och skriv ut den med webbläsaren, som kan spara den som PDF.",
		"The server can't make PDF files: it has no Chromium. Open the report and print it with the browser, which can save it as PDF.")
	errNoReport = fail.New(fail.Conflict, "För få har svarat för att enhetens resultat ska visas, så det finns ingen rapport.", "Too few have answered for the unit's result to be shown, so there is no report.")
	errPrinting = fail.New(fail.TooMany, "Någon annans PDF görs just nu. Vänta en stund och försök igen.", "Somebody else's PDF is being made. Wait a while and try again.")
)

// reportPDF gives a unit's report as PDF. Chromium gets the page with all that it
// needs in it: neither the session nor the service's address.
func (s *Server) reportPDF(c *gin.Context) {
	if s.config.Paper == nil {
		s.failed(c, errNoPaper)
		return
	}
	p, unit, ok := s.requested(c, c.Query("omgang"), c.Param("unit"))
	if !ok {
		return
	}
	page, err := s.reportPage(c, p, unit)
	if err == nil && page.Hidden != "" {
		err = errNoReport
	}
	var pdf []byte
	if err == nil {
		pdf, err = s.printed(c, page)
	}
	if err == nil {
		err = s.log.Append(c, trail.Event{Actor: p.who.Account, Action: "export.pdf", Unit: unit, Round: p.round.ID}) // what leaves untold does not leave
	}
	if c.Request.Context().Err() != nil {
		return // the browser has gone
	}
	if err != nil {
		s.failed(c, err)
		return
	}
	attach(c, p.round.ID, unit, "-rapport.pdf")
	c.Data(http.StatusOK, "application/pdf", pdf)
}

func (s *Server) printed(c *gin.Context, page reportPage) (pdf []byte, err error) {
	if page.Style, err = inlined(reportStyles); err != nil {
		return nil, err
	}
	html, err := s.fill(s.view(c, "rapport", page), "paper")
	if err != nil {
		return nil, err
	}
	pdf, err = s.config.Paper.Print(c.Request.Context(), html)
	if errors.Is(err, paper.ErrBusy) {
		return nil, errPrinting
	}
	if err != nil {
		return nil, fail.Wrap(err, fail.Internal, "PDF-filen kunde inte göras. Öppna rapporten och skriv ut den med webbläsaren, som kan spara den som PDF, eller försök igen om en stund.",
			"The PDF could not be made. Open the report and print it with the browser, which can save it as PDF, or try again in a while.")
	}
	return pdf, nil
}

// reportStyles are the style sheets of a report, in the order in which its page
// links to them.
var reportStyles = []string{"css/mognad.css", "css/resultat.css", "css/kompetens.css", "css/revision.css", "css/moten.css", "css/rapport.css"}

var styleURL = regexp.MustCompile(`url\("([^":]+)"\)`)

// inlined is style sheets as one, with the files that they name inside.
func inlined(names []string) (template.CSS, error) {
	var out strings.Builder
	for _, name := range names {
		content, err := fs.ReadFile(static.FS, name)
		if err != nil {
			return "", err
		}
		out.WriteString(styleURL.ReplaceAllStringFunc(string(content), func(url string) string {
			file := path.Join(path.Dir(name), styleURL.FindStringSubmatch(url)[1])
			data, readErr := fs.ReadFile(static.FS, file)
			if readErr != nil {
				err = readErr
			}
			kind, _, _ := strings.Cut(mime.TypeByExtension(path.Ext(file)), ";")
			return fmt.Sprintf(`url("data:%s;base64,%s")`, kind, base64.StdEncoding.EncodeToString(data))
		}))
		if err != nil {
			return "", err
		}
	}
	return template.CSS(out.String()), nil // our own style sheets
}
