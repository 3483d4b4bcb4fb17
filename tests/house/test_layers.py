"""The modules include what docs/developers/architecture.md says, and check_layers.py finds what is
not so. Standard library only.
"""

import sys
import tempfile
from pathlib import Path

import check_layers
import picture

GOOD = {
    "src/CMakeLists.txt": "set(modules base wfdb ecg/page)\n",
    "src/base/CMakeLists.txt": "ecg_lora_module(SOURCES a.cpp)\n",
    "src/base/a.cpp": '#include "ecg_lora/base/a.h"\n#include "own.h"\n#include "generated.h"\n',
    "src/base/own.h": "",
    "include/ecg_lora/base/a.h": "",
    "src/wfdb/CMakeLists.txt": "ecg_lora_module(SOURCES w.cpp PUBLIC ecg_lora_base)\n",
    "src/wfdb/w.cpp": '#include "ecg_lora/base/a.h"\n',
    "include/ecg_lora/wfdb/w.h": "",
    "src/ecg/page/CMakeLists.txt": (
        "ecg_lora_module(SOURCES p.cpp)\n"
        "target_link_libraries(ecg_lora_ecg_page PRIVATE ecg_lora_wfdb)\n"
    ),
    "src/ecg/page/p.cpp": '#include "ecg_lora/wfdb/w.h"\n  #  include "ecg_lora/base/a.h"\n',
    "include/ecg_lora/ecg/page/p.h": (
        '#include "ecg_lora/ecg/page/q.h"\n'
        "namespace ecg_lora::wfdb {\nclass W;\n}\nnamespace ecg_lora::ecg::more {\nint g();\n"
    ),
    "tools/train/recipe.h": "",
    "docs/developers/architecture.md": (
        "# Architecture\n\n## Layers\n\n"
        '```mermaid\nflowchart LR\n  r["recordings<br>wfdb"] --> p["pages<br>ecg"]\n```\n\n'
        "| module | contains | may include |\n|---|---|---|\n"
        "| `base` | errors | - |\n| `wfdb` | records | `base` |\n"
        "| `ecg/page` | pages | `base`, `wfdb` |\n\n## Walks\n\n| `other` | a | `b` |\n"
    ),
}
PAGE = "docs/developers/architecture.md"
BAD = [  # (what is wrong, file, text put at its end or (old, new), a part of the finding)
    ("arrow", "src/base/own.h", '#include "ecg_lora/wfdb/w.h"\n', "src/base: includes 'wfdb'"),
    ("cycle", "src/base/own.h", '#include "ecg_lora/wfdb/w.h"\n', "base -> wfdb -> base"),
    ("unused row", PAGE, ("errors | -", "errors | `wfdb`"), "'base' includes nothing of 'wfdb'"),
    ("no row", PAGE, ("| `base` | errors | - |\n", ""), "what module 'base' contains"),
    ("no words", PAGE, ("errors", "?"), "what module 'base' contains"),
    ("row of nothing", PAGE, ("`base` | e", "`b` | e"), "there is no module 'b'"),
    ("tools", "src/wfdb/w.cpp", '#include "recipe.h"\n', "'recipe.h' is a header of tools/"),
    (
        "private",
        "src/wfdb/w.cpp",
        '#include "ecg/page/p.cpp"\n',
        "src/wfdb: includes 'ecg/page'",
    ),
    ("foreign", "src/wfdb/w.cpp", '#include "ecg_lora/old/a.h"\n', "'ecg_lora/old/a.h' is of no"),
    ("lost header", "include/ecg_lora/old/b.h", "//\n", "include/ecg_lora/old/b.h: of no module"),
    ("no link", "src/wfdb/CMakeLists.txt", (" PUBLIC ecg_lora_base", ""), "does not link 'base'"),
    ("hidden link", "src/wfdb/CMakeLists.txt", ("PUBLIC", "PRIVATE"), "does not link 'base'"),
    (
        "namespace",
        "src/wfdb/w.cpp",
        "namespace ecg_lora::old {\nint f();\n",
        "namespace 'old' in module 'wfdb'; expected wfdb",
    ),
    ("no picture", PAGE, ("mermaid", "text"), "no picture of the groups"),
    ("idle arrow", PAGE, ("r[", "p --> r\n  r["), "arrow p --> r is of no include"),
    (
        "missing arrow",
        PAGE,
        (" --> p[", "\n  p["),
        "no way r --> p, but 'ecg/page' includes 'wfdb'",
    ),
    ("not drawn", PAGE, ("<br>ecg", "<br>wfd"), "the picture lacks module 'ecg/page'"),
    ("drawn of nothing", PAGE, ("<br>ecg", "<br>ecg, old"), "'old', which is no module"),
    ("drawn twice", PAGE, ("<br>ecg", "<br>ecg, wfdb"), "the picture has 'wfdb' twice"),
    (
        "idle link",
        "src/base/CMakeLists.txt",
        "target_link_libraries(ecg_lora_base PRIVATE ecg_lora_ecg_page)\n",
        "links 'ecg/page', which it does not include",
    ),
]


def findings(change=None):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        files = dict(GOOD)
        if change:
            name, edit = change
            text = files.get(name, "")
            files[name] = text.replace(*edit) if isinstance(edit, tuple) else text + edit
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        rows = check_layers.rows_of(files[PAGE])
        tree = check_layers.Tree(root)
        check_layers.write(root / PAGE, tree)
        written = (root / PAGE).read_text(encoding="utf-8")
        found = check_layers.compare(tree, rows)
        found += picture.compare_picture(tree, picture.Picture(files[PAGE]))
        return found, written == GOOD[PAGE]


def main():
    found, same = findings()
    failures = [f"a good tree: expected no finding, got {found}"] if found else []
    if not same:
        failures.append("a good tree: expected the table as it was, got another one")
    for name, file, edit, part in BAD:
        found, _ = findings((file, edit))
        if not any(part in line for line in found):
            failures.append(f"{name}: expected '{part}', got {found}")
    print("\n".join(failures))
    sys.argv = sys.argv[:1]
    return max(int(bool(failures)), check_layers.main())


if __name__ == "__main__":
    sys.exit(main())
