package opendata

import (
	"encoding/json"

	"github.com/mognad/mognad/internal/survey"
)

// Dataset is a round as the catalogue tells of it. Addresses are whole.
type Dataset struct {
	Address        string // of the page that tells of it
	Title, Meaning survey.Text
	Publisher      string // name
	PublisherID    string // unit id
	Opens, Closes  string // days, that the answers are from and to
	Given          string // day
	Contact, Email string // who answers questions, "" for nobody
	Files          []File
}

// File is one form that a dataset comes in.
type File struct {
	Address string
	Title   survey.Text
	Media   string // "text/csv"
}

type node = map[string]any

// Catalogue writes what is given as DCAT-AP-SE, the Swedish profile of DCAT, in
// JSON-LD: what dataportal.se and other catalogues fetch. home is the address of
// the page of all open data, owner the name of the organisation that runs the
// installation, licence an address.
func Catalogue(home, owner, licence string, sets []Dataset) ([]byte, error) {
	ref := func(to string) node { return node{"@id": to} }
	agent := func(id, name string) node {
		return node{"@id": home + "#" + id, "@type": "foaf:Agent", "foaf:name": name, "dcterms:type": ref("http://purl.org/adms/publishertype/LocalAuthority")}
	}
	catalogue := node{"@id": home + "#katalog", "@type": "dcat:Catalog", "dcterms:title": both(survey.Text{SV: "Öppna data om digital mognad", EN: "Open data on digital maturity"}),
		"dcterms:description": both(survey.Text{SV: "Resultat av mätningar av digital mognad, utlämnade som öppna data.", EN: "Results of measurements of digital maturity, given as open data."}),
		"dcterms:publisher":   ref(home + "#installation"), "dcterms:license": ref(licence), "dcterms:language": ref(swedish), "foaf:homepage": ref(home)}
	graph, known := []node{catalogue, agent("installation", owner)}, map[string]bool{}
	var listed []node
	for _, d := range sets {
		listed = append(listed, ref(d.Address))
		publisher := "enhet-" + d.PublisherID
		if !known[publisher] {
			known[publisher] = true
			graph = append(graph, agent(publisher, d.Publisher))
		}
		set := node{"@id": d.Address, "@type": "dcat:Dataset", "dcterms:title": both(d.Title), "dcterms:description": both(d.Meaning), "dcterms:publisher": ref(home + "#" + publisher),
			"dcat:landingPage": ref(d.Address), "dcterms:issued": date(d.Given), "dcterms:language": ref(swedish), "dcterms:accessRights": ref("http://publications.europa.eu/resource/authority/access-right/PUBLIC"),
			"dcterms:accrualPeriodicity": ref("http://publications.europa.eu/resource/authority/frequency/NEVER"), "dcat:theme": ref("http://publications.europa.eu/resource/authority/data-theme/GOVE"),
			"dcat:keyword":     []node{{"@value": "digital mognad", "@language": "sv"}, {"@value": "digital maturity", "@language": "en"}},
			"dcterms:temporal": node{"@type": "dcterms:PeriodOfTime", "dcat:startDate": date(d.Opens), "dcat:endDate": date(d.Closes)}}
		if d.Email != "" {
			set["dcat:contactPoint"] = node{"@type": "vcard:Organization", "vcard:fn": d.Contact, "vcard:hasEmail": ref("mailto:" + d.Email)}
		}
		var files []node
		for _, f := range d.Files {
			files = append(files, ref(f.Address))
			graph = append(graph, node{"@id": f.Address, "@type": "dcat:Distribution", "dcterms:title": both(f.Title), "dcat:accessURL": ref(f.Address), "dcat:downloadURL": ref(f.Address), "dcterms:license": ref(licence),
				"dcterms:format": f.Media, "dcat:mediaType": ref("https://www.iana.org/assignments/media-types/" + f.Media), "dcterms:issued": date(d.Given)})
		}
		set["dcat:distribution"] = files
		graph = append(graph, set)
	}
	if len(listed) > 0 {
		catalogue["dcat:dataset"] = listed
	}
	return json.MarshalIndent(node{"@context": prefixes, "@graph": graph}, "", " ")
}

const swedish = "http://publications.europa.eu/resource/authority/language/SWE"

var prefixes = node{"dcat": "http://www.w3.org/ns/dcat#", "dcterms": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "vcard": "http://www.w3.org/2006/vcard/ns#", "xsd": "http://www.w3.org/2001/XMLSchema#"}

func both(t survey.Text) []node {
	return []node{{"@value": t.SV, "@language": "sv"}, {"@value": t.EN, "@language": "en"}}
}

func date(day string) node { return node{"@type": "xsd:date", "@value": day} }
