"""What scripts/counts.py takes for functions, and for lines that are too long. Standard library
only.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import counts

CODE = """// A comment with { and (
#define OPEN {
namespace ecg_lora {
namespace {
constexpr std::array<int, 2> kValues{1, 2};
const auto kTable = [] { return f({}); }();
const char* kText = R"(int no() {
})";

struct Lead {
  Lead() : name_{"}"}, size_(1) {
    for (const char c : "{(") use(c);
  }
  int size() const { return size_; }
  bool operator==(const Lead& other) const;
};

template <class T>
std::vector<T> twice(const std::vector<T>& values,
                     const Options& options = {}) {
  if (values.empty()) {
    return {};
  }
  return {};
}
}  // namespace

bool Lead::operator==(const Lead& other) const {
  return true;
}

TEST(Lead, HasAName) {
  EXPECT_EQ(count, 1'000);
}
}  // namespace ecg_lora
"""
EXPECTED = [
    ("Lead", 11, 13),
    ("size", 14, 14),
    ("twice", 19, 25),
    ("Lead::operator==", 28, 30),
    ("TEST", 32, 34),
]
LONG = "word " * 21
PAGE = f"{LONG}\n\n| {LONG} |\n\n    ecg-lora train {LONG}\n\n```\n{LONG}\n```\n\n# {LONG}\n"
LINES = {
    "C++ and CUDA": 1,
    "Markdown, code and commands": 2,
    "Markdown, headings and links": 1,
    "Markdown, table rows": 1,
    "Markdown, text": 1,
}


def main():
    failures = []
    if (found := counts.functions(CODE)) != EXPECTED:
        failures.append(f"functions: expected {EXPECTED}, got {found}")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "page.md").write_text(PAGE)
        (root / "a.cpp").write_text(f"// {LONG}\n// short\n")
        if (lines := dict(counts.long_lines(root, ["a.cpp", "page.md"]))) != LINES:
            failures.append(f"long lines: expected {LINES}, got {lines}")
    print("\n".join(failures))
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
