// Swedish triggers. Sources: Skeppstedt 2011 (Negation detection in Swedish clinical text: An
// adaption of NegEx to Swedish, J Biomed Semantics 2(Suppl 3):S3, doi 10.1186/2041-1480-2-S3-S3),
// which translates NegEx and counts the triggers that records use; "own": ECG reports and answers
// of language models. The selection is ours.
#include "context_lists.h"

namespace ecg_lora::metrics {
namespace {

constexpr char kSkeppstedt[] = "Skeppstedt 2011", kOwnSv[] = "own";

constexpr TriggerLine kSwedish[] = {
    {Role::negation, Assertion::denied, kSkeppstedt,
     "ingen; inga; inget; inte; ej; icke; aldrig; förnekar; nekar; nekade"},
    {Role::negation, Assertion::denied, kOwnSv,
     "nej; varken; vare sig; falskt; ingenting; ingendera"},
    {Role::turn, Assertion::denied, kSkeppstedt, "utan"},
    {Role::before, Assertion::denied, kSkeppstedt,
     "inga tecken; inga tecken på; inga tecken till; inget tecken på; utan tecken; utan tecken på; "
     "utan tecken till; "
     "inga hållpunkter för; ingen hållpunkt för; utan hållpunkter för; ingen misstanke om; inga "
     "symtom på; fri från; "
     "fria från; fritt från; avsaknad av; frånvaro av; negativ för; negativt för; utesluter; inga "
     "belägg för"},
    {Role::before, Assertion::denied, kOwnSv,
     "saknar; saknar tecken på; talar emot; talar mot; utan evidens för; ingen evidens för; inga "
     "bevis för; i stället för; "
     "istället för; snarare än; uteslutande av; inget stöd för; uppfyller inte kriterierna för; "
     "inga kriterier för"},
    {Role::predicate, Assertion::denied, kSkeppstedt,
     "uteslutet; utesluten; uteslutna; uteslutits; utesluts; kan uteslutas; har uteslutits; "
     "negativ; negativt"},
    {Role::predicate, Assertion::denied, kOwnSv,
     "saknas; osannolik; osannolikt; mindre troligt; mindre trolig; mindre sannolikt; osannolika; "
     "frånvarande; föreligger ej; föreligger inte; "
     "finns inte; finns ej; "
     "ses inte; ses ej; syns inte; syns ej; inte uppfyllda; ej uppfyllda; inte uppfyllt; stämmer "
     "inte; gäller inte; "
     "inte troligt; inte trolig; inte sannolikt; inte sannolik; ej aktuellt; uppfylls inte; "
     "uppfylls ej"},
    {Role::negation, Assertion::not_now, kOwnSv,
     "ingen akut; inga akuta; ingen ny; inga nya; inga säkra; ingen säker; "
     "inga tecken på akut; inga tydliga; ingen tydlig; inga tecken på ny"},
    {Role::pseudo, Assertion::affirmed, kSkeppstedt,
     "inte bara; inte enbart; inte endast; ej enbart; ingen förändring; inga förändringar; "
     "ingen ökning; utan svårigheter; utan vidare"},
    {Role::pseudo, Assertion::affirmed, kOwnSv,
     "t negativ; negativ t; negativa t; negativt t; negativ i; ålder ej bestämbar; ålder ej "
     "bestämmbar; ej bestämbar; "
     "ej bestämmbar; oklar ålder; av oklar ålder; ålder oklar; inget säkert patologiskt; inget "
     "säkert patologikst; inget patologiskt; inga p våg; inga p vågor; inga p"},
    {Role::before, Assertion::affirmed, kOwnSv,
     "utan tvekan; utan tvivel; ingen tvekan; ingen tvekan om; inget tvivel om; otvivelaktigt"},
    {Role::before, Assertion::possible, kSkeppstedt,
     "misstanke om; misstänkt; misstänkta; möjlig; möjligt; möjliga; möjligen; trolig; "
     "troligt; troliga; troligen; sannolik; sannolika; sannolikt; eventuell; eventuellt; tänkbar; "
     "kan inte utesluta; kan ej utesluta; inte utesluta; ej utesluta"},
    {Role::predicate, Assertion::possible, kOwnSv,
     "kan inte uteslutas; kan ej uteslutas; inte uteslutas; ej uteslutas; inte uteslutet; ej "
     "uteslutet; är möjligt; är möjlig; "
     "inte osannolikt; går inte att utesluta; går ej att utesluta; är trolig; är troligt; är "
     "sannolikt; är sannolik"},
    {Role::before, Assertion::possible, kOwnSv,
     "kan vara; skulle kunna vara; talar för möjlig; inger misstanke om"},
    {Role::negation, Assertion::unknown, kSkeppstedt,
     "ej säkert; inte säkert; inte säker; oklart; oklar; osäker; osäkert; vet inte; vet ej; "
     "huruvida"},
    {Role::negation, Assertion::unknown, kOwnSv,
     "oklart om; kan inte bedöma; kan inte avgöra; kan ej bedöma; går inte att avgöra; går inte "
     "att bedöma; "
     "kan inte tolka; bör uteslutas; måste uteslutas; att utesluta; nödvändigtvis inte; inte "
     "nödvändigtvis; osäker på om"},
    {Role::before, Assertion::unknown, kOwnSv, "alla utom; allt utom"},
    {Role::before, Assertion::elsewhere, kOwnSv,
     "anamnes på; tidigare anamnes på; historia av; hereditet för; pappa; mamma; mor; bror; "
     "syster; "
     "jämfört med; ifall; tidigare ekg; i anamnesen"},
    {Role::heading, Assertion::elsewhere, kOwnSv,
     "alternativ; alternativen; frågan; fråga; svarsalternativ"},
    {Role::end, Assertion::affirmed, kSkeppstedt,
     "men; dock; ändå; trots; förutom; bortsett från; däremot"},
    {Role::end, Assertion::affirmed, kOwnSv,
     "med; medan; annars; eftersom; emellertid; utan även; utan också; i stället; istället; bara; "
     "endast; enbart; snarare; därför; således; dessutom; även om"},
    {Role::before, Assertion::affirmed, kOwnSv,
     "visar; uppvisar; det finns; tecken på; tecken till; förenligt med; förenlig med; talar för; "
     "tyder på; diagnosen är; "
     "detta är; det är; påvisar; utesluter inte; bekräftar; typiskt för; indikerar"},
    {Role::after, Assertion::affirmed, kOwnSv,
     "finns; föreligger; ses; syns; påvisas; föreligga; påvisad; uppfyllda; uppfyllt; uppfylls; "
     "bekräftad; positivt; stämmer; gäller; närvarande; förekommer; påvisbar"},
    {Role::predicate, Assertion::affirmed, kOwnSv, "ja; sant"},
    {Role::all_of, Assertion::affirmed, kOwnSv, "och; samt"},
    {Role::one_of, Assertion::affirmed, kOwnSv, "eller"},
    {Role::nothing, Assertion::denied, kOwnSv,
     "inga; inget; ingen; ingenting; ingen av; inget av; inga av; ingen av dem"},
    {Role::filler, Assertion::affirmed, kOwnSv,
     "även; också; är; ett; en; det; detta; helt; bedöms; som; fynd; svar; svaret; t; diagnos; "
     "allt"},
};

}  // namespace

std::span<const TriggerLine> swedish_triggers() {
  return kSwedish;
}

}  // namespace ecg_lora::metrics
