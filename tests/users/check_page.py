"""Every command of docs/users/llama-11b.md, run in order in a new folder on a small stand-in.

    python tests/users/check_page.py --bin build/bin [--update]

Blocks of the page: `sh` and `python` are run; `text` is what the command before prints, or a piece
of a file, and is compared. A block of another kind, a command that fails, and a fetch or a job that
has no substitute fail the test. --update writes the outputs of `plan` into the page.

Substitutes (shims.py), because a test has no network, no eight GPUs, no cluster and no hour:

    git clone            links to the files under test
    python3 -m venv      an environment that changes nothing
    pip install          nothing; the files that it is given must exist
    scripts/build.sh     build/bin with links to the executables under test
    ecg-lora-train       the real one, with 3 steps of 2 batches of 2 pages
    reproduce_paper.sh   the real one, with 4 records and short answers (paper_checks.py: whole)
    hf, wget, aws        copy the stand-in (stand_in.py); the zip is made of it
    torchrun             the real one, with 2 processes
    sbatch               runs the job at once, and signals its processes after the first step
    srun                 2 processes; leaves with the highest exit code
    scontrol requeue     lets sbatch run the job again
    tensorboard          looks for event files

`plan` is run twice: in the walk, and on the config.json of the real shape for the outputs on the
page. Needs what stand_in.py needs, transformers and peft; exits 77 without them.
"""

import importlib.util
import json
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "bench")]

import llama_11b
import shims_slurm
from checks import options_of, run_checks, work_folder
from page_world import FENCE, PAGE, World

NEEDED = ["pyarrow", "llama_models", "numpy", "transformers", "peft", "PIL"]


def stand_in_is_made(w: World) -> None:
    script = ROOT / "tests/users/stand_in.py"
    w.run([sys.executable, script, w.root / "downloads", "--bin", w.binaries])


def page_has_known_blocks(w: World) -> None:
    """Nothing that looks like a command hides from the walk."""
    kinds = {kind for kind, _ in w.blocks}
    assert kinds == {"sh", "python", "text"}, kinds
    prose = FENCE.sub("", PAGE.read_text())
    assert "```" not in prose, "a block is not closed, or is indented"
    indented = re.findall(r"^(?: {4}|\t).*", prose, re.MULTILINE)
    assert not indented, f"blocks must be fenced: {indented}"
    shown = "".join(block for _, block in w.blocks)
    whole = re.findall(r"`(ecg-lora \w+ [^`\n]*--[^`\n]+)`", prose)
    assert all(command in shown for command in whole), f"some of these are not run: {whole}"


def every_command_runs(w: World) -> None:
    for kind, block in w.blocks:
        if kind == "text":
            continue
        start = os.times()
        w.run_shell(block) if kind == "sh" else w.run_python(block)
        end = os.times()
        cpu = sum(end[2:4]) - sum(start[2:4])  # of the programs that were run
        print(
            f"  {end.elapsed - start.elapsed:6.1f} s, {cpu:5.1f} s of CPU: "
            f"{block.splitlines()[0][:70]}",
            flush=True,
        )


def plan_outputs(w: World) -> list:
    """The blocks of `plan` whose output is on the page, with what they print for the real shape."""
    folder = w.root / "real"
    model = folder / "Llama-3.2-11B-Vision-Instruct"
    model.mkdir(parents=True)
    (model / "config.json").write_text(json.dumps(llama_11b.config()))
    (folder / "configs").symlink_to(ROOT / "configs")
    blocks = [
        block
        for (kind, block), (after, _) in zip(w.blocks, w.blocks[1:])
        if kind == "sh" and after == "text" and block.startswith("ecg-lora plan")
    ]
    path = f"PATH={w.binaries}:$PATH\n"
    return [(block, w.run(["bash", "-c", path + block], cwd=folder)) for block in blocks]


