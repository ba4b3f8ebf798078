"""Writes scans/NN.npy and subjects.csv: 36 small volumes of 12 subjects, three
each, in which a bright ball is small or large. It needs NumPy."""
import csv
import pathlib

import numpy as np

rng = np.random.default_rng(1)
folder = pathlib.Path(__file__).parent
(folder / "scans").mkdir(exist_ok=True)
grid = np.indices((8, 10, 10)).astype(float)
with open(folder / "subjects.csv", "w", newline="") as out:
    table = csv.writer(out)
    table.writerow(["scan", "subject", "size"])
    for i in range(36):
        subject, large = i // 3, (i // 3) % 2 == 1
        centre = np.array([4, 5, 5]) + rng.uniform(-1, 1, 3)
        distance = np.sqrt(((grid - centre[:, None, None, None]) ** 2).sum(0))
        volume = 30 + 120 * (distance < (3.4 if large else 2.0)) + rng.normal(0, 8, distance.shape)
        name = f"scans/{i:02d}.npy"
        np.save(folder / name, volume.clip(0, 255).astype(np.uint8))
        table.writerow([name, f"p{subject:02d}", "large" if large else "small"])
