"""Writes src/text/unicode_ranges.h: which code points are letters and numbers for the split of
Llama 3's tokenizer.

    python tests/text/make_unicode_classes.py > src/text/unicode_ranges.h

The properties are tiktoken's (those of its regular expressions), found by trying every code point,
so that the split does not change with the Unicode version of a system library.
"""

import tiktoken

BYTES = {bytes([value]): value for value in range(256)}


def ranges(expression):
    matcher = tiktoken.Encoding(
        "probe", pat_str=expression, mergeable_ranks=BYTES, special_tokens={}
    )
    result = []
    for point in range(0x110000):
        if 0xD800 <= point < 0xE000 or not matcher.encode_ordinary(chr(point)):
            continue
        if result and result[-1][1] == point - 1:
            result[-1][1] = point
        else:
            result.append([point, point])
    return result


def table(name, expression):
    entries = ["{0x%x, 0x%x}" % tuple(pair) for pair in ranges(expression)]
    lines = [", ".join(entries[k : k + 8]) for k in range(0, len(entries), 8)]
    return f"constexpr CodeRange {name}[] = {{\n    " + ",\n    ".join(lines) + "};"


def main():
    print(
        "// First and last code points of letters, numbers and blanks; written by "
        f"tests/text/make_unicode_classes.py with tiktoken {tiktoken.__version__}."
    )
    print(
        "#pragma once\n\nnamespace ecg_lora::text {\n\nstruct CodeRange {\n  char32_t first, "
        "last;\n};\n"
    )
    print(
        "\n\n".join(
            [table("kLetters", r"\p{L}"), table("kNumbers", r"\p{N}"), table("kBlanks", r"\s")]
        )
    )
    print("\n}  // namespace ecg_lora::text")


if __name__ == "__main__":
    main()
