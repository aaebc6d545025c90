"""Small stacks of every type that other containers are tried with."""

from __future__ import annotations

import numpy as np

DTYPES = ["int8", "int16", "uint16", "float32", "complex64", "float16"]
CODECS = ["zstd", "lz4", "zlib", "lz4hc", "blosclz"]
SHAPE = (5, 61, 47)


def pixels(dtype="uint16", shape=SHAPE):
    values = np.random.default_rng(7).poisson(3, shape)
    return (values + 1j * values[..., ::-1]).astype(dtype) if np.dtype(dtype).kind == "c" else values.astype(dtype)
