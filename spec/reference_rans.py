"""Payloads of the codec rans, decoded as codec-rans.md says. For reading beside it: clear, not fast."""

import struct

import numpy as np


class Corrupt(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Corrupt(what)


class Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        need(self.at + count <= len(self.data), "ends early")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, kind):
        return struct.unpack("<" + kind, self.take(struct.calcsize(kind)))[0]

    def rest(self):
        return self.take(len(self.data) - self.at)

    def end(self):
        need(self.at == len(self.data), "bytes are left over")


class Bits:
    """Section 5."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def field(self, count):
        value = 0
        for k in range(count):
            need(self.at < 8 * len(self.data), "bits end early")
            value |= (self.data[self.at // 8] >> (self.at % 8) & 1) << k
            self.at += 1
        return value

    def number(self):
        size = 0
        while self.field(1) == 0:
            size += 1
            need(size <= 40, "Number too long")
        return (1 << size | self.field(size)) - 1

    def end(self):
        need((self.at + 7) // 8 == len(self.data), "bytes of bits are left over")


class Table:
    """Section 3."""

    def __init__(self, bits, width):
        log2_tuple = bits.field(2)
        need(log2_tuple <= 2, "tuple")
        self.tuple, self.shift, self.origin = 1 << log2_tuple, bits.field(4), bits.field(32)
        need(self.shift <= 8 and self.origin >> width == 0, "shift or origin")
        frequencies = []
        while len(frequencies) < 256:
            frequencies.append(bits.number())
            if frequencies[-1] == 0:
                frequencies += [0] * bits.number()
        need(len(frequencies) == 256 and sum(frequencies) == 4096, "frequencies")
        need(max(frequencies) <= 4094 and frequencies[254] > 0 and frequencies[255] > 0, "frequencies")
        self.frequency = frequencies
        self.start = [sum(frequencies[:k]) for k in range(256)]
        self.symbol_of_slot = [symbol for symbol in range(256) for _ in range(frequencies[symbol])]


class Histogram:
    """Section 4.1: the table of one pixel."""

    def __init__(self, bits, before, width):
        n = bits.number()
        self.origin, self.shift, self.tuple = before + unfold(n), bits.field(4), 1
        need(0 <= self.origin < 1 << width and self.shift <= 8, "origin or shift of a histogram")
        wild = bits.number() + 1
        values = bits.number()
        need(values <= 254, "values of a histogram")
        frequencies = [8 * bits.number() for _ in range(values)] + [0] * (254 - values)
        rare = 4096 - wild - sum(frequencies)
        need(rare > 0, "frequencies of a histogram")
        self.frequency = frequencies + [rare, wild]
        self.start = [sum(self.frequency[:k]) for k in range(256)]

    def symbol_at(self, slot):
        return next(k for k in range(256) if self.start[k] <= slot < self.start[k] + self.frequency[k])


def unfold(n):
    return n // 2 if n % 2 == 0 else -(n + 1) // 2


class HistogramBlock:
    """The block of section 4.1."""

    def __init__(self, stream, lanes, sizes, tables, width):
        data = Bytes(stream)
        states = [data.number("I") for _ in range(lanes)]
        need(all(1 << 15 <= x < 1 << 31 for x in states), "state")
        words, escapes = Bytes(data.take(2 * sizes[0])), Bytes(data.take(sizes[1]))
        lows = Bits(data.take((sum(table.shift for table in tables) + 7) // 8))
        wild = Bytes(data.take(sizes[2]))
        self.pixels = []
        for i, table in enumerate(tables):
            x = states[i % lanes]
            symbol = table.symbol_at(x % 4096)
            x = table.frequency[symbol] * (x // 4096) + x % 4096 - table.start[symbol]
            if x < 1 << 15:
                x = (x << 16) + words.number("H")
            states[i % lanes] = x
            low = lows.field(table.shift)
            value = escapes.number("B") if symbol == 254 else symbol
            need(symbol == 255 or value < 254, "escaped symbol")
            pixel = wild.number("BHI"[width // 16]) if symbol == 255 else (value << table.shift) + low + table.origin
            self.pixels.append(pixel % (1 << width))
        for part in (data, words, escapes, wild):
            part.end()
        lows.end()
        need(all(x == 1 << 15 for x in states), "final state")


class Block:
    """Section 2."""

    def __init__(self, stream, lanes, sizes, segments, width):
        data = Bytes(stream)
        self.width, self.lanes = width, lanes
        self.states = [data.number("I") for _ in range(lanes)]
        need(all(1 << 15 <= x < 1 << 31 for x in self.states), "state")
        self.words, self.escapes = Bytes(data.take(2 * sizes[0])), Bytes(data.take(sizes[1]))
        self.lows = Bytes(data.take(sum((n + 7) // 8 * table.shift for table, n in segments)))
        self.wild = Bytes(data.take(sizes[2]))
        self.pixels = [pixel for table, n in segments for pixel in self.segment(table, n)]
        for part in (data, self.words, self.escapes, self.lows, self.wild):
            part.end()
        need(all(x == 1 << 15 for x in self.states), "final state")

    def symbol(self, lane, table):
        x = self.states[lane]
        slot = x % 4096
        symbol = table.symbol_of_slot[slot]
        x = table.frequency[symbol] * (x // 4096) + slot - table.start[symbol]
        if x < 1 << 15:
            x = (x << 16) + self.words.number("H")
        self.states[lane] = x
        return symbol

    def segment(self, table, n):
        mask = (1 << self.width) - 1
        lows = []
        for _ in range((n + 7) // 8 if table.shift else 0):
            group = int.from_bytes(self.lows.take(table.shift), "little")
            lows += [group >> (k * table.shift) & ((1 << table.shift) - 1) for k in range(8)]
        lows += [0] * n
        pixels = []
        symbols = [self.symbol(i % self.lanes, table) for i in range(-(-n // table.tuple))]
        for i, symbol in enumerate(symbols):
            tuple_lows = lows[i * table.tuple : (i + 1) * table.tuple]
            count = min(table.tuple, n - i * table.tuple)
            if symbol == 255:
                pixels += self.wild_tuple(table, tuple_lows, count)
                continue
            if symbol == 254:
                symbol = self.escapes.number("B")
                need(symbol != 255, "escaped 255")
            bits = 8 // table.tuple
            values = [symbol >> (k * bits) & ((1 << bits) - 1) for k in range(count)]
            pixels += [((v << table.shift) + low + table.origin) & mask for v, low in zip(values, tuple_lows)]
        return pixels

    def wild_tuple(self, table, lows, count):
        word = {8: "B", 16: "H", 32: "I"}[self.width]
        if table.tuple == 1:
            return [self.wild.number(word)]
        bits = 16 // table.tuple
        record, pixels = self.wild.number("H"), []
        for k in range(count):
            value = record >> (k * bits) & ((1 << bits) - 1)
            if value == (1 << bits) - 1:
                pixels.append(self.wild.number(word))
            else:
                pixels.append(((value << table.shift) + lows[k] + table.origin) & ((1 << self.width) - 1))
        return pixels


class Model:
    """Section 4."""

    def __init__(self, payload, width, pixels):
        data = Bytes(payload)
        version, word_bytes, flags, tables, segments, of_pixels, row, self.least = struct.unpack("<4BI2QI", data.take(28))
        need(version == 1 and flags <= 3 and tables > 0, "model head")
        need(8 * word_bytes == width and of_pixels == pixels and 1 <= row <= pixels, "model of another shape")
        bits = Bits(data.take(data.number("I")))
        self.tables = [Table(bits, width) for _ in range(tables)]
        self.lengths, self.usual = [], []
        for _ in range(segments):
            self.lengths.append(bits.number() + 1)
            self.usual.append(bits.field(8))
        bits.end()
        need(sum(self.lengths) == pixels and max(self.usual) < tables, "segments")
        classes = self.map(data.take(data.number("I")), 8, row, pixels)
        self.order = np.argsort(classes, kind="stable")
        self.base = self.map(data.take(data.number("I")), width, row, pixels) if flags & 1 else [0] * pixels
        self.histograms = []
        if flags & 2:
            bits = Bits(data.take(data.number("I")))
            for _ in range(pixels):
                self.histograms.append(Histogram(bits, self.histograms[-1].origin if self.histograms else 0, width))
            bits.end()
        data.end()

    @staticmethod
    def map(payload, width, row, pixels):
        values = []
        for at, word in enumerate(decode(payload, width, pixels)):
            around = [values[k] for k, there in ((at - 1, at % row != 0), (at - row, at >= row)) if there]
            expected = sum(around) // max(1, len(around))
            values.append((int(word) + expected - (1 << (width - 1))) % (1 << width))
        return values


def decode(payload, width, pixels, model=None, blosc=None):
    """Section 1: the words of a frame. `model` is a Model, `blosc` decodes a c-blosc buffer."""
    data = Bytes(payload)
    mode, lanes, log2_block, zero = data.take(4)
    need(zero == 0, "reserved byte")
    words = {8: "<u1", 16: "<u2", 32: "<u4"}[width]
    if mode not in (3, 4, 5, 6, 8):
        need(lanes == 0 and log2_block == 0, "head of a mode without blocks")
    if mode in (0, 2):
        frame = data.rest() if mode == 0 else blosc(data.rest())
        need(len(frame) == pixels * width // 8, "bytes of a frame")
        return np.frombuffer(frame, words)
    if mode == 1:
        pixel = data.number("I")
        data.end()
        return np.full(pixels, pixel, words)
    if mode == 7:
        count = data.number("B")
        palette = np.frombuffer(data.take(count * width // 8), words)
        numbers = decode(data.rest(), 8, pixels)
        need(numbers.max() < count, "number beyond the palette")
        return palette[numbers]
    need(mode in (3, 4, 5, 6, 8), "unknown mode")
    need(lanes in (16, 32, 64) and 12 <= log2_block <= 24, "lanes or block size")

    block_pixels = 1 << log2_block
    blocks = [min(block_pixels, pixels - first) for first in range(0, pixels, block_pixels)]
    if mode == 6:
        bits = Bits(data.take(data.number("I")))
        segments = []
        for length, usual in zip(model.lengths, model.usual):
            segments.append((model.tables[usual + unfold(bits.number())], length))
        bits.end()
    elif mode != 8:
        bits = Bits(data.take(data.number("H")))
        table = Table(bits, width)
        bits.end()
        segments = [(table, n) for n in blocks]
    sizes = [struct.unpack("<3I", data.take(12)) for _ in blocks]
    coded = []
    for n, (words_count, escapes, wild) in zip(blocks, sizes):
        if mode == 8:
            tables = model.histograms[len(coded) : len(coded) + n]
            lows = (sum(table.shift for table in tables) + 7) // 8
            stream = data.take(4 * lanes + 2 * words_count + escapes + lows + wild)
            coded += HistogramBlock(stream, lanes, (words_count, escapes, wild), tables, width).pixels
            continue
        of_block = []
        while n > 0:
            of_block.append(segments.pop(0))
            n -= of_block[-1][1]
        need(n == 0, "a block begins within a segment")
        lows = sum((length + 7) // 8 * table.shift for table, length in of_block)
        stream = data.take(4 * lanes + 2 * words_count + escapes + lows + wild)
        coded += Block(stream, lanes, (words_count, escapes, wild), of_block, width).pixels
    data.end()
    if mode != 6:
        return np.array(coded, words)
    frame = np.zeros(pixels, words)
    frame[model.order] = (np.array(coded, np.uint64) + model.least + np.array(model.base, np.uint64)[model.order]) % (1 << width)
    return frame