def plans_print_what_the_page_shows(w: World) -> None:
    page, outputs = PAGE.read_text(), plan_outputs(w)
    commands = "".join(block for block, _ in outputs)
    for memory in ("24", "48", "80", "32 --set compute.device=cpu"):
        assert f"--device-memory {memory}" in commands, f"no plan for {memory}"
    for block, output in outputs:
        assert f"```sh\n{block}```\n\n```text\n{output}```\n" in page, (
            f"the page shows something else for:\n{block}\n{output}\nrun this with --update"
        )


def job_script_is_the_file(w: World) -> None:
    lines = iter((ROOT / "scripts/train.sbatch").read_text().splitlines())
    shown = next(block for kind, block in w.blocks if kind == "text" and "#SBATCH" in block)
    missing = [line for line in shown.splitlines() if line not in lines]  # goes on in `lines`
    assert not missing, f"scripts/train.sbatch does not have, in this order: {missing}"


def fetches_are_those_of_the_page(w: World) -> None:
    downloads = [call for call in w.called("hf") if call[0] == "download"]
    fetched = [call[1] for call in downloads if "--dry-run" not in call]
    assert fetched == ["meta-llama/Llama-3.2-11B-Vision-Instruct", "PULSE-ECG/ECGInstruct"], fetched
    assert [len(w.called(name)) for name in ("wget", "aws", "sbatch")] == [1, 1, 1]


def job_is_queued_again_and_goes_on(w: World) -> None:
    """Signalled, it left with 75; resumed, it made the adapter of the run that was not stopped."""
    job = w.clone / f"slurm-{shims_slurm.JOB}"
    codes = json.loads((job / "codes").read_text())
    assert codes == [75, 0], f"exit codes {codes}\n{(job / 'log').read_text()}"
    lines = map(json.loads, (w.runs / "slurm/metrics.jsonl").read_text().splitlines())
    steps = [line["step"] for line in lines if "loss" in line]
    assert steps == [1, 2, 3], steps
    eight, slurm = (
        (w.runs / run / "adapter/adapter_model.safetensors").read_bytes()
        for run in ("eight", "slurm")
    )
    assert eight == slurm, "a run that was stopped and resumed gave another adapter"


def results_are_there(w: World) -> None:
    card = (w.runs / "train/adapter/README.md").read_text()
    assert "training data: `ECGInstruct/ECGInstruct.jsonl`" in card, card
    labels = json.loads((w.runs / "after/scores.json").read_text())["labels"]
    assert sorted(label["label"] for label in labels) == ["CD", "HYP", "MI", "NORM", "STTC"]
    assert (w.runs / "train/report.html").stat().st_size > 10_000
    assert "0.98" in (w.clone / "runs/paper/paper.md").read_text()
    merged = json.loads((w.runs / "merged/model.safetensors.index.json").read_text())
    assert len(merged["weight_map"]) == 906


def update(w: World) -> None:
    page = PAGE.read_text()
    for block, output in plan_outputs(w):
        before = f"```sh\n{block}```\n\n```text\n"
        start = page.index(before) + len(before)
        page = page[:start] + output + page[page.index("```", start) :]
    PAGE.write_text(page)


WALK = [stand_in_is_made, every_command_runs]
CHECKS = [
    page_has_known_blocks,
    plans_print_what_the_page_shows,
    job_script_is_the_file,
    *WALK,
    fetches_are_those_of_the_page,
    job_is_queued_again_and_goes_on,
    results_are_there,
]


def main() -> int:
    parser = options_of(__doc__)
    parser.add_argument("--update", action="store_true", help="write plan's outputs into the page")
    options = parser.parse_args()
    missing = [name for name in NEEDED if not importlib.util.find_spec(name)]
    if missing:
        print(f"skipped: {', '.join(missing)} not installed")
        return 77
    with work_folder("page") as folder:
        w = World(options.bin.resolve(), folder)
        if options.update:
            return update(w) or 0
        return run_checks(w, CHECKS, options.only, essential=WALK)


if __name__ == "__main__":
    sys.exit(main())
