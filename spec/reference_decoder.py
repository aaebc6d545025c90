#!/usr/bin/env python3
"""Reference decoder of MRCZ files: mrcz-format.md as a program, to be read beside it.

    python3 reference_decoder.py FILE.mrcz [--check] [-o pixels.npy] [--restore original.mrc]

It needs numpy and numcodecs (c-blosc 1, zstd); with xxhash it also checks hashes, with msgpack it shows metadata that
are kept as MessagePack. It reads plain MRC too, with or without a footer, and the files of other MRCZ programs. Memory
and speed are no concern here. Exit code 0: all well; 1: damaged or unreadable.
"""

from __future__ import annotations

import argparse
import json
import struct
import sys
from collections import namedtuple

import numpy
import reference_rans
from numcodecs import blosc, zstd

try:
    import xxhash
except ImportError:
    xxhash = None


class BadFile(Exception):
    pass


def require(holds: bool, message: str, error: type[Exception] = BadFile) -> None:
    if not holds:
        raise error(message)


def hash_holds(data: bytes, stored: int) -> bool:
    return xxhash is None or xxhash.xxh3_64_intdigest(data) == stored


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


HEADER_BYTES = 1024
CODEC_NAMES = {0: "raw", 1: "blosclz", 2: "lz4", 3: "lz4hc", 4: "snappy", 5: "zlib", 6: "zstd", 16: "rans"}
OWN_CODECS = {16: reference_rans}
OWN_CHUNK = struct.Struct("<4s2HQ2I2Q")
IMOD_STAMP, IMOD_SIGNED, IMOD_PACKED = 1146047817, 1, 16
PACKED_4_BIT = 101
PixelType = namedtuple("PixelType", "dtype numbers word_bytes")  # of one number; numbers in a pixel; what gets swapped
UNSIGNED_BYTE, SIGNED_BYTE = PixelType("u1", 1, 1), PixelType("i1", 1, 1)
MODES = {0: SIGNED_BYTE, 1: PixelType("i2", 1, 2), 2: PixelType("f4", 1, 4), 3: PixelType("i2", 2, 2),
         4: PixelType("c8", 1, 4), 5: SIGNED_BYTE, 6: PixelType("u2", 1, 2), 7: PixelType("i4", 1, 4),
         8: PixelType("u4", 1, 4), 12: PixelType("f2", 1, 2), 16: PixelType("u1", 3, 1), 17: SIGNED_BYTE,
         PACKED_4_BIT: UNSIGNED_BYTE}


