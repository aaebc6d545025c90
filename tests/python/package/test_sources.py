"""Stacks from file objects and from the web."""

import gc
import gzip
import io
import itertools
import pickle
import re
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

import mrcz


class Served:
    """Files on a server of this machine, which notes every request."""

    def __init__(self):
        self.files, self.requests, self.connections = {}, [], set()
        self.ranges = self.etags = True
        self.cut = self.status = self.failures = 0
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                served.requests.append((self.path, self.headers.get("Range")))
                served.connections.add(self.client_address)
                served.answer(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def put(self, name, data):
        self.files["/" + name] = data
        return self.address + name

    def answer(self, request):
        data = self.files.get(request.path)
        if request.path == "/moved":
            return self.say(request, 302, {"Location": "/a.mrcz"})
        if self.failures or self.status or data is None:
            self.failures = max(0, self.failures - 1)
            return self.say(request, self.status or (404 if data is None else 503))
        etag = f'"{hash(data):x}"'
        headers = {"ETag": etag} if self.etags else {}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("Range", "")) if self.ranges else None
        if wanted and request.headers.get("If-Range", etag) == etag:
            first, last = int(wanted[1]), min(int(wanted[2]), len(data) - 1)
            if first >= len(data):
                return self.say(request, 416, {"Content-Range": f"bytes */{len(data)}"})
            headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
            return self.say(request, 206, headers, data[first : last + 1])
        self.say(request, 200, headers, data)

    def say(self, request, status, headers={}, body=b""):
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if self.cut and len(body) > self.cut:
            request.wfile.write(body[: self.cut])
            request.close_connection = True
        else:
            request.wfile.write(body)


