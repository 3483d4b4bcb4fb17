"""What docs/developers/glossary.md names, against the headers of the modules, for check_docs.py."""

import re
from pathlib import Path


class Code:
    """Modules of a repository, and the names that their files declare."""

    def __init__(self, root):
        self.root = root
        files = (root / "src").rglob("CMakeLists.txt")
        self.modules = {
            file.parent.relative_to(root / "src").as_posix()
            for file in files
            if re.search(r"^\s*ecg_lora_module\(", file.read_text(), re.MULTILINE)
        }
        self.texts = {}  # of a module

    def text(self, module):
        if module not in self.texts:
            folders = [self.root / base / module for base in ("include/ecg_lora", "src")]
            files = [file for folder in folders for file in sorted(folder.glob("*.h"))]
            self.texts[module] = "\n".join(file.read_text() for file in files)
        return self.texts[module]

    def is_module(self, name):
        """Whether it is a module, or a family of some."""
        return name in self.modules or any(m.startswith(f"{name}/") for m in self.modules)

    def has_name(self, name, modules):
        """Whether a header of these modules declares a type or function of that name."""
        kinds = r"(?:class|struct|enum|enum class|using|concept|TORCH_MODULE\()\s*"
        declared = re.compile(rf"{kinds}{name}\b|(?<![\w.>]){name}\(")
        return any(declared.search(self.text(module)) for module in modules)

    def of_namespace(self, name):
        name = {"exports": "export"}.get(name, name)
        return {module for module in self.modules if name in module.split("/")}

    def missing(self, name):
        """What there is not of a name in the glossary, or None."""
        if "::" in name:
            namespace, _, rest = name.partition("::")
            modules = self.of_namespace(namespace)
            if not modules:
                return f"no module '{namespace}'"
            first, *more = rest.split("::")
            if more and self.of_namespace(first) & modules:
                modules, first, more = self.of_namespace(first) & modules, more[0], more[1:]
            for part in (first, *more):
                if not self.has_name(part, modules):
                    return f"no {part} in a header of {', '.join(sorted(modules))}"
        elif "." in name:
            places = [self.root / base / name for base in ("include/ecg_lora", "src", "")]
            return None if any(map(Path.exists, places)) else "no such file"
        elif name.endswith("/"):
            return None if (self.root / name).is_dir() else "no such folder"
        elif name[:1].isupper():
            return None if self.has_name(name, ["base"]) else "no such type in a header of base"
        elif not self.is_module(name):
            return "no such module"
        return None


def glossary_faults(text, code):
    """Of the glossary: names that the code does not have, and terms with two rows."""
    seen = set()
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("| ") or len(cells) != 3 or cells[0] == "term":
            continue
        for term in cells[0].split(", "):
            if term in seen:
                yield f"glossary.md: '{term}' has two rows"
            seen.add(term)
        for name in re.findall(r"`([^`]+)`", cells[2]):
            if fault := code.missing(name):
                yield f"glossary.md: '{cells[0]}' names {name}: {fault}"
