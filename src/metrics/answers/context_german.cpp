// German triggers. Sources: Cotik et al. 2016 (Negation Detection in Clinical Reports Written in
// German, BioTxtM, W16-5113) and its published list (cotik-de.txt in DFKI-NLP/pynegex), which
// translates NegEx; "own": ECG reports and answers of language models. The selection is ours, in
// German spelling (that list writes ae, oe, ue).
#include "context_lists.h"

namespace ecg_lora::metrics {
namespace {

constexpr char kCotik[] = "Cotik 2016", kOwnDe[] = "own";

constexpr TriggerLine kGerman[] = {
    {Role::negation, Assertion::denied, kCotik,
     "kein; keine; keinen; keiner; keinem; keines; nicht; nie; niemals; verneint; verneinte; nein; "
     "hatte nie"},
    {Role::negation, Assertion::denied, kOwnDe, "keinerlei; niemand; falsch; weder"},
    {Role::before, Assertion::denied, kCotik,
     "ohne; frei von; das fehlen von; fehlen von; kein hinweis auf; keinen hinweis auf; keine "
     "hinweise auf; "
     "kein anzeichen für; kein anzeichen von; keine anzeichen für; keine anzeichen von; keine "
     "anzeichen; kein zeichen von; "
     "keine zeichen von; kein nachweis für; kein nachweis; keinen nachweis; keine evidenz; keinen "
     "anhaltspunkt; "
     "ohne anzeichen; ohne ein anzeichen von; ohne einen hinweis auf; ohne verdacht auf; spricht "
     "nicht für; "
     "kein zusammenhang mit; kein grund für; negativ in bezug auf"},
    {Role::before, Assertion::denied, kOwnDe,
     "kein anhalt für; keinen anhalt für; kein anhalt auf; ohne anhalt für; ohne hinweis auf; ohne "
     "hinweise auf; ohne nachweis; "
     "ohne nachweis von; ohne nachweis eines; ohne nachweis einer; ohne zeichen; ohne zeichen von; "
     "ohne zeichen einer; "
     "ohne zeichen eines; keine zeichen; keine zeichen für; keine zeichen einer; keine zeichen "
     "eines; keine hinweise für; "
     "kein hinweis für; kein nachweis von; kein nachweis einer; kein nachweis eines; kein verdacht "
     "auf; keinen verdacht auf; "
     "ausschluss; ausschluss von; ausschluss eines; ausschluss einer; spricht gegen; sprechen "
     "gegen; schließt aus; "
     "fehlen eines; fehlen einer; fehlende; fehlender; statt; anstelle von; anstatt; fehlender "
     "nachweis"},
    {Role::predicate, Assertion::denied, kCotik,
     "ausgeschlossen; wurde ausgeschlossen; wurden ausgeschlossen; kann ausgeschlossen werden; ist "
     "ausgeschlossen; "
     "nicht vorhanden; nicht zu sehen; nicht gesehen; besteht nicht; existiert nicht; trifft nicht "
     "zu; treffen nicht zu; "
     "unwahrscheinlich; nicht wahrscheinlich; zeigt sich nicht; kommt nicht in betracht"},
    {Role::before, Assertion::denied, kOwnDe, "gegen"},
    {Role::predicate, Assertion::denied, kOwnDe,
     "weniger wahrscheinlich; eher nicht; sicher nicht"},
    {Role::negation, Assertion::unknown, kOwnDe, "fraglich"},
    {Role::predicate, Assertion::denied, kOwnDe,
     "fehlt; fehlen; abwesend; negativ; nicht nachweisbar; nicht nachgewiesen; liegt nicht vor; "
     "liegen nicht vor; "
     "nicht erkennbar; nicht erfüllt; nicht sichtbar; nicht zutreffend; auszuschließen; lässt sich "
     "ausschließen; lassen sich ausschließen; können ausgeschlossen werden"},
    {Role::negation, Assertion::not_now, kOwnDe,
     "kein akuter; keine akuten; keine akute; kein akutes; keine frischen; kein frischer; "
     "kein neuer; keine sicheren; kein sicherer; keine eindeutigen; kein eindeutiger; kein hinweis "
     "auf akute"},
    {Role::negation, Assertion::not_now, kCotik,
     "keine neue; kein signifikanter; keine signifikante; keinen signifikanten"},
    {Role::pseudo, Assertion::affirmed, kCotik,
     "nicht nur; nicht ausschließlich; keine veränderung; keine änderung; keine zunahme; kein "
     "anstieg; kein wechsel; "
     "keine veränderungen; nicht verlängert; ohne schwierigkeiten; keine signifikante veränderung; "
     "keine signifikante änderung"},
    {Role::pseudo, Assertion::affirmed, kOwnDe,
     "t negativ; t negative; negatives t; negative t welle; negative t wellen; negativ in; p "
     "negativ; negatives p; "
     "alter unklar; alter nicht bestimmbar; alter unbestimmt; unklaren alters; nicht bestimmbar; "
     "keine r progression; keine r progr; keine r; fehlende r progression; "
     "fehlende r; keine p welle; keine p wellen; keine p; nicht sign q; nicht signifikante q; "
     "nicht sign"},
    {Role::before, Assertion::affirmed, kOwnDe,
     "ohne zweifel; kein zweifel; keine frage; zweifellos; zweifelsohne"},
    {Role::before, Assertion::possible, kCotik,
     "verdacht auf; v a; hinweis auf; hinweise auf; eher; am ehesten; scheinbar; kann es sich um"},
    {Role::before, Assertion::possible, kOwnDe,
     "möglich; mögliche; möglicher; mögliches; möglicherweise; wahrscheinliche; wahrscheinlicher; "
     "wahrscheinliches; "
     "vermutlich; verdächtig auf; vereinbar mit; könnte; könnten; dringender verdacht auf; "
     "vermutete; fraglicher"},
    {Role::predicate, Assertion::possible, kOwnDe,
     "wahrscheinlich; nicht auszuschließen; nicht ausgeschlossen; nicht ausgeschlossen werden; "
     "kann nicht ausgeschlossen werden; "
     "nicht sicher auszuschließen; nicht unwahrscheinlich; ist möglich; möglich ist; lässt sich "
     "nicht ausschließen"},
    {Role::negation, Assertion::unknown, kCotik,
     "nicht sicher; unsicher; weiß nicht; nicht bekannt; nicht unbedingt; nicht zwangsläufig"},
    {Role::negation, Assertion::unknown, kOwnDe,
     "unklar; ungewiss; nicht beurteilen; nicht beurteilbar; nicht bestimmen; nicht sagen; nicht "
     "zu beurteilen; "
     "kann nicht beurteilt werden; sollte ausgeschlossen werden; muss ausgeschlossen werden; nicht "
     "feststellen"},
    {Role::before, Assertion::unknown, kOwnDe, "ob; alle außer; alles außer"},
    {Role::before, Assertion::elsewhere, kOwnDe,
     "anamnestisch; vorgeschichte von; familienanamnese; vater; mutter; bruder; schwester; "
     "falls; wenn; im vergleich zu; vorbefund; im vor ekg"},
    {Role::after, Assertion::elsewhere, kOwnDe,
     "in der anamnese; in der vorgeschichte; anamnestisch bekannt"},
    {Role::heading, Assertion::elsewhere, kOwnDe,
     "optionen; auswahl; frage; mögliche antworten; antwortmöglichkeiten"},
    {Role::end, Assertion::affirmed, kCotik,
     "aber; jedoch; allerdings; dennoch; trotzdem; obwohl; obgleich; wenngleich; außer; bis auf; "
     "abgesehen von; mit ausnahme von"},
    {Role::end, Assertion::affirmed, kOwnDe,
     "mit; sondern; sonst; ansonsten; während; hingegen; dagegen; weil; da; stattdessen; "
     "sondern auch; doch; daher; nur; lediglich; vielmehr; und für; dafür; ausschließlich"},
    {Role::before, Assertion::affirmed, kOwnDe,
     "zeigt; zeigen; es besteht; es bestehen; es liegt; es liegen; es handelt sich um; spricht "
     "für; sprechen für; "
     "nachweis von; zeichen von; zeichen einer; zeichen eines; passend zu; typisch für; es gibt; "
     "hinweisend auf"},
    {Role::after, Assertion::affirmed, kOwnDe,
     "vorhanden; liegt vor; liegen vor; nachweisbar; nachgewiesen; sichtbar; erkennbar; zu sehen; "
     "trifft zu; treffen zu; "
     "erfüllt; bestätigt; positiv; richtig; vorliegt; vorliegend; gegeben; zutreffend"},
    {Role::predicate, Assertion::affirmed, kOwnDe, "ja; wahr"},
    {Role::all_of, Assertion::affirmed, kOwnDe, "und; sowie"},
    {Role::one_of, Assertion::affirmed, kOwnDe, "oder; noch; beziehungsweise; bzw"},
    {Role::nothing, Assertion::denied, kOwnDe,
     "keine; keines; keiner; keins; keine davon; keines davon; nichts; nichts davon; "
     "keine der; keines der"},
    {Role::filler, Assertion::affirmed, kOwnDe,
     "auch; das; ist; ein; eine; dieses; der; die; befund; insgesamt; völlig; komplett; diagnose; "
     "antwort; es; alles"},
};

}  // namespace

std::span<const TriggerLine> german_triggers() {
  return kGerman;
}

}  // namespace ecg_lora::metrics