@pytest.fixture
def served(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    here = Served()
    yield here
    here.server.shutdown()
    here.server.server_close()


@pytest.fixture(scope="module")
def frames():
    return np.random.default_rng(5).poisson(3, (200, 150, 200)).astype("uint16")


@pytest.fixture(scope="module")
def coded(frames, tmp_path_factory):
    folder = tmp_path_factory.mktemp("coded")
    files = {}
    for codec in ("raw", "zstd", "rans"):
        mrcz.write(folder / codec, frames, codec=codec, metadata={"codec": codec})
        files[codec] = (folder / codec).read_bytes()
    return files


@pytest.mark.parametrize("codec", ["raw", "zstd", "rans"])
def test_one_frame_from_a_server_takes_three_requests(served, frames, coded, codec):
    stack = mrcz.open(served.put("a.mrcz", coded[codec]))
    assert np.array_equal(stack[150], frames[150]) and stack.metadata == {"codec": codec}
    assert len(served.requests) <= 3, served.requests
    assert len(served.connections) == 1, "the connection is kept"
    assert all(told for _, told in served.requests)


def test_one_pattern_of_a_long_scan_takes_three_requests(served, tmp_path):
    patterns = np.arange(65536, dtype="uint16").reshape(-1, 1, 1) * np.ones((1, 4, 4), "uint16")
    mrcz.write(tmp_path / "scan.mrcz", patterns, codec="zstd")
    stack = mrcz.open(served.put("scan.mrcz", (tmp_path / "scan.mrcz").read_bytes()))
    assert np.array_equal(stack[40000], patterns[40000])
    assert len(served.requests) <= 3, served.requests


def test_frames_are_fetched_side_by_side_and_nothing_else(served, frames, coded):
    stack = mrcz.open(served.put("a.mrcz", coded["zstd"]), threads=3)
    assert np.array_equal(stack[100:150:5], frames[100:150:5])
    assert len(served.requests) == 2 + 10 and 1 <= len(served.connections) <= 4
    served.requests.clear()
    assert np.array_equal(stack[:], frames)


def test_the_same_goes_for_fsspec(frames, coded):
    fsspec = pytest.importorskip("fsspec")
    fsspec.filesystem("memory").pipe("/a.mrcz", coded["zstd"])
    stack = mrcz.open("memory://a.mrcz")
    assert np.array_equal(stack[7], frames[7])
    assert np.array_equal(pickle.loads(pickle.dumps(stack))[8], frames[8])
    with fsspec.open("memory://a.mrcz") as file:
        assert np.array_equal(mrcz.open(file)[9], frames[9])
    with pytest.raises(FileNotFoundError):
        mrcz.open("memory://missing.mrcz")


def test_a_file_address_is_a_path(tmp_path, coded, frames):
    (tmp_path / "a b.mrcz").write_bytes(coded["zstd"])
    assert np.array_equal(mrcz.open((tmp_path / "a b.mrcz").as_uri())[103], frames[103])


def test_a_server_without_ranges_gives_the_whole_file_with_a_warning(served, frames, coded):
    served.ranges = False
    with pytest.warns(mrcz.FileWarning, match="all of it is fetched") as told:
        stack = mrcz.open(served.put("a.mrcz", coded["zstd"]))
    assert told[0].filename == __file__
    assert np.array_equal(stack[150:160], frames[150:160])
    assert len(served.requests) == 1
    copy = stack._origin._ranges._whole
    del told, stack
    gc.collect()
    assert copy.closed


def test_what_a_server_refuses_is_said(served, coded):
    with pytest.raises(FileNotFoundError, match="404"):
        mrcz.open(served.address + "missing.mrcz")
    address = served.put("a.mrcz", coded["zstd"])
    served.status = 403
    with pytest.raises(OSError, match=r"a\.mrcz: the server answers 403 Forbidden"):
        mrcz.open(address)
    with pytest.raises(OSError, match="tried 3 times"):
        mrcz.open("http://127.0.0.1:9/nobody.mrcz")


def test_a_server_that_is_busy_is_asked_again(served, frames, coded):
    address = served.put("a.mrcz", coded["zstd"])
    served.failures = 2
    stack = mrcz.open(address)
    served.failures = 1
    assert np.array_equal(stack[103], frames[103])
    served.failures = 99
    with pytest.raises(OSError, match="503"):
        stack[104]


def test_a_connection_that_is_cut_is_an_error_and_not_pixels(served, frames, coded):
    stack = mrcz.open(served.put("a.mrcz", coded["zstd"]))
    served.cut = 1000
    with pytest.raises(OSError, match=r"ended after 1000 of \d+ bytes"):
        stack[103]
    served.cut = 0
    assert np.array_equal(stack[103], frames[103])


def test_a_connection_that_the_server_closed_is_opened_anew(served, frames, coded):
    address = served.put("a.mrcz", coded["zstd"])
    stack = mrcz.open(address)
    for connection in stack._origin._ranges._idle:
        connection.sock.shutdown(2)
    assert np.array_equal(stack[103], frames[103])


@pytest.mark.parametrize("etags", [True, False])
def test_a_file_that_changes_on_the_server_is_noticed(served, frames, coded, etags):
    served.etags = etags
    address = served.put("a.mrcz", coded["zstd"])
    stack = mrcz.open(address)
    pickled = pickle.dumps(stack)
    assert np.array_equal(stack[103], frames[103])
    served.put("a.mrcz", coded["rans"])
    with pytest.raises(mrcz.FileChangedError, match="changed on the server"):
        stack[103]
    with pytest.raises(mrcz.FileChangedError):
        pickle.loads(pickled)


def test_redirections_are_followed(served, frames, coded):
    served.put("a.mrcz", coded["zstd"])
    stack = mrcz.open(served.address + "moved")
    assert np.array_equal(stack[103], frames[103]) and len(served.requests) == 4


def test_a_wrapped_file_is_fetched_whole(served, frames, coded):
    assert np.array_equal(mrcz.open(served.put("a.mrc.gz", gzip.compress(coded["raw"], 1)))[103], frames[103])


def test_a_stack_from_a_server_pickles(served, frames, coded):
    stack = mrcz.open(served.put("a.mrcz", coded["zstd"]))
    assert np.array_equal(pickle.loads(pickle.dumps(stack))[5], frames[5])
    assert stack.verify()["frames"] == 200


def test_an_empty_file_on_a_server_is_too_short(served):
    with pytest.raises(mrcz.FileDamagedError, match="0 bytes"):
        mrcz.open(served.put("a.mrcz", b""))


def test_file_objects_open(tmp_path, frames, coded):
    (tmp_path / "a.mrcz").write_bytes(coded["zstd"])
    for file in (io.BytesIO(coded["zstd"]), open(tmp_path / "a.mrcz", "rb"), open(tmp_path / "a.mrcz", "rb", buffering=0),
                 open(tmp_path / "a.mrcz", "r+b"), io.BytesIO(gzip.compress(coded["zstd"]))):
        with file:
            stack = mrcz.open(file, threads=3)
            assert np.array_equal(stack[20:40], frames[20:40])
            assert stack.verify()["frames_hashed"]
    with gzip.open(io.BytesIO(gzip.compress(coded["raw"], 1))) as file:
        assert np.array_equal(mrcz.open(file)[103], frames[103])


def test_only_what_may_keep_one_waiting_is_read_with_an_eye_on_signals(tmp_path, coded):
    (tmp_path / "a.mrcz").write_bytes(coded["zstd"])
    with open(tmp_path / "a.mrcz", "rb") as file, open(tmp_path / "a.mrcz", "rb", buffering=0) as bare:
        for source in (tmp_path / "a.mrcz", file, bare, io.BytesIO(coded["zstd"])):
            assert not mrcz.open(source)._origin.is_far
    assert mrcz.open(gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(coded["zstd"]))))._origin.is_far


