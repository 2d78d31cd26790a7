#!/usr/bin/python3
"""The SSD recipe of configs/augment/ssd.toml with scikit-image (Debian's python3-skimage), to compare
with bench_augment_ops: 800x600 to 320x320, one core.

  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 bench/compare/skimage_augment.py
"""
import time

import numpy as np
from skimage import color, transform

rng = np.random.default_rng(1)
photograph = rng.integers(0, 256, (600, 800, 3)).astype(np.uint8)


def sample():
    image = photograph.astype(np.float32) / 255
    if rng.random() < 0.5:
        image = image + rng.uniform(-32, 32) / 255
    if rng.random() < 0.5:
        image = image * rng.uniform(0.5, 1.5)
    if rng.random() < 0.75:
        hsv = color.rgb2hsv(np.clip(image, 0, 1))
        hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.5, 1.5), 0, 1)
        hsv[..., 0] = (hsv[..., 0] + rng.uniform(-18, 18) / 360) % 1
        image = color.hsv2rgb(hsv)
    if rng.random() < 0.5:
        ratio = rng.uniform(1, 4)
        h, w = int(600 * ratio), int(800 * ratio)
        canvas = np.full((h, w, 3), 0.5, np.float32)
        y, x = rng.integers(0, h - 600 + 1), rng.integers(0, w - 800 + 1)
        canvas[y:y + 600, x:x + 800] = image
        image = canvas
    h, w = (int(side * rng.uniform(0.5, 1)) for side in image.shape[:2])
    y, x = (image.shape[0] - h) // 2, (image.shape[1] - w) // 2
    image = transform.resize(image[y:y + h, x:x + w], (320, 320), order=1, anti_aliasing=False)
    return image[:, ::-1] if rng.random() < 0.5 else image


sample()
begin = time.perf_counter()
count = 60
for _ in range(count):
    sample()
seconds = time.perf_counter() - begin
print(f"scikit-image  {1000 * seconds / count:8.1f} ms {count / seconds:8.1f} /s")
