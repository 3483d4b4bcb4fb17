"""The peer's side of compare.py: transformers and peft, one command a line on stdin, the same
replies as bench_train.

With --random it draws the weights as bench_train does (random_model.h). Its settings:
scaled_dot_product_attention, no cache in training, fused AdamW, adapters on the same linears,
inference_mode and the last real position's logits alone where only those are asked for. Dropout is
0, which peft turns into no layer at all.
"""

import argparse
import json
import sys
import time
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import MllamaConfig, MllamaForConditionalGeneration

sys.path.append(str(Path(__file__).parent.parent))
from peaks import status

DISK = {
    "model.vision_model.": "vision_model.",
    "model.multi_modal_projector.": "multi_modal_projector.",
    "model.language_model.": "language_model.model.",
    "lm_head.": "language_model.lm_head.",
}


def name_on_disk(name):
    start = next(key for key in DISK if name.startswith(key))
    return DISK[start] + name.removeprefix(start)


@torch.no_grad()
def draw_weights(model):
    """The i-th tensor by name on disk from seed i."""
    tensors = {name_on_disk(name): tensor for name, tensor in model.named_parameters()}
    for i, name in enumerate(sorted(tensors, key=str.encode)):
        torch.manual_seed(i)
        tensors[name].normal_(1 if "norm" in name and name.endswith(".weight") else 0, 0.02)


def make_model(options, dtype):
    if not options.random:
        return MllamaForConditionalGeneration.from_pretrained(
            options.model, dtype=dtype, attn_implementation="sdpa"
        ).to(options.device)
    with torch.device(options.device):
        model = MllamaForConditionalGeneration._from_config(
            MllamaConfig.from_pretrained(options.model), dtype=dtype, attn_implementation="sdpa"
        )
    model.requires_grad_(False)
    draw_weights(model)
    return model


class Memory:
    """The most since a moment: on the CPU what the process has resident, on CUDA what torch has
    allocated for tensors; kB.
    """

    def __init__(self, device):
        self.cuda = device != "cpu"

    def now(self):
        return torch.cuda.memory_allocated() // 1024 if self.cuda else status("VmRSS:")

    def peak(self):
        return torch.cuda.max_memory_allocated() // 1024 if self.cuda else status("VmHWM:")

    def reset(self):
        if self.cuda:
            torch.cuda.reset_peak_memory_stats()
        else:
            with open("/proc/self/clear_refs", "w") as file:
                file.write("5")


class Peer:
    def __init__(self, options):
        dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[options.dtype]
        base = make_model(options, dtype)
        base.config.use_cache = False
        self.model = PeftModel.from_pretrained(base, options.adapter, is_trainable=True)
        if options.checkpointing:
            base.gradient_checkpointing_enable({"use_reentrant": False})
        self.inputs = {
            k: v.to(dtype) if v.is_floating_point() else v
            for k, v in load_file(options.inputs, device=options.device).items()
        }
        self.adapter = [(n, p) for n, p in self.model.named_parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(
            [p for _, p in self.adapter], lr=1e-4, weight_decay=0.01, fused=True
        )

    def run(self, what, argument):
        return getattr(self, what)(argument)

    def step(self, _):
        self.model.train()
        self.optimizer.zero_grad()
        loss = self.model(**self.inputs, use_cache=False).loss
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_([p for _, p in self.adapter], 1.0)
        self.optimizer.step()
        return {"value": loss.item(), "norm": norm.item()}

    def gradients(self, file):
        self.model.train()
        self.optimizer.zero_grad()
        loss = self.model(**self.inputs, use_cache=False).loss
        loss.backward()
        save_file(
            {
                self.name(n): (torch.zeros_like(p) if p.grad is None else p.grad).cpu()
                for n, p in self.adapter
            },
            file,
        )
        self.optimizer.zero_grad()
        return {"value": loss.item()}

    def adapter_tensors(self, file):
        save_file({self.name(n): p.detach().cpu().contiguous() for n, p in self.adapter}, file)
        return {}

    @staticmethod
    def name(parameter):
        return parameter.replace(".default.", ".")

    @torch.inference_mode()
    def forward(self, _):
        self.model.eval()
        inputs = {k: v for k, v in self.inputs.items() if k != "labels"}
        logits = self.model(**inputs, use_cache=False).logits
        return {"value": logits[inputs["attention_mask"].bool()].float().abs().mean().item()}

    @torch.inference_mode()
    def loss(self, _):
        self.model.eval()
        return {"value": self.model(**self.inputs, use_cache=False).loss.item()}

    @torch.inference_mode()
    def evaluate(self, _):
        self.model.eval()
        inputs = {k: v for k, v in self.inputs.items() if k != "labels"}
        base = self.model.get_base_model()
        states = base.model(**inputs, use_cache=False).last_hidden_state
        last = inputs["attention_mask"].sum(1) - 1
        logits = base.lm_head(states[torch.arange(len(last), device=last.device), last]).double()
        return {"value": torch.sigmoid(logits[:, 5] - logits[:, 6]).tolist()}


def main():
    parser = argparse.ArgumentParser()
    for name in "model", "adapter", "inputs":
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--random", action="store_true")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="fp32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--checkpointing", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.mm(torch.ones(64, 64), torch.ones(64, 64))
    out, sys.stdout = sys.stdout, sys.stderr
    memory = Memory(options.device)
    idle = memory.now()
    peer = Peer(options)
    print(json.dumps({"idle_kb": idle}), file=out, flush=True)
    for line in sys.stdin:
        what, argument = line.split()
        memory.reset()
        start, processor = time.perf_counter(), time.process_time()
        reply = peer.run({"adapter": "adapter_tensors"}.get(what, what), argument)
        if options.device != "cpu":
            torch.cuda.synchronize()
        reply["cpu"] = time.process_time() - processor
        reply["seconds"] = time.perf_counter() - start
        reply["peak_kb"] = memory.peak()
        print(json.dumps(reply), file=out, flush=True)


if __name__ == "__main__":
    main()
