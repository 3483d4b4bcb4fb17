// English triggers. Sources: NegEx, Chapman et al. 2001, doi 10.1006/jbin.2001.1029, and its
// published list (chapmanbe/negex, negex_triggers.txt); ConText, Harkema et al. 2009,
// doi 10.1016/j.jbi.2009.05.002; negspacy and medspaCy, which publish lists after both; "own": how
// language models and ECG reports word it. The selection is ours.
#include "context_lists.h"

namespace ecg_lora::metrics {
namespace {

constexpr char kNegex[] = "NegEx 2001", kContext[] = "ConText 2009", kSpacy[] = "negspacy",
               kOwn[] = "own";

constexpr TriggerLine kEnglish[] = {
    {Role::negation, Assertion::denied, kNegex,
     "no; not; never; denies; denied; denying; declines"},
    {Role::negation, Assertion::denied, kOwn,
     "none; neither; nope; false; zero; ✗; ✘; ✖; ❌; ☐; ⬜; 🚫"},
    {Role::before, Assertion::denied, kNegex,
     "without; absence of; free of; free from; negative for; no evidence; no evidence of; no new "
     "evidence of; no evidence to suggest; "
     "no findings of; no findings to indicate; no sign of; no signs of; no suggestion of; no "
     "indication of; "
     "fails to reveal; fails to show; fails to demonstrate; failed to show; unremarkable for; with "
     "no; without any; "
     "without evidence of; without any evidence of; without indication of; without sign of; "
     "without signs of; rules out; "
     "ruled out for; not associated with; rather than; never had; never developed"},
    {Role::before, Assertion::denied, kOwn,
     "exclude; can exclude; can rule out; hardly; scarcely; nor is; nor are; nor was; nor were; "
     "nor does; nor do; "
     "low likelihood of; low chance of; lacks; lack of; lack of evidence; lack of evidence for; "
     "lack of evidence of; devoid of; "
     "excludes; "
     "excluding; exclusion of; instead of; as opposed to; argues against; argue against; speaks "
     "against; evidence against; "
     "inconsistent with; incompatible with; no evidence for; no signs suggestive of; no features "
     "of; no criteria for; "
     "does not meet criteria for; not meet criteria for; not meet the criteria for; none of; w o; "
     "no features suggestive of; "
     "no suspicion of; nor is there; nor are there; low probability of; against a diagnosis of; "
     "less likely; doubt; ruled; nothing to suggest; nothing suggests; nothing suggestive of; "
     "nothing indicates; unable to see; unable to find; unable to detect"},
    {Role::predicate, Assertion::denied, kNegex,
     "unlikely; ruled out; was ruled out; is ruled out; are ruled out; has been ruled out; have "
     "been ruled out; "
     "is excluded; are excluded; excluded; absent; negative"},
    {Role::predicate, Assertion::denied, kOwn,
     "missing; lacking; improbable; rejected; dismissed; discarded; can be excluded; can be ruled "
     "out; not applicable; not likely; not met; not fulfilled; "
     "not satisfied; not there; not so; does not apply; do not apply; wrong; incorrect; n a; not "
     "the case; doubtful"},
    {Role::negation, Assertion::not_now, kNegex,
     "no acute; no new; no significant; no definite; not definite; no suspicious; without acute; "
     "without new; "
     "no clear; no obvious; no recent; no active; no convincing; no definitive"},
    {Role::negation, Assertion::not_now, kOwn,
     "no acute signs of; no acute evidence of; no evidence of acute; no evidence of new; "
     "no signs of acute; no evidence of recent; no sign of acute; no significant evidence of; no "
     "clear evidence of"},
    {Role::pseudo, Assertion::affirmed, kNegex,
     "no increase; no change; no interval change; no definite change; no significant change; no "
     "suspicious change; "
     "not extend; not cause; not drain; not only; without difficulty; gram negative"},
    {Role::pseudo, Assertion::affirmed, kOwn,
     "not just; not merely; not alone; no longer than; no more than; no less than; "
     "no problem; no matter; i would; we would; if any; not otherwise specified"},
    {Role::pseudo, Assertion::affirmed, kOwn,
     "t negative; negative t; negative t wave; negative t waves; t waves are negative; t wave is "
     "negative; negative p; "
     "p negative; negative deflection; negative deflections; negative qrs; negative in; uncertain "
     "age; age uncertain; of uncertain age; "
     "age undetermined; undetermined age; of undetermined age; age unknown; unknown age; of "
     "unknown age; age indeterminate; "
     "indeterminate age; indeterminate axis; of uncertain; uncertain significance; doubtful "
     "significance; of doubtful significance; no p wave; no p waves; "
     "no definite p wave; no r wave; no r waves; no r wave progression; not quite so; not quite "
     "as; not as"},
    {Role::before, Assertion::affirmed, kOwn,
     "no doubt; no question; without doubt; without a doubt; undoubtedly; no doubt that"},
    {Role::before, Assertion::possible, kContext,
     "possible; possibly; probable; probably; suspected; suspicious for; suspicion of; suggestive "
     "of; suggests; suggesting; "
     "suggest; may; might; could; consider; considered; considering; concern for; concerning for; "
     "presumably; appears to be; questionable; "
     "raises the possibility of; can not rule out; can not rule; not rule out; not exclude; can "
     "not exclude; can not be excluded for; "
     "high probability of; perhaps; maybe; potential; potentially"},
    {Role::predicate, Assertion::possible, kContext,
     "likely; most likely; more likely; very likely; is possible; not ruled out; not been ruled "
     "out; not be ruled out; "
     "can not be ruled out; can not be excluded; could not be ruled out; not be excluded; not been "
     "excluded; not excluded; can not be e; can not be ex; can not be exc; can not be excl; can "
     "not be exclu; can not be exclude; "
     ""
     "not unlikely; not absent; remains possible; could not be excluded"},
    {Role::negation, Assertion::unknown, kContext,
     "rule out; r o; to rule out; to exclude; should be ruled out; must be ruled out; ought to be "
     "ruled out; "
     "will be ruled out; has to be ruled out; needs to be ruled out; should be excluded; must be "
     "excluded; evaluate for; "
     "be ruled out; being ruled out; not certain if; not certain whether; not necessarily"},
    {Role::negation, Assertion::unknown, kOwn,
     "unclear; uncertain; unsure; not sure; not certain; not clear; not possible to; unable to; "
     "indeterminate; unknown; "
     "equivocal; can not tell; can not say; can not determine; can not be determined; can not "
     "diagnose; can not confirm; "
     "can not be confirmed; can not assess; can not be assessed; can not identify whether; can not "
     "interpret; "
     "can not provide; can not analyze; can not evaluate; do not know; does not know; no idea; "
     "hard to say; "
     "difficult to say; difficult to determine; impossible to; impossible to say; whether; "
     "undetermined; not determined; "
     "not enough information; insufficient; inconclusive"},
    {Role::before, Assertion::elsewhere, kContext,
     "history of; h o; hx of; past medical history of; family history of; history significant for; "
     "father; mother; brother; "
     "sister; grandfather; grandmother; uncle; aunt; family; relative; relatives; if; in case of; "
     "should there be; "
     "compared with; compared to; previous ecg; prior ecg; previous tracing; previously "
     "documented; no history of"},
    {Role::negation, Assertion::elsewhere, kOwn, "would"},
    {Role::before, Assertion::elsewhere, kOwn,
     "to diagnose; in order to diagnose; to check for; to look for; "
     "look for; check for; risk of; risk for; definition of; for example in"},
    {Role::after, Assertion::elsewhere, kOwn, "in the past; in the history"},
    {Role::heading, Assertion::denied, kOwn, "negatives; pertinent negatives"},
    {Role::heading, Assertion::elsewhere, kOwn,
     "options; choices; question; candidates; possible labels; label set; "
     "available labels; labels to choose from; following labels; given labels"},
    {Role::end, Assertion::affirmed, kNegex,
     "but; however; nevertheless; yet; though; although; still; except; except for; apart from; "
     "aside from; secondary to; "
     "cause of; cause for; causes of; source of; reason of; reason for; etiology of; origin of; "
     "other possibilities of; "
     "as there are; which; involving"},
    {Role::end, Assertion::affirmed, kOwn,
     "with; otherwise; while; whereas; because; since; due to; only; instead; rather; so; "
     "therefore; thus; hence; then; but also; just; while there is; solely"},
    {Role::before, Assertion::affirmed, kOwn,
     "shows; show; showing; shown; showed; has; have; having; reveals; reveal; demonstrates; "
     "demonstrate; demonstrating; "
     "displays; exhibits; exhibit; indicates; indicate; indicating; there is; there are; "
     "consistent with; compatible with; "
     "in keeping with; diagnostic of; diagnosis of; characteristic of; typical of; signs of; sign "
     "of; evidence of; "
     "positive for; confirms; meets criteria for; meets the criteria for; supports; represents; "
     "means; it is; it s; this is; that is; that s; there s; "
     "presence of; pattern of; diagnose; reflects; the diagnosis is; points to; criteria for; "
     "suggestive features of"},
    {Role::after, Assertion::affirmed, kOwn,
     "present; seen; evident; detected; observed; visible; noted; identified; found; apparent; "
     "noticeable; applies; "
     "apply; applicable; met; fulfilled; satisfied; confirmed; positive; correct; occurs; "
     "indicated; suggested; "
     "demonstrated; recognized; recorded; noticed; appreciated; demonstrable; the case; ruled in"},
    {Role::predicate, Assertion::affirmed, kOwn, "yes; true; yep; ✓; ✔; ✅; ☑; ☒; 🗸"},
    {Role::value, Assertion::affirmed, kOwn, "1; y; t; x; pos; 1 0"},
    {Role::value, Assertion::denied, kOwn, "0; n; f; neg; 0 0"},
    {Role::all_of, Assertion::affirmed, kOwn, "and; plus; as well as"},
    {Role::one_of, Assertion::affirmed, kOwn, "or; nor; vs; versus"},
    {Role::nothing, Assertion::denied, kOwn,
     "none; none of; none of them; none of the; no label; no labels; no labels apply; nothing; no "
     "option; no options; "
     "no findings; no finding"},
    {Role::filler, Assertion::affirmed, kOwn,
     "also; even; a; an; the; this; that; is; it; s; be; to; ecg; ekg; electrocardiogram; tracing; "
     "recording; result; results; "
     "looks; seems; overall; completely; entirely; totally; essentially; perfectly; label; labels; "
     "diagnosis; answer; are; "
     "finding; findings; interpretation; conclusion; impression; all; everything; strictly; 12; "
     "lead; classification"},
};

}  // namespace

std::span<const TriggerLine> english_triggers() {
  return kEnglish;
}

}  // namespace ecg_lora::metrics
