package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/static"
)

// files serves what is embedded. An address carries the content's hash, so a
// browser asks for a file once and never again until it changes.
type files struct {
	version map[string]string // name → first part of the content's hash
	packed  map[string][]byte // name → gzip of it, where that is smaller
}

func newFiles() (*files, error) {
	f := &files{version: map[string]string{}, packed: map[string][]byte{}}
	return f, fs.WalkDir(static.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(static.FS, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		f.version[name] = hex.EncodeToString(sum[:5])
		packed, err := pack(content)
		if len(packed) < len(content) {
			f.packed[name] = packed
		}
		return err
	})
}

// pack compresses as hard as gzip can: it is done once.
func pack(content []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

// url returns the address of a file: "/static/css/mognad.css?v=…".
func (f *files) url(name string) string { return "/static/" + name + "?v=" + f.version[name] }

func (s *Server) static(c *gin.Context) {
	name := strings.TrimPrefix(path.Clean(c.Param("file")), "/")
	version, ok := s.files.version[name]
	if !ok {
		s.failed(c, errNoPage)
		return
	}
	content, err := fs.ReadFile(static.FS, name)
	if err != nil {
		s.failed(c, err)
		return
	}
	// The style sheet names the typefaces without a version: a new cut gets a new name.
	if c.Query("v") == version || strings.HasPrefix(name, "fonts/") {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		c.Header("Cache-Control", "no-cache")
		c.Header("ETag", `"`+version+`"`)
		if c.GetHeader("If-None-Match") == `"`+version+`"` {
			c.Status(http.StatusNotModified)
			return
		}
	}
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	c.Header("Vary", "Accept-Encoding")
	if packed, ok := s.files.packed[name]; ok && acceptsGzip(c.GetHeader("Accept-Encoding")) {
		c.Header("Content-Encoding", "gzip")
		content = packed
	}
	c.Data(http.StatusOK, kind, content)
}

func (s *Server) favicon(c *gin.Context) {
	c.Redirect(http.StatusMovedPermanently, s.files.url("img/favicon.svg"))
}
