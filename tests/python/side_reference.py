"""Runs inside an environment that the reference decoder needs: reads the files that JSON jobs on standard input name.

{"path": ..., "restore": true} is answered by what the decoder finds in the file: {"problems": [...], "sha256": of all
pixels in little-endian, "shape": ..., "dtype": ..., "metadata": ..., "restored": sha256 of the original,
"statistics_agree": whether FSTA agrees with NumPy, "sum_agrees": whether SUMI does, ...}, or by {"error": ...}. With
"rehash_footer_at" the footer there is given hashes that hold, before it is read.
"""

import hashlib
import importlib.util
import json
import struct
import sys
from pathlib import Path

import numpy

PLACE = Path(__file__).resolve().parents[2] / "spec" / "reference_decoder.py"
sys.path.insert(0, str(PLACE.parent))
specification = importlib.util.spec_from_file_location("reference_decoder", PLACE)
decoder = importlib.util.module_from_spec(specification)
specification.loader.exec_module(decoder)


def statistics_agree(pixels, stored):
    """FSTA of one frame against NumPy in double precision."""
    if pixels.dtype.kind == "c" or pixels.ndim == 3:
        return bool(numpy.isnan(stored[:4]).all())
    numbers = pixels[~numpy.isnan(pixels)].astype("f8")
    if stored[4] != pixels.size - numbers.size:
        return False
    true = numbers.min(), numbers.max(), numbers.mean(), numbers.std()
    scale = max(abs(true[0]), abs(true[1]))
    return true[:2] == stored[:2] and numpy.allclose(true[2:], stored[2:4], rtol=1e-6, atol=1e-9 * scale)


def sum_agrees(frames, stored):
    """SUMI against NumPy; None where the file has none."""
    if stored is None:
        return None
    true = numpy.zeros(stored.shape, "f8" if frames[0].dtype.kind == "f" else "i8")
    for pixels in frames:
        true += pixels
    return bool(numpy.array_equal(true, stored, equal_nan=true.dtype.kind == "f"))


def rehash_footer(path, footer):
    """Makes the hashes of a footer's head and table hold again after a change."""
    content = bytearray(Path(path).read_bytes())
    (sections,) = struct.unpack_from("<I", content, footer + 12)
    table = bytes(content[footer + 64 : footer + 64 + 48 * sections])
    struct.pack_into("<Q", content, footer + 48, decoder.xxhash.xxh3_64_intdigest(table))
    head = bytes(content[footer : footer + 56])
    struct.pack_into("<Q", content, footer + 56, decoder.xxhash.xxh3_64_intdigest(head))
    Path(path).write_bytes(content)


def answer(job):
    if "rehash_footer_at" in job:
        rehash_footer(job["path"], job["rehash_footer_at"])
    with open(job["path"], "rb") as stream:
        file = decoder.File(stream)
        if job.get("check", True):
            decoder.check(file)
        frames = [file.frame(frame) for frame in range(len(file.ranges))]
        digest = hashlib.sha256()
        for pixels in frames:
            digest.update(pixels.astype(pixels.dtype.newbyteorder("<")).tobytes())
        stored = file.table("FSTA", "<4dQ")
        return {
            **json.loads(json.dumps(decoder.describe(file), default=repr)),
            "promised": file.header.promises_footer,
            "sha256": digest.hexdigest(),
            "dtype": frames[0].dtype.name if frames else None,
            "frame_shape": list(frames[0].shape) if frames else None,
            "frame_statistics": len(stored),
            "statistics_agree": all(map(statistics_agree, frames, stored)),
            "sum_agrees": sum_agrees(frames, file.sum()),
            "restored": hashlib.sha256(file.restore()).hexdigest() if job.get("restore") else None,
        }


def answer_or_error(job):
    try:
        return answer(job)
    except (decoder.BadFile, NotImplementedError) as error:
        return {"error": str(error)}
    except struct.error as error:  # the decoder has to notice by itself
        return {"error": f"NOT NOTICED: {error}"}


if __name__ == "__main__":
    print(json.dumps([answer_or_error(job) for job in json.load(sys.stdin)]))
