"""The stand-in of what users download, and what they do with it: from_hub.py, the paper.

    python tests/users/check_users.py --bin build/bin [--only NAME]

Exits 77 if pyarrow or llama-models is not installed.
"""

import filecmp
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from checks import options_of, run_checks, work_folder

ROOT = Path(__file__).resolve().parents[2]
FILES = [  # of the model's repository on the hub, without original/
    ".gitattributes",
    "LICENSE.txt",
    "README.md",
    "USE_POLICY.md",
    "chat_template.json",
    "config.json",
    "generation_config.json",
    "model.safetensors.index.json",
    *(f"model-0000{i}-of-00005.safetensors" for i in range(1, 6)),
    "preprocessor_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
]


class World:
    """Folders of a check. `stand_in` is made once."""

    def __init__(self, programs: Path, root: Path):
        self.programs, self.root, self.stand_in = programs.resolve(), root, root / "downloads"

    def run(self, command: list, code: int = 0) -> subprocess.CompletedProcess:
        """Runs a command; its exit code must be `code`."""
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, cwd=self.root
        )
        assert done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def make(self, out: Path):
        self.run([sys.executable, ROOT / "tests/users/stand_in.py", out, "--bin", self.programs])

    @staticmethod
    def same_tree(left: Path, right: Path):
        """Both folders hold the same files with the same bytes."""
        names = [
            sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())
            for root in (left, right)
        ]
        assert names[0] == names[1], set(names[0]) ^ set(names[1])
        _, differ, errors = filecmp.cmpfiles(left, right, names[0], shallow=False)
        assert not differ and not errors, (differ, errors)


def stand_in_is_what_users_download(world):
    world.make(world.stand_in)
    model = world.stand_in / "Llama-3.2-11B-Vision-Instruct"
    assert sorted(path.name for path in model.iterdir()) == sorted(FILES)
    said = json.loads(world.run([world.programs / "ecg-lora-inspect", model, "--json"]).stdout)
    assert said["parameters"][-1]["tensors"] == 906 and said["tensors"]["complete"], said
    assert said["weights"]["shards"] == 5 and said["weights"]["dtype"] == ["bf16"], said
    assert said["tokenizer"]["image_token"] == 128256, said
    assert said["tokenizer"]["chat_template"] == "December 2024", said
    for name in "ptb-xl", "mimic-iv-ecg":
        sums = ["sha256sum", "--check", "--quiet", "SHA256SUMS.txt"]
        subprocess.run(sums, cwd=world.stand_in / name, check=True)


def stand_in_is_the_same_again(world):
    world.make(world.root / "again")
    world.same_tree(world.stand_in, world.root / "again")


def main():
    options = options_of(__doc__).parse_args()
    for package in "pyarrow", "llama_models", "numpy":
        if not importlib.util.find_spec(package):
            print(f"skipped: {package} is not installed")
            return 77
    import hub_checks
    import hub_faults
    import paper_checks

    checks = [
        stand_in_is_what_users_download,
        stand_in_is_the_same_again,
        *hub_checks.CHECKS,
        *hub_faults.CHECKS,
        *paper_checks.CHECKS,
    ]
    with work_folder("users") as root:
        world = World(options.bin, root)
        first = [stand_in_is_what_users_download]
        return run_checks(world, checks, options.only, always=first, essential=first)


if __name__ == "__main__":
    sys.exit(main())
