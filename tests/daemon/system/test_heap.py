"""The C library's heap, in a process of its own: what is large is given back, and all threads share one."""

import subprocess
import sys

PROGRAM = """
import ctypes, pathlib, threading
from daemon.system import heap

assert heap.keep_small()

def mapped():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * 4096

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
libc.free(libc.malloc(8_000_000))  # from here on the C library would keep as much
before = mapped()
libc.free(libc.malloc(7_000_000))
print(mapped() - before)

def ask():
    libc.free(libc.malloc(1000))

before = mapped()
threads = [threading.Thread(target=ask) for _ in range(4)]
for thread in threads: thread.start(); thread.join()
print(mapped() - before)
"""


def test_threads_share_one_heap_and_what_is_large_is_given_back():
    told = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    kept, taken = map(int, told.split())
    assert kept == 0
    assert taken < 64 * 1_000_000 / 2  # a heap of a thread's own reserves 64 MB