class Header(namedtuple("Header", "raw order nx ny nz mode codec data_offset packed_bytes")):
    """`order`, "<" or ">", is that of header and pixels; `mode` that of the pixels, without the codec."""

    @property
    def pixel_type(self) -> PixelType:
        return UNSIGNED_BYTE if self.mode in (0, 5) and not self.bytes_are_signed() else MODES[self.mode]

    def imod_flag(self, flag: int) -> bool | None:
        stamp, flags = struct.unpack_from(self.order + "2i", self.raw, 152)
        return bool(flags & flag) if stamp == IMOD_STAMP else None

    @property
    def two_pixels_a_byte(self) -> bool:
        """IMOD's other form of 4-bit pixels: mode 0, NX half of the columns."""
        return self.mode == 0 and bool(self.imod_flag(IMOD_PACKED))

    def bytes_are_signed(self) -> bool:
        """Mode 0, as header-dialects.md has it."""
        least, greatest = struct.unpack_from(self.order + "2f", self.raw, 76)
        if self.imod_flag(IMOD_SIGNED) is not None:
            return self.imod_flag(IMOD_SIGNED)
        if 0 <= least <= greatest:
            return greatest < 128
        return not (least < 0 and greatest >= 128) or -least > greatest - 128

    @property
    def promises_footer(self) -> bool:
        """Label 1 is `MRCZ<version>`, version 1.0.0 or later."""
        label = self.raw[224:304].rstrip(b" \0")
        major = label[4:].split(b".")[0] if label.startswith(b"MRCZ") else b""
        return major.isdigit() and int(major) >= 1

    def frame_sizes(self) -> list[int]:
        """Bytes a frame may have. Rows of 4-bit pixels are padded to whole bytes, or run on without padding."""
        if self.mode == PACKED_4_BIT:
            return [(self.nx + 1) // 2 * self.ny, (self.nx * self.ny + 1) // 2]
        return [self.nx * self.ny * self.pixel_type.numbers * numpy.dtype(self.pixel_type.dtype).itemsize]


def header_in_order(raw: bytes, order: str, mode_order: str) -> Header | None:
    """The header, if its numbers make sense in this byte order."""
    nx, ny, nz = struct.unpack_from(order + "3i", raw, 0)
    mode, = struct.unpack_from(mode_order + "i", raw, 12)
    axes = struct.unpack_from(order + "3i", raw, 64)
    extended_bytes, = struct.unpack_from(order + "i", raw, 92)
    packed_bytes, = struct.unpack_from(mode_order + "q", raw, 144)
    makes_sense = (min(nx, ny) >= 1 and nz >= 0 and min(nx, ny, max(nz, 1)) < 65536 and extended_bytes >= 0
                   and (all(-4 <= axis <= 4 for axis in axes) or axes[0] == 0 or axes[0] > 1 << 25)
                   and 0 <= mode // 1000 <= 31 and mode % 1000 in MODES)
    if not makes_sense:
        return None
    return Header(raw, order, nx, ny, nz, mode % 1000, mode // 1000, HEADER_BYTES + extended_bytes, packed_bytes)


def parse_header(raw: bytes) -> Header:
    little, big = ("<", "<"), (">", ">")
    mixed = (">", "<")  # python-mrcz up to 0.5 writes MODE and other fields little-endian into a big-endian header
    if raw[212] != 0x11:
        trials = [little, big]
    elif raw[12:16] == bytes(4) and not 0 <= struct.unpack_from(">i", raw, 220)[0] <= 10:
        trials = [mixed, big, little]  # MODE 0 reads alike in both orders; NLABL at byte 220 does not
    else:
        trials = [big, mixed, little]
    header = next(filter(None, (header_in_order(raw, *trial) for trial in trials)), None)
    require(header is not None, "no MRC file: its header makes no sense in either byte order")
    return header


FOOTER_HEAD = struct.Struct("<8s2HI3Q2I2Q")
SECTION_ENTRY = struct.Struct("<4s4s2I4Q")
Section = namedtuple("Section", "id encoding compression flags offset stored_bytes raw_bytes hash")
KNOWN_SECTIONS = ("META", "PROV", "FHSH", "CHSH", "HHSH", "FSTA", "ORIG", "SUMI", "MODL", "ENTR")
REQUIRED = 1  # flag of a section
SUM_TYPES = {1: "<u4", 2: "<i8", 3: "<f8"}  # of SUMI


class Footer:
    def __init__(self, file: File, start: int) -> None:
        head = file.read(start, FOOTER_HEAD.size)
        (_, major, _, count, size, self.data_offset, self.chunks, frames_per_chunk, flags, table_hash,
         head_hash) = FOOTER_HEAD.unpack(head)
        self.has_index = bool(flags & 1)
        require(hash_holds(head[:56], head_hash), "footer: the hash of its head does not hold")
        require(major == 1, f"footer: version {major}, this decoder reads version 1", NotImplementedError)
        require(frames_per_chunk == 1, f"footer: {frames_per_chunk} frames in a chunk", NotImplementedError)
        contents = FOOTER_HEAD.size + SECTION_ENTRY.size * count
        require(contents <= size <= file.size - start, f"footer: {size} bytes do not fit")
        table = file.read(start + FOOTER_HEAD.size, SECTION_ENTRY.size * count)
        require(hash_holds(table, table_hash), "footer: the hash of its section table does not hold")
        self.start = start
        self.sections: dict[str, Section] = {}
        for name, encoding, *numbers in SECTION_ENTRY.iter_unpack(table):
            section = Section(name.decode("latin-1"), encoding.decode("latin-1"), *numbers)
            require(section.id in KNOWN_SECTIONS or not section.flags & REQUIRED,
                    f"section {section.id} is required to read this file, and not known", NotImplementedError)
            require(section.compression in (0, 1), f"section {section.id}: compression {section.compression} is not "
                    "known", NotImplementedError)
            require(section.id not in self.sections, f"section {section.id} stands twice")
            self.sections[section.id] = section
        self._check_padding(file, contents, size)

    def _check_padding(self, file: File, at: int, size: int) -> None:
        """Contents cover the footer; between two of them are zeros up to the next multiple of 8."""
        spans = sorted((section.offset, section.stored_bytes) for section in self.sections.values())
        for offset, stored_bytes in [*spans, (size, 0)]:
            require(at <= offset < at + 8, f"footer: its byte {at} belongs to no section, or to two")
            require(not any(file.read(self.start + at, offset - at)), f"footer: padding at its byte {at} is not zero")
            at = offset + stored_bytes


Original = namedtuple("Original", "header trailing xxh3_128 order")


OwnChunk = namedtuple("OwnChunk", "first frames flags payload")


class File:
    """Locates the parts of a file in the order of trust: header, footer, index; without one it walks the chunks."""

    def __init__(self, stream) -> None:
        self.stream = stream
        self.size = stream.seek(0, 2)
        self.problems: list[str] = []
        self.footer: Footer | None = None
        self.header = parse_header(self.read(0, HEADER_BYTES))
        require(self.header.codec in CODEC_NAMES, f"codec id {self.header.codec} is not known", NotImplementedError)
        self.models: dict[int, bytes] = {}  # payloads, by number
        self.parsed_models: dict[int, object] = {}
        # Offset and bytes of what holds each frame; fewer than NZ where the file is cut short.
        self.ranges = self._locate_plain_frames() if self.header.codec == 0 else self._locate_chunks()

    def read(self, offset: int, count: int) -> bytes:
        self.stream.seek(offset)
        data = self.stream.read(count)
        require(len(data) == count, f"{count} bytes wanted at byte {offset}, {len(data)} are there: it is cut short")
        return data

    def _locate_plain_frames(self) -> list[tuple[int, int]]:
        start, frames = self.header.data_offset, self.header.nz
        fitting = [size for size in self.header.frame_sizes() if start + size * frames <= self.size]
        require(bool(fitting), f"{frames} frames do not fit into {self.size} bytes: the file is cut short")
        # Of the two forms of 4-bit rows the one with a footer behind it, else the larger one.
        size = ([size for size in fitting if self._is_footer(start + size * frames)] or fitting)[0]
        self.data_end = start + size * frames
        self._read_footer()
        return [(start + frame * size, size) for frame in range(frames)]

    def _locate_chunks(self) -> list[tuple[int, int]]:
        header, self.data_end = self.header, self.size
        if header.packed_bytes > 0 or header.promises_footer:
            end = header.data_offset + header.packed_bytes
            if header.data_offset <= end <= self.size:
                self.data_end = end
                self._read_footer()
            else:
                self.problems.append(f"{header.packed_bytes} bytes of chunks do not fit: the file is cut short")
        if header.promises_footer and self.footer is None:
            self.problems.append("there is no footer: the file is cut short or damaged")
        ranges = self._index()
        if ranges is None and (header.promises_footer or (self.footer and self.footer.has_index)):
            self.problems.append("there is no chunk index at the end: the file is cut short or damaged")
        if ranges is None:
            return self._walk()
        if header.codec in OWN_CODECS:
            at = header.data_offset
            for offset, count in [*ranges, (self.data_end, 0)]:
                while at < offset:
                    chunk = self._own_chunk(at, offset)
                    require(chunk.frames == 0, f"byte {at}: a frame that the index does not know")
                    at += OWN_CHUNK.size + len(chunk.payload)
                at = offset + count
        return ranges

    def _own_chunk(self, at: int, end: int) -> OwnChunk:
        """The chunk at byte `at`, a model remembered."""
        require(end - at >= OWN_CHUNK.size, f"the chunk at byte {at} is cut short")
        raw = self.read(at, OWN_CHUNK.size)
        magic, codec, version, first, frames, flags, count, stored = OWN_CHUNK.unpack(raw)
        require(magic == b"MZCK" and codec == self.header.codec, f"byte {at}: no chunk of this file's codec")
        require(version == 1 and frames <= 1 and flags & 0xfffd == 1, f"byte {at}: a chunk of another kind",
                NotImplementedError)
        require(count <= end - at - OWN_CHUNK.size, f"the chunk at byte {at} is cut short")
        chunk = OwnChunk(first, frames, flags, self.read(at + OWN_CHUNK.size, count))
        require(hash_holds(raw[:32] + chunk.payload, stored), f"the chunk at byte {at}: its hash does not hold")
        if frames == 0:
            self.models[first] = chunk.payload
        return chunk

    def _walk_own(self) -> list[tuple[int, int]]:
        ranges, at = [], self.header.data_offset
        try:
            while len(ranges) < self.header.nz:
                chunk = self._own_chunk(at, self.data_end)
                size = OWN_CHUNK.size + len(chunk.payload)
                if chunk.frames:
                    ranges.append((at, size))
                at += size
        except BadFile as error:
            self.problems.append(f"frame {len(ranges)}: {error}")
        return ranges

    def _own_frame(self, frame: int) -> bytes:
        offset, count = self.ranges[frame]
        chunk = self._own_chunk(offset, offset + count)
        require(chunk.frames == 1 and chunk.first == frame, f"frame {frame}: its chunk is of frame {chunk.first}")
        sizes = self.header.frame_sizes()
        first = self._own_chunk(self.header.data_offset, self.data_end)
        size = sizes[-1] if first.flags & 2 else sizes[0]
        word = 1 if self.header.mode == PACKED_4_BIT else self.header.pixel_type.word_bytes
        number = (chunk.flags >> 16) - 1
        codec = OWN_CODECS[self.header.codec]
        try:
            if number >= 0 and number not in self.parsed_models:
                require(number in self.models, f"frame {frame}: model {number} is missing")
                self.parsed_models[number] = codec.Model(self.models[number], 8 * word, size // word)
            words = codec.decode(chunk.payload, 8 * word, size // word, self.parsed_models.get(number),
                                 lambda data: bytes(blosc.decompress(data)))
            return words.tobytes()
        except codec.Corrupt as error:
            raise BadFile(f"frame {frame}: {error}") from error

    def _is_footer(self, offset: int) -> bool:
        return offset + FOOTER_HEAD.size <= self.size and self.read(offset, 8) == b"MRCZFOOT"

    def _read_footer(self) -> None:
        if not self._is_footer(self.data_end):
            return
        try:
            footer = Footer(self, self.data_end)
            require(footer.data_offset == self.header.data_offset, "footer: it names another start of the data")
            require(footer.chunks == self.header.nz, f"footer: it counts {footer.chunks} chunks, NZ another number")
            self.footer = footer
        except BadFile as error:
            self.problems.append(str(error))

    def _index(self) -> list[tuple[int, int]] | None:
        size = 16 * self.header.nz + 4
        if self.size - self.header.data_offset < size:
            return None
        raw = self.read(self.size - size, size)
        if crc32c(raw[:-4]) != struct.unpack("<I", raw[-4:])[0]:
            return None
        ranges, at = list(struct.iter_unpack("<2Q", raw[:-4])), self.header.data_offset
        for offset, count in ranges:
            if offset < at or offset + count > self.data_end:
                return None
            at = offset + count
        return ranges

    def _walk(self) -> list[tuple[int, int]]:
        if self.header.codec in OWN_CODECS:
            return self._walk_own()
        ranges, at = [], self.header.data_offset
        for frame in range(self.header.nz):
            count = struct.unpack("<I", self.read(at + 12, 4))[0] if at + 16 <= self.data_end else 0
            if not 16 <= count <= self.data_end - at:
                self.problems.append(f"frame {frame}: its chunk at byte {at} is missing or damaged")
                break
            ranges.append((at, count))
            at += count
        return ranges

    def section(self, name: str) -> bytes | None:
        entry = self.footer.sections.get(name) if self.footer else None
        if entry is None:
            return None
        stored = self.read(self.footer.start + entry.offset, entry.stored_bytes)
        require(hash_holds(stored, entry.hash), f"section {name}: its hash does not hold")
        raw = bytes(zstd.decompress(stored)) if entry.compression == 1 else stored
        require(len(raw) == entry.raw_bytes, f"section {name}: {len(raw)} bytes, expected {entry.raw_bytes}")
        return raw

    def table(self, name: str, entry_format: str) -> list[tuple]:
        """A section with an entry for each frame; empty when the file has none."""
        entries = list(struct.iter_unpack(entry_format, self.section(name) or b""))
        require(len(entries) in (0, self.header.nz), f"section {name}: {len(entries)} entries for {self.header.nz}")
        return entries

    def metadata(self):
        raw = self.section("META")
        if raw is None:  # python-mrcz keeps JSON in the extended header
            text = self.read(HEADER_BYTES, self.header.data_offset - HEADER_BYTES).rstrip(b" \0")
            return json.loads(text) if self.header.raw[104:108] == b"json" and text else None
        if self.footer.sections["META"].encoding == "json":
            return json.loads(raw)
        import msgpack
        return msgpack.unpackb(raw, strict_map_key=False, timestamp=1)

    def original(self) -> Original | None:
        raw = self.section("ORIG")
        if raw is None:
            return None
        data_offset, data_bytes, file_bytes, trailing_bytes = struct.unpack_from("<4Q", raw, HEADER_BYTES)
        at = HEADER_BYTES + 32 + trailing_bytes
        require(len(raw) == at + 20, f"section ORIG: {len(raw)} bytes, expected {at + 20}")
        require(data_offset == self.header.data_offset and data_offset + data_bytes + trailing_bytes == file_bytes,
                "section ORIG: its sizes contradict each other or the header")
        order, = struct.unpack_from("<I", raw, at + 16)
        require(order <= 1, f"section ORIG: byte order {order}, expected 0 or 1")
        return Original(raw[:HEADER_BYTES], raw[HEADER_BYTES + 32 : at], raw[at : at + 16], "<>"[order])

    def sum(self) -> numpy.ndarray | None:
        """Over all frames, [y, x]."""
        raw = self.section("SUMI") if self.header.codec != 0 else None
        if raw is None:
            return None
        require(len(raw) >= 8, f"section SUMI: {len(raw)} bytes")
        kind, _ = struct.unpack_from("<2I", raw)
        require(kind in SUM_TYPES, f"section SUMI: type {kind}, expected 1 to 3")
        columns = self.header.nx * (2 if self.header.two_pixels_a_byte else 1)
        values = numpy.frombuffer(raw, SUM_TYPES[kind], offset=8)
        require(values.size == columns * self.header.ny, f"section SUMI: {values.size} values")
        return values.reshape(self.header.ny, columns)

    def frame_bytes(self, frame: int) -> bytes:
        """A frame's bytes, decoded, in the byte order of this file."""
        stored = self.read(*self.ranges[frame])
        if self.header.codec == 0:
            return stored
        if self.header.codec in OWN_CODECS:
            return self._own_frame(frame)
        version, _, _, _, decoded_bytes, _, chunk_bytes = struct.unpack_from("<4B3I", stored)
        require(version == 2, f"frame {frame}: chunk of version {version}; 2 is c-blosc 1, 5 is c-blosc2")
        require(chunk_bytes == len(stored), f"frame {frame}: the chunk claims {chunk_bytes} bytes of {len(stored)}")
        require(decoded_bytes in self.header.frame_sizes(),
                f"frame {frame}: the chunk holds {decoded_bytes} bytes, a frame has {self.header.frame_sizes()[0]}")
        try:
            return bytes(blosc.decompress(stored))  # takes compressor, filter and block size from the chunk
        except Exception as error:
            raise BadFile(f"frame {frame}: {error}") from error

    def hashed_bytes(self, frame: int) -> bytes:
        """A frame's bytes as FHSH hashes them: little-endian whatever the file is."""
        data = self.frame_bytes(frame)
        if self.header.order == "<":
            return data
        return numpy.frombuffer(data, f"u{self.header.pixel_type.word_bytes}").byteswap().tobytes()

    def frame(self, frame: int) -> numpy.ndarray:
        header, data = self.header, self.frame_bytes(frame)
        if header.mode == PACKED_4_BIT or header.two_pixels_a_byte:
            return unpack_4_bit(data, header.nx * (2 if header.two_pixels_a_byte else 1), header.ny)
        dtype = numpy.dtype(header.pixel_type.dtype)
        pixels = numpy.frombuffer(data, dtype.newbyteorder(header.order)).astype(dtype)
        return pixels.reshape(header.ny, header.nx, *[n for n in [header.pixel_type.numbers] if n > 1])

    def restore(self) -> bytes:
        """The original file, byte for byte."""
        original = self.original()
        require(original is not None, "there is no section ORIG: the original cannot be restored")
        require(not self.problems, "; ".join(self.problems))
        word = self.header.pixel_type.word_bytes
        parts = [original.header, self.read(HEADER_BYTES, self.header.data_offset - HEADER_BYTES)]
        for frame in range(self.header.nz):
            data = self.frame_bytes(frame)
            parts.append(data if original.order == "<" else numpy.frombuffer(data, f"u{word}").byteswap().tobytes())
        whole = b"".join([*parts, original.trailing])
        require(xxhash is None or xxhash.xxh3_128_digest(whole) == original.xxh3_128,
                "the restored bytes are not those that ORIG has the hash of")
        return whole


def unpack_4_bit(data: bytes, nx: int, ny: int) -> numpy.ndarray:
    """The low half of a byte is the earlier pixel."""
    packed = numpy.frombuffer(data, "u1")
    pixels = numpy.stack([packed & 15, packed >> 4], axis=-1).ravel()
    if len(data) == (nx + 1) // 2 * ny:  # rows padded to whole bytes
        return pixels.reshape(ny, -1)[:, :nx].copy()
    return pixels[: nx * ny].reshape(ny, nx)


def check(file: File) -> None:
    """Everything that a file says twice."""
    require(not file.problems, "; ".join(file.problems))
    for name in file.footer.sections if file.footer else ():
        file.section(name)
    chunk_hashes, frame_hashes = file.table("CHSH", "<Q"), file.table("FHSH", "<Q")
    for frame in range(file.header.nz):
        pixels, stored = file.hashed_bytes(frame), file.read(*file.ranges[frame])
        require(not chunk_hashes or hash_holds(stored, *chunk_hashes[frame]), f"frame {frame}: CHSH does not hold")
        require(not frame_hashes or hash_holds(pixels, *frame_hashes[frame]), f"frame {frame}: FHSH does not hold")
    if file.original():
        file.restore()


def describe(file: File) -> dict:
    header, stored_hash = file.header, file.section("HHSH")
    head = file.read(0, header.data_offset)
    return {"codec": CODEC_NAMES[header.codec], "mode": header.mode, "shape": [header.nz, header.ny, header.nx],
            "byte_order": {"<": "little", ">": "big"}[header.order], "hashes_checked": xxhash is not None,
            "header_edited": stored_hash is not None and not hash_holds(head, *struct.unpack("<Q", stored_hash)),
            "sections": list(file.footer.sections) if file.footer else [], "problems": file.problems,
            "metadata": file.metadata()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--check", action="store_true", help="decode everything, check every hash")
    parser.add_argument("-o", metavar="NPY", help="write the pixels as an array (NZ, NY, NX)")
    parser.add_argument("--restore", metavar="MRC", help="write the original file")
    arguments = parser.parse_args()
    try:
        with open(arguments.file, "rb") as stream:
            file = File(stream)
            print(json.dumps(describe(file), ensure_ascii=False, default=repr))
            if arguments.check:
                check(file)
            if arguments.o:
                numpy.save(arguments.o, numpy.stack([file.frame(frame) for frame in range(len(file.ranges))]))
            if arguments.restore:
                restored = file.restore()
                with open(arguments.restore, "wb") as output:
                    output.write(restored)
    except (BadFile, NotImplementedError, OSError) as error:
        print(f"{arguments.file}: {error}", file=sys.stderr)
        return 1
    return 1 if file.problems else 0


if __name__ == "__main__":
    sys.exit(main())
