"""The documents lead somewhere, and check_docs.py finds what a glossary names that does not exist.
Standard library only.
"""

import sys
import tempfile
from pathlib import Path

import check_docs
import glossary

FILES = {
    "src/ecg/wfdb/CMakeLists.txt": "ecg_lora_module(SOURCES a.cpp)\n",
    "include/ecg_lora/ecg/wfdb/record.h": "struct Record {\n  int length() const;\n};\n",
    "src/nn/kernels/CMakeLists.txt": "if(x)\n  ecg_lora_module(SOURCES b.cpp)\nendif()\n",
    "src/nn/kernels/matmul.h": "void matmul(int);\nTORCH_MODULE(Linear);\nenum class Kind {};\n",
    "src/base/CMakeLists.txt": "ecg_lora_module(SOURCES c.cpp)\n",
    "include/ecg_lora/base/lock.h": "class OutputLock {};\n",
    "tools/eval/main.cpp": "",
}
ROWS = {  # what is in the third cell: a part of the finding, or none
    "`wfdb::Record`": None,
    "`wfdb::Record::length`": None,
    "`nn::Linear`, `nn::kernels::Kind`, `kernels::matmul`": None,
    "`nn/kernels/matmul.h`": None,
    "`ecg/wfdb/record.h`": None,
    "module `ecg`": None,
    "module `nn/kernels`": None,
    "`OutputLock`": None,
    "`tools/`": None,
    "": None,
    "`wfdb::Lead`": "no Lead in a header of ecg/wfdb",
    "`wfdb::Record::width`": "no width",
    "`old::Record`": "no module 'old'",
    "`nn::kernels::Record`": "no Record in a header of nn/kernels",
    "`wfdb/record.h`": "no such file",
    "module `wfdb`": "no such module",
    "`Shard`": "no such type in a header of base",
    "`tool/`": "no such folder",
}
TWICE = "| term | meaning here | where |\n|---|---|---|\n| a, b | one | |\n| b | another | |\n"


def main():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        code = glossary.Code(Path(folder))
        for where, said in ROWS.items():
            found = list(glossary.glossary_faults(f"| term of it | words | {where} |\n", code))
            if bool(found) != bool(said) or (said and said not in found[0]):
                failures.append(f"{where}: expected {said}, got {found}")
        found = list(glossary.glossary_faults(TWICE, code))
        if found != ["glossary.md: 'b' has two rows"]:
            failures.append(f"a term of two rows: got {found}")
    tests = {("Paper", "Moves"), ("Paper", "*")}
    text = "`Paper.Moves`, `Paper.*`, `CMakeLists.txt`\n```\n`Paper.InABlock`\n```\n`Paper.Gone`\n"
    if (found := list(check_docs.missing_tests(text, tests))) != ["there is no test Paper.Gone"]:
        failures.append(f"a test that is gone: got {found}")
    print("\n".join(failures))
    sys.argv = sys.argv[:1]
    return max(int(bool(failures)), check_docs.main())


if __name__ == "__main__":
    sys.exit(main())