def test_the_position_of_an_open_file_stays(tmp_path, coded):
    (tmp_path / "a.mrcz").write_bytes(coded["zstd"])
    with open(tmp_path / "a.mrcz", "rb") as file:
        file.seek(17)
        mrcz.open(file)[3]
        assert file.tell() == 17


def test_file_objects_pickle_where_they_can(tmp_path, frames, coded):
    stack = mrcz.open(io.BytesIO(coded["raw"]))
    assert np.array_equal(pickle.loads(pickle.dumps(stack))[103], frames[103])
    (tmp_path / "a.mrcz").write_bytes(coded["zstd"])
    with open(tmp_path / "a.mrcz", "rb") as file:
        with pytest.raises(TypeError, match="open it by its path"):
            pickle.dumps(mrcz.open(file))


def test_what_is_no_file_of_bytes_is_refused(tmp_path, coded):
    (tmp_path / "a.mrcz").write_bytes(coded["zstd"])
    with open(tmp_path / "a.mrcz", encoding="latin-1") as file:
        with pytest.raises(TypeError, match="rb"):
            mrcz.open(file)
    with pytest.raises(ValueError, match="closed"):
        mrcz.open(file)


def test_an_exception_of_a_file_object_comes_through(coded):
    class Failing(io.BytesIO):
        broken = False

        def read(self, *arguments):
            if self.broken:
                raise RuntimeError("the tape is torn")
            return super().read(*arguments)

    file = Failing(coded["zstd"])
    stack = mrcz.open(file, threads=3)
    file.broken = True
    with pytest.raises(RuntimeError, match="torn"):
        stack[:]


def run_within(seconds, script):
    """A program of its own: a deadlock that holds the interpreter's lock stops every thread of this one, too."""
    found = subprocess.run([sys.executable, "-"], input=script, capture_output=True, text=True, timeout=seconds)
    assert found.returncode == 0, found.stderr


