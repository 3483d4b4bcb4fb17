#include "language.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace ecg_lora::instruct {
namespace {

struct Language {
  const char* name;
  std::set<std::string>
      words;  ///< of ECG reports, in lower case, that only this one of the languages uses
};

const std::array<Language, 3>& languages() {
  static const std::array<Language, 3> kAll = {{
      {"German",
       {"sinusrhythmus",
        "rhythmus",
        "normales",
        "ekg",
        "lagetyp",
        "linkstyp",
        "rechtstyp",
        "linkslagetyp",
        "steillage",
        "steiltyp",
        "vorhof",
        "vorhofflimmern",
        "vorhofflattern",
        "unspezifische",
        "unspezifisches",
        "wahrscheinlich",
        "verdacht",
        "nicht",
        "und",
        "oder",
        "mit",
        "rechtsschenkelblock",
        "linksschenkelblock",
        "schenkelblock",
        "abnorm",
        "sinustachykardie",
        "sinusbradykardie",
        "arrhythmie",
        "niederspannung",
        "bericht",
        "hypertrophie",
        "linkshypertrophie",
        "ableitungen",
        "kammerrhythmus",
        "hemiblock",
        "überdrehter",
        "ueberdrehter",
        "kein",
        "keine",
        "links",
        "rechts",
        "möglich",
        "sonst",
        "ischämie",
        "herzschrittmacher",
        "sinusrhytmus",
        "llt",
        "überleitung"}},
      {"Swedish",
       {"sinusrytm",
        "rytm",
        "normalt",
        "axel",
        "vänster",
        "höger",
        "vänstersidigt",
        "högersidigt",
        "avvikande",
        "förlopp",
        "sinusbradykardi",
        "sinustakykardi",
        "arytmi",
        "förmaksflimmer",
        "förmaksfladder",
        "kammarhypertrofi",
        "kammarfrekvens",
        "skänkelblock",
        "takykardi",
        "bradykardi",
        "ospecifik",
        "förändring",
        "såsom",
        "vid",
        "och",
        "för",
        "ej",
        "eljest",
        "låga",
        "med",
        "slag",
        "sannolikt",
        "extrasystoli",
        "förlängd"}},
      {"English",
       {"rhythm",     "ecg",          "axis",        "deviation", "waves",       "wave",
        "leads",      "segments",     "left",        "right",     "trace",       "requested",
        "with",       "the",          "may",         "due",       "suggest",     "suggesting",
        "possible",   "fibrillation", "flutter",     "premature", "contraction", "interval",
        "bundle",     "branch",       "enlargement", "pathology", "tachycardia", "bradycardia",
        "arrhythmia", "and",          "are",         "is",        "otherwise"}},
  }};
  return kAll;
}

/// Lower case of ASCII letters and of the umlauts and Å in UTF-8: PTB-XL has "vÄnster" in
/// lower-case reports.
std::string lower(const std::string& text) {
  std::string result = text;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto byte = static_cast<unsigned char>(result[i]);
    const bool latin =
        i > 0 && static_cast<unsigned char>(result[i - 1]) == 0xC3 && byte >= 0x80 && byte <= 0x9E;
    result[i] = latin         ? static_cast<char>(byte + 0x20)
                : byte < 0x80 ? static_cast<char>(std::tolower(byte))
                              : result[i];
  }
  return result;
}

}  // namespace

std::string language_of(const std::string& report) {
  std::array<std::size_t, 3> found{};
  std::string word;
  for (const char c : lower(report) + " ") {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalpha(byte) != 0 || byte >= 0x80) {
      word += c;
      continue;
    }
    for (std::size_t l = 0; l < found.size(); ++l) found[l] += languages()[l].words.count(word);
    word.clear();
  }
  const auto best = std::max_element(found.begin(), found.end());
  if (*best == 0 || std::count(found.begin(), found.end(), *best) > 1) return "unknown";
  return languages()[static_cast<std::size_t>(best - found.begin())].name;
}

}  // namespace ecg_lora::instruct
