"""Time of a page against matplotlib's, in one run on one core: a letter page at 200 dpi (2200 x
1700 px) with a 500 Hz recording, to PNG.

    pip install -r bench/render/requirements.txt
    python bench/render/compare.py --render build/bin/ecg-lora-render --folder RECORDS [--pages 10]

RECORDS is a folder of 12-lead WFDB recordings of ten seconds. matplotlib's page is drawn by
ecg-plot (PyPI), once to warm up and then `pages` times. Both are CPU times, so that other work on
the machine does not count. Peak memory is that of the whole processes.
"""

import argparse
import sys
import tempfile
import time
import warnings
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import ecg_plot
import matplotlib.pyplot as plt
import numpy as np

sys.path.append(str(Path(__file__).parent.parent))
import peaks

LEADS = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"]


def samples(seed: int) -> np.ndarray:
    """What 3x4 shows of twelve leads: 2.5 s with a beat a second. The rhythm strip that ours draws
    besides is left out.
    """
    seconds = np.arange(1250) / 500
    beat = np.exp(-((((seconds % 1) - 0.4) / 0.012) ** 2)) + 0.25 * np.exp(
        -((((seconds % 1) - 0.65) / 0.05) ** 2)
    )
    return np.outer(np.linspace(-0.5, 1.5, 12), beat) + np.random.default_rng(seed).normal(
        0, 0.01, (12, 1250)
    )


def matplotlib_page(file: Path, seed: int) -> None:
    ecg_plot.plot(
        samples(seed), sample_rate=500, title="ECG", columns=4, lead_index=LEADS, row_height=6
    )
    figure = plt.gcf()
    figure.set_size_inches(11, 8.5)
    figure.savefig(file, dpi=200)
    plt.close(figure)


def matplotlib_ms(pages: int) -> float:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = Path(folder) / "page.png"
        matplotlib_page(file, 0)
        start = time.process_time()
        for seed in range(pages):
            matplotlib_page(file, seed + 1)
        return 1e3 * (time.process_time() - start) / pages


def stages(render: Path, folder: Path, pages: int, *fields: str) -> tuple[dict[str, float], float]:
    """CPU milliseconds a page, by stage, as `ecg-lora render --benchmark` prints them, and peak
    memory in MiB.
    """
    command = [
        render,
        "--folder",
        folder,
        "--limit",
        str(pages),
        "--benchmark",
        "--workers",
        "1",
        *(["--set", *fields] if fields else []),
    ]
    out, _, _, peak = peaks.run(command)
    rows = [
        line.split()
        for line in out.splitlines()
        if line.split()[:1] and line.split()[0] in ("read", "draw", "png", "all")
    ]
    return {row[0]: float(row[1]) for row in rows}, peak


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--render", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=10)
    options = parser.parse_args()
    small, _ = stages(options.render, options.folder, options.pages)
    large, peak = stages(
        options.render, options.folder, options.pages, "paper=letter", "header=true"
    )
    other = matplotlib_ms(options.pages)
    print(f"1120 x 864 px in memory         {small['draw']:8.2f} ms    (at most 6)")
    print(
        f"2200 x 1700 px to PNG           {large['all']:8.2f} ms    (read {large['read']:.2f}, "
        f"draw {large['draw']:.2f}, PNG {large['png']:.2f})"
    )
    print(
        f"2200 x 1700 px, matplotlib      {other:8.2f} ms    ({other / large['all']:.1f} times as "
        "long; at least 20)"
    )
    print(peaks.peak_line(peak, "matplotlib"))


if __name__ == "__main__":
    main()
