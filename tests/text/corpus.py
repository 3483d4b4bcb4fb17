"""Texts that tokenizers are compared on: fixed ones that have been trouble to tokenizers, and
random ones.
"""

import unicodedata

LLAMA3_SPECIALS = [
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|reserved_special_token_0|>",
    "<|reserved_special_token_1|>",
    "<|finetune_right_pad_id|>",
    "<|step_id|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eom_id|>",
    "<|eot_id|>",
    "<|python_tag|>",
]
LLAMA3_SPECIALS += [
    f"<|reserved_special_token_{i + 2}|>" for i in range(256 - len(LLAMA3_SPECIALS))
] + ["<|image|>"]

FIXED = [
    "",
    " ",
    "  ",
    "\n",
    "\n\n",
    " \n ",
    "\r\n",
    "\r\n\r\n x",
    "\t\tx",
    "a  b",
    "a   b   ",
    "  \n\n  a",
    "x\n \n\ny",
    "\u00a0a",
    "\u3000b\u2003c\u0085d",
    "Does this ECG show atrial fibrillation?",
    "Yes",
    "No",
    " Yes",
    "Yes.",
    "It's I'LL we'Ve DON'T they're 'tis 'S 'ſ",
    "o'clock''s",
    "0",
    "12",
    "123",
    "1234",
    "1234567.89",
    "3.14e-10",
    "1 000 000",
    "٣٤٥",
    "¼½²",
    "五百",
    "25 mm/s, 10 mm/mV; QTc 440ms",
    "Vorhofflimmern, Überleitung mit Kammerfrequenz 88/min. Größe",
    "sinusrytm. normalt ekg å ä ö",
    "Ритм синусовый, ЧСС 72",
    "心房細動はありますか？",
    "这份心电图正常吗?",
    "هل يوجد رجفان أذيني؟",
    "क्या यह सामान्य है?",
    "심전도가 정상입니까",
    "ไม่มีความผิดปกติ",
    "Σίσυφος ΟΔΥΣΣΕΥΣ",
    "İstanbul ı ß ﬁ",
    "🫀💓 👨‍👩‍👧‍👦 🇩🇪🏳️‍🌈 ☠️",
    "e\u0301 a\u0308\u0323 Å Å",
    "a\u200bb\u200dc\ufeffd\u180ee",
    "a\u180e\u180e b",
    "a \u180e\u180ec",
    "!!!???...---___***",
    "#include <vector>\nint main() {\n\treturn 0;\n}\n",
    "https://example.org/?q=1&x=%20#a",
    "\x00\x01\x1f\x7f",
    "\U0010ffff\U000e0001",
    "<|",
    "<|image",
    "<|image|",
    "<|<|image|>|>",
    "<|image|><|image|>",
    "<|begin_of_text|>hi<|eot_id|> <|eot_id|>\n\n<|end_header_id|>\n\nYes<|eot_id|>",
    "a<|image|> b",
    "<|unknown|>",
    "a\u2581b \u2581",
    "a" * 3000,
    " " * 200,
    "ab" * 700,
    "\n" * 77,
]