def test_threads_read_parts_of_one_file_object_side_by_side(tmp_path, frames):
    """One thread waits for the disk while another, which comes with the interpreter's lock, asks for other parts."""
    mrcz.write(tmp_path / "a.mrc", frames[:2])
    plain = (tmp_path / "a.mrc").read_bytes()
    text = b'{"a": [%s]}' % b", ".join(b"%d" % i for i in range(20000))
    header = bytearray(plain[:1024])
    header[92:96] = len(text).to_bytes(4, "little")
    header[104:108] = b"JSON"
    (tmp_path / "b.mrc").write_bytes(bytes(header) + text + plain[1024:])
    # Longer than what is fetched at once from behind the pixels.
    noise = np.random.default_rng(1).bytes(9 << 20).hex()
    (tmp_path / "noise").write_text(noise)
    mrcz.compress(tmp_path / "b.mrc", tmp_path / "b.mrcz", metadata={"noise": noise})
    run_within(120, f"""
import io, threading, mrcz
class Slow(io.BytesIO):
    is_slow = False
    def read(self, *args):
        if self.is_slow:
            busy.set()
            threading.Event().wait(0.1)
        return super().read(*args)
data = open({str(tmp_path / "b.mrcz")!r}, "rb").read()
text = {text!r}
for read in (lambda: extended.to_bytes() == text, lambda: stack.original_header is not None):
    file, busy = Slow(data), threading.Event()
    stack = mrcz.open(file)
    extended = stack.extended_header
    file.is_slow = True
    found = []
    thread = threading.Thread(target=lambda: found.append(stack.metadata))
    thread.start()
    busy.wait()
    assert read()
    thread.join()
    assert found == [{{"noise": open({str(tmp_path / "noise")!r}).read()}}]
""")


class Keeping:
    """Ranges of bytes; keeps every view that it was given."""

    name = "kept"

    def __init__(self, data):
        self.data, self.size, self.views, self.failing = data, len(data), [], False

    def read_into(self, offset, view):
        self.views += [view, view[1:], np.frombuffer(view, "u1")]
        if self.failing:
            raise OSError("no longer there")
        view[:] = self.data[offset : offset + len(view)]


@pytest.mark.parametrize("failing", [False, True])
def test_views_that_a_source_keeps_do_not_lead_into_memory_of_the_readers(frames, coded, failing):
    ranges = Keeping(coded["raw"])
    reader = mrcz._core.Reader.from_source(ranges, mrcz.Limits(), "by_header")
    out = np.zeros((1, *frames.shape[1:]), "uint16")
    ranges.failing = failing
    try:
        reader.read_frames(np.array([150]), out.view("u1"), 1)
    except OSError as error:
        assert failing and "no longer there" in str(error)
    for view in ranges.views:
        view[:] = b"\xff" * len(view) if isinstance(view, memoryview) else 255
    assert np.array_equal(out[0], 0 * frames[150] if failing else frames[150])


INTERRUPTED = """
import sys
import mrcz

stack = mrcz.open(sys.argv[1], threads=int(sys.argv[2]))
print("opened", flush=True)
sys.stdin.readline()
try:
    stack[:]
except KeyboardInterrupt:
    print("interrupted", stack.shape)
"""


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("sent", [0, 100])
def test_ctrl_c_ends_waiting_for_a_server_that_hangs(served, tmp_path, threads, sent):
    frames = np.random.default_rng(0).integers(0, 255, (12, 300, 300), "int16")
    mrcz.write(tmp_path / "a.mrcz", frames)
    address = served.put("a.mrcz", (tmp_path / "a.mrcz").read_bytes())
    ended, program, requests = threading.Event(), None, itertools.count()
    is_open, answers = threading.Event(), served.answer

    def hang(request):
        """Once frames are asked for, Ctrl-C is pressed, and no answer comes, or only a part of it."""
        if program is None or not is_open.is_set():
            return answers(request)
        if sent:
            first, last = (int(end) for end in re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers["Range"]).groups())
            size = len(served.files["/a.mrcz"])
            request.send_response(206)
            request.send_header("Content-Length", str(last + 1 - first))
            request.send_header("Content-Range", f"bytes {first}-{last}/{size}")
            request.send_header("ETag", f'"{hash(served.files["/a.mrcz"]):x}"')
            request.end_headers()
            request.wfile.write(bytes(sent))
            request.wfile.flush()
        if next(requests) == 0:
            program.send_signal(signal.SIGINT)
        ended.wait()

    served.answer = hang
    program = subprocess.Popen([sys.executable, "-c", INTERRUPTED, address, str(threads)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert program.stdout.readline() == "opened\n"
        is_open.set()
        told, errors = program.communicate("\n", timeout=50)  # less than the package waits for any server
    finally:
        ended.set()
        program.kill()
    assert told == "interrupted (12, 300, 300)\n", errors
