package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/mognad/mognad/internal/access"
	"github.com/mognad/mognad/internal/metrics"
)

// route is one way into the program. Its rule says who may enter; there is no
// route without one.
type route struct {
	method, path string
	rule         rule
	handle       gin.HandlerFunc
}

func (s *Server) routes() []route {
	return []route{
		{http.MethodGet, "/", open, s.home},
		{http.MethodGet, "/healthz", open, s.healthz},
		{http.MethodGet, "/readyz", open, s.readyz},
		{http.MethodGet, "/metrics", open, gin.WrapH(metrics.Handler())},
		{http.MethodGet, "/static/*file", open, s.static},
		{http.MethodHead, "/static/*file", open, s.static},
		{http.MethodGet, "/favicon.ico", open, s.favicon},
		{http.MethodGet, "/sprak/:lang", open, s.setLanguage},

		{http.MethodGet, "/e/:token", open, s.arrive},
		{http.MethodGet, "/in/:token", open, s.signInPage},
		{http.MethodPost, "/in/:token", open, s.signIn},
		{http.MethodGet, "/logga-in", open, s.signInHelp},
		{http.MethodPost, "/logga-in", open, s.signInAsk},
		{http.MethodGet, "/logga-in/konto", open, s.oidcBegin},
		{http.MethodGet, "/logga-in/klar", open, s.oidcEnd},
		{http.MethodGet, "/konto", signedIn, s.accountPage},
		{http.MethodPost, "/konto/logga-ut-overallt", signedIn, s.signOutEverywhere},
		{http.MethodPost, "/logga-ut", open, s.signOut},
		{http.MethodGet, "/om/skydd", open, s.aboutPrivacy},
		{http.MethodGet, "/om/integritet", open, s.aboutNotice},
		{http.MethodGet, "/om/tillganglighet", open, s.aboutAccessibility},
		{http.MethodGet, "/om/hjalp", open, s.aboutHelp},

		{http.MethodGet, "/svara", respondent, s.answerStart},
		{http.MethodGet, "/svara/:area/:theme", respondent, s.answerTheme},
		{http.MethodPost, "/svara/:area/:theme", respondent, s.answerThemePost},
		{http.MethodPost, "/svara/spara", respondent, s.answerSave},
		{http.MethodGet, "/svara/mina.json", respondent, s.answerMine},
		{http.MethodGet, "/svara/sparat", respondent, s.answerStored},
		{http.MethodGet, "/svara/sparat.json", respondent, s.answerStoredFile},
		{http.MethodGet, "/svara/granska", respondent, s.answerReview},
		{http.MethodPost, "/svara/lamna-in", respondent, s.answerSubmit},
		{http.MethodGet, "/svara/kvitto", respondent, s.answerReceipt},

		{http.MethodGet, "/resultat", may(access.ReadResults), s.resultHome},
		{http.MethodGet, "/resultat/:unit", may(access.ReadResults), s.result},
		{http.MethodGet, "/resultat/:unit/ta-med", may(access.ReadResults), s.takeAlong},
		{http.MethodGet, "/resultat/:unit/resultat.xlsx", may(access.ReadResults), s.takeWorkbook},
		{http.MethodGet, "/resultat/:unit/resultat.csv", may(access.ReadResults), s.takeCSV},
		{http.MethodGet, "/resultat/:unit/resultat.json", may(access.ReadResults), s.takeJSON},
		{http.MethodGet, "/resultat/:unit/samtal", may(access.ReadResults), s.talk},
		{http.MethodGet, "/resultat/:unit/diagram/:chart", may(access.ReadResults), s.takePicture},
		{http.MethodGet, "/resultat/:unit/presentation", may(access.ReadResults), s.present},
		{http.MethodGet, "/jamfor", may(access.ReadResults), s.compare},
		{http.MethodGet, "/utveckling", may(access.ReadResults), s.trend},
		{http.MethodGet, "/kompetens", may(access.ReadResults), s.competences},
		{http.MethodGet, "/kompetens/namn", may(access.ReadAnswers), s.namedBelow},
		{http.MethodGet, "/omgangar/:round/svar", may(access.ReadAnswers), s.namedPeople},
		{http.MethodGet, "/omgangar/:round/svar/:person", may(access.ReadAnswers), s.namedAnswers},
		{http.MethodGet, "/kommentarer", may(access.ReadComments), s.commentsRead},
		{http.MethodPost, "/kommentarer", may(access.ReadComments), s.commentsFind},
		{http.MethodGet, "/kommentarer/granska", may(access.ModerateComments), s.commentsReview},
		{http.MethodPost, "/kommentarer/granska", may(access.ModerateComments), s.commentsDecide},
		{http.MethodPost, "/kommentarer/granska/borja", may(access.ModerateComments), s.commentsBegin},
		{http.MethodGet, "/revision", may(access.ReadAudit), s.audited},
		{http.MethodGet, "/register", may(access.ReadRegisters), s.registerPage},
		{http.MethodGet, "/register/post", may(access.ReadRegisters), s.registerEntry},
		{http.MethodPost, "/register/post", may(access.ManageRegisters), s.registerSave},
		{http.MethodPost, "/register/post/ta-bort", may(access.ManageRegisters), s.registerRemove},
		{http.MethodGet, "/register/register.xlsx", may(access.ReadRegisters), s.registerFile},
		{http.MethodGet, registerImportPath, may(access.ManageRegisters), s.registerImport},
		{http.MethodPost, registerImportPath, may(access.ManageRegisters), s.registerImportStart},
		{http.MethodGet, registerImportPath + "/granska", may(access.ManageRegisters), s.registerImportReview},
		{http.MethodPost, registerImportPath + "/granska", may(access.ManageRegisters), s.registerImportAccept},
		{http.MethodPost, registerImportPath + "/avbryt", may(access.ManageRegisters), s.registerImportAbandon},
		{http.MethodGet, "/api/v1/rounds/:round/results", may(access.ReadResults), s.apiResults},
		{http.MethodGet, "/api/v1/openapi.json", open, s.apiDescription},

		{http.MethodGet, "/behorigheter", may(access.ManageAccounts), s.accountList},
		{http.MethodPost, "/behorigheter", may(access.ManageAccounts), s.accountGive},
		{http.MethodGet, "/behorigheter/konto/:account", may(access.ManageAccounts), s.accountEdit},
		{http.MethodPost, "/behorigheter/konto/:account/:step", may(access.ManageAccounts), s.accountStep},
		{http.MethodPost, "/behorigheter/grupper/:step", may(access.ManageAccounts), s.groupStep},
		{http.MethodGet, "/administration", may(access.ReadLog), s.administration},

		{http.MethodGet, "/organisation", may(access.ManagePeople), s.organisationPage},
		{http.MethodPost, "/organisation/angra", may(access.ManagePeople), s.organisationUndo},
		{http.MethodGet, "/organisation/enhet", may(access.ManagePeople), s.orgUnitPage},
		{http.MethodPost, "/organisation/enhet", may(access.ManagePeople), s.orgUnitSave},
		{http.MethodPost, "/organisation/enhet/ta-bort", may(access.ManagePeople), s.orgUnitRemove},
		{http.MethodGet, "/organisation/person", may(access.ManagePeople), s.orgPersonPage},
		{http.MethodPost, "/organisation/person", may(access.ManagePeople), s.orgPersonSave},
		{http.MethodPost, "/organisation/person/ta-bort", may(access.ManagePeople), s.orgPersonRemove},
		{http.MethodGet, "/organisation/import", may(access.ManagePeople), s.importPage},
		{http.MethodPost, "/organisation/import", may(access.ManagePeople), s.importStart},
		{http.MethodGet, "/organisation/import/kolumner", may(access.ManagePeople), s.importColumns},
		{http.MethodPost, "/organisation/import/kolumner", may(access.ManagePeople), s.importColumnsSave},
		{http.MethodGet, "/organisation/import/roller", may(access.ManagePeople), s.importRoles},
		{http.MethodPost, "/organisation/import/roller", may(access.ManagePeople), s.importRolesSave},
		{http.MethodGet, "/organisation/import/granska", may(access.ManagePeople), s.importReview},
		{http.MethodPost, "/organisation/import/granska", may(access.ManagePeople), s.importAccept},
		{http.MethodPost, "/organisation/import/avbryt", may(access.ManagePeople), s.importAbandon},
		{http.MethodGet, "/logg", may(access.ReadLog), s.logPage},
		{http.MethodGet, "/logg.csv", may(access.ReadLog), s.logFile},
		{http.MethodGet, "/personuppgifter", may(access.ManagePeople), s.personSearch},
		{http.MethodPost, "/personuppgifter", may(access.ManagePeople), s.personFind},
		{http.MethodGet, "/personuppgifter/:person", may(access.ManagePeople), s.personRecord},
		{http.MethodGet, "/personuppgifter/:person/personuppgifter.json", may(access.ManagePeople), s.personFile},
		{http.MethodPost, "/personuppgifter/:person/:step", may(access.ManagePeople), s.personChange},
		{http.MethodGet, "/texter", may(access.ManageTexts), s.textList},
		{http.MethodGet, "/texter/gallring", may(access.ManageTexts), s.rulesEdit},
		{http.MethodPost, "/texter/gallring", may(access.ManageTexts), s.rulesSave},
		{http.MethodGet, "/texter/:text", may(access.ManageTexts), s.textEdit},
		{http.MethodPost, "/texter/:text", may(access.ManageTexts), s.textSave},

		{http.MethodGet, "/omgangar", may(access.FollowRound), s.roundList},
		{http.MethodGet, "/omgangar/:round", may(access.FollowRound), s.roundPage},
		{http.MethodPost, "/omgangar", may(access.ManageRound), s.roundCreate},
		{http.MethodPost, "/omgangar/:round/:step", may(access.ManageRound), s.roundStep},
		{http.MethodGet, "/omgangar/:round/installningar", may(access.ManageRound), s.roundSettings},
		{http.MethodPost, "/omgangar/:round/installningar", may(access.ManageRound), s.roundSettingsPost},
		{http.MethodGet, "/omgangar/:round/brev", may(access.ManageRound), s.letters},
		{http.MethodPost, "/omgangar/:round/brev", may(access.ManageRound), s.lettersPlan},
		{http.MethodPost, "/omgangar/:round/brev/:step", may(access.ManageRound), s.lettersStep},
		{http.MethodGet, "/omgangar/:round/brev/lankar.csv", may(access.ManageRound), s.lettersLinks},
		{http.MethodGet, "/omgangar/:round/brev/text/:kind", may(access.ManageRound), s.lettersText},
		{http.MethodPost, "/omgangar/:round/brev/text/:kind", may(access.ManageRound), s.lettersTextPost},
		{http.MethodGet, "/omgangar/:round/personer", may(access.ReadNames), s.roundPeople},
		{http.MethodPost, "/omgangar/:round/personer", may(access.ManageRound), s.roundInvite},
		{http.MethodGet, "/omgangar/:round/personer/:person", may(access.ReadNames), s.roundPerson},
		{http.MethodPost, "/omgangar/:round/personer/:person/:step", may(access.ManageRound), s.roundPersonStep},
		{http.MethodGet, "/omgangar/:round/forhandsgranska/:role", may(access.ManageRound), s.previewStart},
		{http.MethodGet, "/omgangar/:round/forhandsgranska/:role/:area/:theme", may(access.ManageRound), s.previewTheme},
		{http.MethodPost, "/omgangar/:round/forhandsgranska/:role/:area/:theme", may(access.ManageRound), s.previewTheme},
	}
}
