"""Codes, scales and dense values of quantised weights against bitsandbytes, bit for bit.

    python tests/nn/check_quantised.py build/bin/quantised_values

The codes of the absmaxes are held against bitsandbytes' portable kernel, whose definition its GPU
kernels share. Its CPU kernel looks values up on a grid of 65,536 points instead, so that a few of
its codes are not the nearest: ours must never be further from the absmax, nor nearer by more than
the grid explains.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import bitsandbytes.functional as bnb
    import torch
    from safetensors.torch import load_file, save_file
except ImportError as missing:
    print(f"skipped: {missing.name} is not installed")
    sys.exit(77)

DTYPES = {"Float": torch.float32, "BFloat16": torch.bfloat16, "Half": torch.float16}


def weights() -> dict[str, torch.Tensor]:
    print("seed", torch.seed())
    outliers = torch.randn(96, 320) * 0.02
    outliers[torch.rand(96, 320) < 0.001] *= 50
    zeros = torch.randn(64, 128) * 0.02
    zeros[3] = 0
    zeros[10, :64] = 0
    made = {
        "normal": torch.randn(512, 1024) * 0.03,
        "heavy": torch.distributions.StudentT(3.0).sample((256, 704)) * 0.01,
        "outliers": outliers,
        "zeros": zeros,
        "uneven": torch.randn(37, 53) * 0.1,
        "row": torch.randn(1, 64),
        "tiny": torch.randn(3, 5),
        "small": torch.randn(128, 256) * 1e-6,
    }
    made |= {
        f"{name}_bf16": made[name].bfloat16() for name in ("normal", "outliers", "zeros", "uneven")
    }
    made |= {f"{name}_fp16": made[name].half() for name in ("normal", "uneven")}
    return made


def portable(op, *arguments):
    """The kernel that bitsandbytes runs on devices that it has no own one for."""
    return op.redispatch(
        torch._C.DispatchKeySet(torch._C.DispatchKey.CompositeExplicitAutograd), *arguments
    )


def same(what: str, ours: torch.Tensor, theirs: torch.Tensor) -> None:
    theirs = theirs.reshape(ours.shape)
    assert ours.dtype == theirs.dtype, f"{what}: {ours.dtype}, expected {theirs.dtype}"
    assert torch.equal(ours, theirs), (
        f"{what}: {(ours != theirs).sum().item()} of {ours.numel()} differ"
    )


def check_nf4(name: str, weight: torch.Tensor, ours: dict[str, torch.Tensor]) -> int:
    codes, state = bnb.quantize_4bit(
        weight, blocksize=64, compress_statistics=True, quant_type="nf4"
    )
    same(f"{name}: codes", ours["codes"], codes)
    same(f"{name}: offset", ours["absmax_offset"], state.offset)
    same(f"{name}: scales", ours["absmax_scale"], state.state2.absmax)
    absmax = (
        torch.ops.bitsandbytes.quantize_4bit.default(weight, 64, "nf4", torch.uint8)[1]
        - state.offset
    )
    nested, _ = portable(
        torch.ops.bitsandbytes.quantize_blockwise.default, absmax, state.state2.code, 256
    )
    same(f"{name}: absmax", ours["absmax"], nested)
    ours_off, theirs_off = [
        (bnb.dequantize_blockwise(q.flatten(), state.state2) - absmax).abs()
        for q in (ours["absmax"], state.absmax)
    ]
    grid = state.state2.absmax.max().item() / 65535
    assert (ours_off - theirs_off).max().item() <= 1e-3 * grid, (
        f"{name}: the CPU kernel's codes are nearer"
    )
    assert (theirs_off - ours_off).max().item() <= 2.1 * grid, (
        f"{name}: the CPU kernel's codes are further than its grid explains"
    )
    state.absmax = nested
    for label, dtype in DTYPES.items():
        state.dtype = dtype
        same(
            f"{name}: values in {label}", ours[f"dense.{label}"], bnb.dequantize_4bit(codes, state)
        )
    return weight.numel()


def check_int8(name: str, weight: torch.Tensor, ours: dict[str, torch.Tensor]) -> int:
    half = weight.half()
    zero = half.abs().amax(1) == 0  # bitsandbytes divides by it
    codes, absmax, _ = bnb.int8_vectorwise_quant(half)
    same(f"{name}: absmax", ours["absmax"], absmax)
    same(f"{name}: codes", ours["codes"][~zero], codes[~zero])
    assert not ours["codes"][zero].any(), f"{name}: a row of zeros has codes"
    values = torch.ops.bitsandbytes.int8_vectorwise_dequant(ours["codes"], absmax)
    for label, dtype in DTYPES.items():
        same(f"{name}: values in {label}", ours[f"dense.{label}"], values.to(dtype))
    return weight.numel()


def main(program: str) -> int:
    torch.set_num_threads(1)  # one order of summation for the mean of the absmaxes
    made, count = weights(), 0
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "weights.safetensors", Path(folder) / "out.safetensors"
        save_file(made, path)
        subprocess.run([program, path, out], check=True, env={"OMP_NUM_THREADS": "1"})
        found = load_file(out)
    for name, weight in made.items():
        for kind, check in (("nf4", check_nf4), ("int8", check_int8)):
            prefix = f"{name}.{kind}."
            count += check(
                f"{name}, {kind}",
                weight,
                {
                    key.removeprefix(prefix): value
                    for key, value in found.items()
                    if key.startswith(prefix)
                },
            )
    print(
        f"{count} values of {len(made)} weights: codes, scales and dense values equal bitsandbytes'"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
