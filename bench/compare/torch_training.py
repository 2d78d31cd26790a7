#!/usr/bin/python3
"""Training steps of one of FaceShot's networks in PyTorch, from Python.

    faceshot model summary configs/faceshot-nano.toml --json > nano.json
    /usr/bin/python3 bench/compare/torch_training.py nano.json --threads 2 --tuned
    /usr/bin/python3 bench/compare/torch_training.py nano.json --threads 2

The network is built from the summary: the same layers in the same order. Pixels and targets are made
once and reused in every step: no decoding, no augmentation, no matching, all of which FaceShot's
own figure includes. The loss is SSD's: cross-entropy with three mined negatives per positive, smooth L1.

--tuned: channels_last, bfloat16 autocast, in-place ReLU, zero_grad(set_to_none), AdamW with foreach if
available, and memory retained by malloc. Without it: PyTorch's defaults. Prints images/s, median
of the steps after the warm-up.
"""
import argparse
import ctypes
import json
import re
import statistics
import time


def retain_memory():
    """As in FaceShot's own programs: freed blocks stay in the process."""
    libc = ctypes.CDLL("libc.so.6")
    m_trim_threshold, m_top_pad, m_mmap_threshold = -1, -2, -3
    libc.mallopt(m_mmap_threshold, 1 << 30)
    libc.mallopt(m_trim_threshold, 0x7FFFFFFF)
    libc.mallopt(m_top_pad, 64 << 20)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("summary", help="JSON of `faceshot model summary --json`")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--warmup", type=int, default=8)
    parser.add_argument("--tuned", action="store_true")
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    args = parser.parse_args()
    if args.tuned:
        retain_memory()

    import torch
    import torch.nn.functional as F
    from torch import nn

    torch.manual_seed(1)
    torch.set_num_threads(args.threads)
    summary = json.load(open(args.summary))
    channels = {"input": 3}

    def module_of(layer):
        operation, name = layer["operation"], layer["name"]
        inputs = channels[layer["inputs"][0]]
        channels[name] = layer["channels"]
        if match := re.fullmatch(r"(conv|depthwise) (\d+)x(\d+)(?: /(\d+))?", operation):
            kind, height, width, stride = match.groups()
            weights = layer["channels"] * inputs * int(height) * int(width)
            if kind == "depthwise":
                weights //= inputs
            return nn.Conv2d(inputs, layer["channels"], (int(height), int(width)), int(stride or 1),
                             (int(height) // 2, int(width) // 2),
                             groups=inputs if kind == "depthwise" else 1, bias=layer["parameters"] > weights)
        if operation == "batch norm":
            return nn.BatchNorm2d(layer["channels"])
        if operation == "relu":
            return nn.ReLU(inplace=args.tuned)
        if operation == "add":
            return None
        if match := re.fullmatch(r"upsample x(\d+)", operation):
            return nn.Upsample(scale_factor=int(match.group(1)))
        raise SystemExit(f"{name}: no module for '{operation}'")

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.rows = summary["layers"]
            self.parts = nn.ModuleDict()
            for row in self.rows:
                module = module_of(row)
                if module is not None:
                    self.parts[row["name"].replace(".", "_")] = module

        def forward(self, image):
            maps = {"input": image}
            locs, confs = [], []
            for row in self.rows:
                inputs = [maps[name] for name in row["inputs"]]
                key = row["name"].replace(".", "_")
                maps[row["name"]] = self.parts[key](*inputs) if key in self.parts else inputs[0] + inputs[1]
                for suffix, values, into in ((".loc", 4, locs), (".conf", 2, confs)):
                    if row["name"].endswith(suffix):
                        out = maps[row["name"]].permute(0, 2, 3, 1)
                        into.append(out.reshape(out.shape[0], -1, values))
            return torch.cat(locs, 1).float(), torch.cat(confs, 1).float()

    network = Network()
    side = summary["input"]
    pixels = torch.rand(args.batch, 3, side, side) * 2 - 1
    if args.tuned:
        network = network.to(memory_format=torch.channels_last)
        pixels = pixels.contiguous(memory_format=torch.channels_last)
    count = sum(p.numel() for p in network.parameters())
    if count != summary["parameters"]:
        raise SystemExit(f"{count} parameters instead of {summary['parameters']}: not the same network")
    priors = sum(level["priors"] for level in summary["levels"])
    labels = (torch.rand(args.batch, priors) < 0.01).long()
    offsets = torch.randn(args.batch, priors, 4)
    decay = [p for p in network.parameters() if p.dim() > 1]
    plain = [p for p in network.parameters() if p.dim() <= 1]
    groups = [{"params": decay, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, **({"foreach": True} if args.tuned else {}))

    def loss_of(loc, conf):
        positive = labels == 1
        cross = F.cross_entropy(conf.reshape(-1, 2), labels.reshape(-1), reduction="none").view(labels.shape)
        ranks = cross.detach().masked_fill(positive, -1).argsort(1, descending=True).argsort(1)
        negative = ranks < 3 * positive.sum(1, keepdim=True)
        found = positive.sum()
        return (cross[positive | negative].sum() + F.smooth_l1_loss(loc[positive], offsets[positive], reduction="sum")) / found

    def step():
        optimizer.zero_grad(set_to_none=args.tuned)
        if args.tuned:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loc, conf = network(pixels)
        else:
            loc, conf = network(pixels)
        loss_of(loc, conf).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 10)
        optimizer.step()

    network.train()
    for _ in range(args.warmup):
        step()
    if args.profile:
        from torch.profiler import ProfilerActivity, profile
        with profile(activities=[ProfilerActivity.CPU]) as trace:
            for _ in range(5):
                step()
        print(trace.key_averages().table(sort_by="self_cpu_time_total", row_limit=25))
        return
    seconds = []
    for _ in range(args.steps):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds)
    print(f"torch {torch.__version__} {'tuned' if args.tuned else 'plain'} {args.threads} threads: "
          f"{args.batch / median:.1f} images/s ({1000 * median:.1f} ms a step)")


if __name__ == "__main__":
    main()