def assigned():
    """All code points that this Python's Unicode assigns; newer ones have other properties in older
    libraries.
    """
    return [c for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co")]


def random_texts(random, count, specials):
    """Random Unicode: of all scripts mixed, of one stretch of code points, and fixed texts spliced
    with special tokens.
    """
    points = assigned()
    for k in range(count):
        length = int(random.integers(1, 60))
        if k % 3 == 0:
            yield "".join(chr(points[i]) for i in random.integers(0, len(points), length))
        elif k % 3 == 1:
            start = int(random.integers(0, len(points) - 200))
            some = [chr(c) for c in points[start : start + 200]] + list(" \n\t'.1a ")
            yield "".join(some[i] for i in random.integers(0, len(some), length))
        else:
            pieces = [
                FIXED[i] if random.random() < 0.6 else specials[i % len(specials)]
                for i in random.integers(0, len(FIXED), 6)
            ]
            yield "".join(p[:200] for p in pieces)


def random_chats(random, count, system_and_images=False):
    """Conversations of one to five turns, with and without a system turn, images and a generation
    prompt. With images a system turn is empty, unless `system_and_images`."""
    words = [
        "Does this ECG show sinus rhythm?",
        "Yes",
        "No",
        "ja\n\nnein",
        " lead  V1 ",
        "心電図",
        "",
        "88/min",
        "ST\tup\n",
    ]
    for k in range(count):
        turns = []
        images = int(k % 2 == 0)
        if random.random() < 0.4:
            blanks = random.choice(["", " ", "\n\n", "\u00a0\u2003", "\x1c\u0085\u3000"], 2)
            content = f"{blanks[0]}You read\u00a0ECGs.{blanks[1]}"
            empty = images and not system_and_images
            turns.append({"role": "system", "content": "" if empty else content, "images": 0})
        for t in range(int(random.integers(1, 5))):
            turns.append(
                {
                    "role": "assistant" if t % 2 else "user",
                    "content": " ".join(random.choice(words, int(random.integers(1, 5)))),
                    "images": int(random.integers(0, 3)) if images and t % 2 == 0 else 0,
                }
            )
        yield {"turns": turns, "generation_prompt": bool(random.random() < 0.5)}


GERMAN = """Sinusrhythmus Vorhofflimmern Vorhofflattern Überleitung Linkstyp Rechtstyp Steiltyp
Indifferenztyp Linksschenkelblock Rechtsschenkelblock Erregungsrückbildungsstörung ST-Senkung
T-Negativierung Kammerfrequenz Größe Ausmaß unspezifisch regelmäßig ventrikuläre Extrasystolen
überdrehter Hinterwandinfarkt Vorderwandspitzeninfarkt möglich wahrscheinlich fraglich älterer
Schrittmacher-EKG PQ-Zeit verlängert QT-Zeit im Normbereich in V1-V4 und in II, III, aVF
Niedervoltage linksventrikuläre Hypertrophie AV-Block I° sonst normales EKG Grenzbefund Verdacht auf
Ischämie""".split()
SWEDISH = """sinusrytm sinusbradykardi förmaksflimmer förmaksfladder vänsterställd el-axel
högergrenblock vänstergrenblock ospecifik ST-T sänkning negativa T-vågor höger vänster
kammarhypertrofi låg amplitud normalt ekg patologiskt avvikande ventrikulära extraslag enstaka täta
möjlig trolig inferior anterior skada åldern obestämd nedsatt R-vågsprogression pacemaker frekvens
förlängd QT-tid gränsfall överväg ischemi i främre väggen""".split()
BLANKS = [
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\u00a0",
    "\u3000",
    "\u2003",
    "\u0085",
    "\u2028",
    "\x0b",
    "\x1c",
    "\u200b",
]
MARKS = list(".,;:-()/%°'\"!?…–„“") + ["'s", "'LL", "'re", "'ſ", " 's", "...", "\n\n"]


def _unicode(random, count, _):
    """Code points of all planes but surrogates, unassigned and private ones included: all mixed, or
    of one stretch of 256.
    """
    for k in range(count):
        length = int(random.integers(1, 48))
        start = 0 if k % 2 else int(random.integers(0, 0x1100)) * 256
        points = random.integers(start, 0x110000 if k % 2 else start + 256, length)
        yield (
            "".join(chr(p if p < 0xD800 or p > 0xDFFF else p - 0xD800) for p in points.tolist())
            + " a1"[k % 3]
        )


def _report(words):
    def texts(random, count, _):
        for n, values in zip(
            random.integers(4, 24, count).tolist(), random.integers(0, 2**31, (count, 24)).tolist()
        ):
            yield " ".join(
                words[v % len(words)]
                + (f" {v % 1000}/min" if v % 13 == 0 else "")
                + (MARKS[v % 7] if v % 5 == 0 else "")
                for v in values[:n]
            )

    return texts


def _spliced(pieces, longest):
    def texts(random, count, specials):
        have = pieces + (specials if pieces is MIXED else [])
        for n, values in zip(
            random.integers(1, longest, count).tolist(),
            random.integers(0, len(have), (count, longest)).tolist(),
        ):
            yield "".join(have[v] for v in values[:n])

    return texts


def _specials(random, count, specials):
    """Every special token in turn, whole and cut short, between words."""
    for k, values in enumerate(random.integers(0, 2**31, (count, 3)).tolist()):
        token = specials[k % len(specials)]
        cut = token[: values[0] % len(token) + 1] if k % 4 == 3 else token
        after = specials if k % 3 == 0 else MARKS
        before = f"{GERMAN[values[1] % len(GERMAN)]}{BLANKS[values[0] % 3]}"
        yield f"{before}{cut}{after[values[2] % len(after)]}Yes"


MIXED = (
    GERMAN
    + SWEDISH
    + BLANKS * 4
    + MARKS * 2
    + list("0123456789")
    + ["心房細動", "🫀", "ЧСС", "٣", "Ⅳ", "½", "e\u0301", "\U0001e4d0", "\U00031350", "\ue000"]
)
KINDS = {
    "random Unicode": (0.25, _unicode),
    "German reports": (0.2, _report(GERMAN)),
    "Swedish reports": (0.2, _report(SWEDISH)),
    "blanks": (0.1, _spliced(BLANKS * 3 + ["a", ".", "1"], 30)),
    "digits": (0.05, _spliced(list("0123456789") * 2 + [".", " ", "-", "٣", "½"], 30)),
    "special tokens": (0.1, _specials),
    "mixed": (0.1, _spliced(MIXED, 25)),
}


def kinds(random, count, specials):
    """About `count` texts by kind, for comparisons in bulk."""
    return {
        name: list(make(random, round(share * count), specials))
        for name, (share, make) in KINDS.items()
    }
