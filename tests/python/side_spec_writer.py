"""Runs inside the environment of the reference decoder: writes MRCZ files by spec/mrcz-format.md alone.

{"source": little-endian plain file, "path": ..., "codec": "zstd", "frame_bytes": ..., "metadata": {...}} is answered by
{}. Where the page leaves a choice it is made unlike our command makes it: sections stand in another order in the table
than in the footer, one is of an id that nobody knows, small ones are compressed, blocks are of odd sizes.
"""

import json
import struct
import sys
from pathlib import Path

import msgpack
import numpy
import xxhash
from numcodecs import blosc, zstd

CODEC_IDS = {"blosclz": 1, "lz4": 2, "lz4hc": 3, "zlib": 5, "zstd": 6}
DTYPES = {0: "i1", 1: "<i2", 2: "<f4", 6: "<u2"}


def xxh3(data):
    return struct.pack("<Q", xxhash.xxh3_64_intdigest(data))


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0x82F63B78 * (crc & 1)
    return crc ^ 0xFFFFFFFF


def compressed_header(source, codec, packed_bytes, pixels):
    header = bytearray(source[:1024])
    nx, ny, nz, mode = struct.unpack_from("<4i", header, 0)
    samples, cell = struct.unpack_from("<3i", header, 28), struct.unpack_from("<3f", header, 40)
    struct.pack_into("<i", header, 12, mode + 1000 * CODEC_IDS[codec])
    struct.pack_into("<3i", header, 28, nx, ny, 0)
    struct.pack_into("<3f", header, 40, *(edge / m * n for edge, m, n in zip(cell, samples, (nx, ny, nz))))
    struct.pack_into("<4f", header, 76, pixels.min(), pixels.max(), pixels.mean(), 0)
    struct.pack_into("<2i", header, 88, *struct.unpack_from("<2i", source, 88))
    struct.pack_into("<3fq", header, 132, 0, 0, 1, packed_bytes)
    struct.pack_into("<f", header, 216, pixels.std())
    header[224 + 80 :] = header[224 : 224 + 720]
    header[224 : 224 + 80] = b"MRCZ1.0.0".ljust(80, b"\0")
    used = sum(bool(header[at : at + 80].strip(b" \0")) for at in range(224, 1024, 80))
    struct.pack_into("<i", header, 220, used)
    return bytes(header)


def original(source, data_offset, data_bytes):
    trailing = source[data_offset + data_bytes :]
    sizes = struct.pack("<4Q", data_offset, data_bytes, len(source), len(trailing))
    return source[:1024] + sizes + trailing + xxhash.xxh3_128_digest(source) + struct.pack("<I", 0)


def footer(sections, data_offset, chunks):
    """Sections: id, encoding, contents; every second one is compressed."""
    at = 64 + 48 * len(sections)
    entries, contents = [], b""
    for number, (name, encoding, raw) in enumerate(sections):
        stored = bytes(zstd.compress(raw, 1)) if number % 2 else raw
        entries.append(struct.pack("<4s4s2I3Q", name, encoding, number % 2, 0, at + len(contents), len(stored),
                                   len(raw)) + xxh3(stored))
        contents += stored + bytes(-len(stored) % 8)
    table = b"".join(reversed(entries))
    head = struct.pack("<8s2HI3Q2I", b"MRCZFOOT", 1, 0, len(sections), at + len(contents), data_offset, chunks, 1, 1)
    head += xxh3(table)
    return head + xxh3(head) + table + contents


def write(job):
    source, size = Path(job["source"]).read_bytes(), job["frame_bytes"]
    nz, mode = struct.unpack_from("<2i", source, 8)
    data_offset = 1024 + struct.unpack_from("<i", source, 92)[0]
    frames = [source[data_offset + i * size : data_offset + (i + 1) * size] for i in range(nz)]
    arrays = [numpy.frombuffer(frame, DTYPES[mode]) for frame in frames]
    chunks = [bytes(blosc.compress(array, job["codec"].encode(), 5, number % 3, 1000 * number))
              for number, array in enumerate(arrays)]
    header = compressed_header(source, job["codec"], sum(map(len, chunks)), numpy.concatenate(arrays).astype("f8"))
    head = header + source[1024:data_offset]
    statistics = b"".join(struct.pack("<4dQ", *(f(array.astype("f8")) for f in (numpy.min, numpy.max, numpy.mean,
                                                                                numpy.std)), 0) for array in arrays)
    sections = [(b"none", b"raw ", b"nobody knows this section" * 9), (b"HHSH", b"raw ", xxh3(head)),
                (b"FSTA", b"raw ", statistics), (b"META", b"msgp", msgpack.packb(job["metadata"])),
                (b"CHSH", b"raw ", b"".join(map(xxh3, chunks))), (b"FHSH", b"raw ", b"".join(map(xxh3, frames))),
                (b"ORIG", b"raw ", original(source, data_offset, size * nz)),
                (b"PROV", b"json", b'[{"step":"compress","codec":"%s","lossless":true}]' % job["codec"].encode())]
    at, index = data_offset, b""
    for chunk in chunks:
        index += struct.pack("<2Q", at, len(chunk))
        at += len(chunk)
    Path(job["path"]).write_bytes(head + b"".join(chunks) + footer(sections, data_offset, nz) + index
                                  + struct.pack("<I", crc32c(index)))
    return {}


if __name__ == "__main__":
    print(json.dumps([write(job) for job in json.load(sys.stdin)]))
