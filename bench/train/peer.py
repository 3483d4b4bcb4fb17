"""The peer's side of compare.py: transformers and peft, one command a line on stdin, the same replies as bench_train.

Its settings: scaled_dot_product_attention, no cache in training, fused AdamW, adapters on the same linears, inference_mode and the last
real position's logits alone where only those are asked for. Dropout is 0, which peft turns into no layer at all.
"""

import argparse
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import MllamaForConditionalGeneration


def status(key):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(key))


class Peer:
    def __init__(self, options):
        dtype = {"fp32": torch.float32, "bf16": torch.bfloat16}[options.dtype]
        base = MllamaForConditionalGeneration.from_pretrained(options.model, dtype=dtype, attn_implementation="sdpa")
        base.config.use_cache = False
        self.model = PeftModel.from_pretrained(base, options.adapter, is_trainable=True)
        if options.checkpointing:
            base.gradient_checkpointing_enable({"use_reentrant": False})
        self.inputs = {k: v.to(dtype) if v.is_floating_point() else v for k, v in load_file(options.inputs).items()}
        self.adapter = [(n, p) for n, p in self.model.named_parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW([p for _, p in self.adapter], lr=1e-4, weight_decay=0.01, fused=True)

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
        save_file({self.name(n): torch.zeros_like(p) if p.grad is None else p.grad for n, p in self.adapter}, file)
        self.optimizer.zero_grad()
        return {"value": loss.item()}

    def adapter_tensors(self, file):
        save_file({self.name(n): p.detach().contiguous() for n, p in self.adapter}, file)
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
        logits = base.lm_head(states[torch.arange(len(last)), last]).double()
        return {"value": torch.sigmoid(logits[:, 5] - logits[:, 6]).tolist()}


def main():
    parser = argparse.ArgumentParser()
    for name in "model", "adapter", "inputs":
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--dtype", default="fp32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--checkpointing", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.mm(torch.ones(64, 64), torch.ones(64, 64))
    out, sys.stdout = sys.stdout, sys.stderr
    idle = status("VmRSS:")
    peer = Peer(options)
    print(json.dumps({"idle_kb": idle}), file=out, flush=True)
    for line in sys.stdin:
        what, argument = line.split()
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        start, processor = time.perf_counter(), time.process_time()
        reply = peer.run({"adapter": "adapter_tensors"}.get(what, what), argument)
        reply["cpu"] = time.process_time() - processor
        reply["seconds"] = time.perf_counter() - start
        reply["peak_kb"] = status("VmHWM:")
        print(json.dumps(reply), file=out, flush=True)


if __name__ == "__main__":
    main()
