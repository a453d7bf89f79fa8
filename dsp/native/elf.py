"""From a relocatable object to a shared library: what a linker does, for code as simple as that of kernels.

    read, execute │ header, symbols and how to find them, what to look up │ constants, code │ stubs │
    read, write   │ slots: addresses that were looked up │ index of all this │

A machine that runs the console need not have a linker.  The code refers to itself only relative to where it
is, has no variables, and calls little that is not its own: through a stub, which jumps to where its slot says.
Anything else is refused.  Names and numbers are those of the ELF specification, for x86-64 and aarch64.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

X86_64, AARCH64 = 62, 183
PAGE = 0x10000
"""Largest page of any of these machines: so far the writable part is moved away from the code."""
HEADER, PROGRAM_HEADER, PARTS = 64, 56, 4
SYMBOL, RELOCATION = 24, 24

SHT_SYMTAB, SHT_RELA, SHT_NOBITS = 2, 4, 8
SHF_WRITE, SHF_ALLOC = 1, 2
PT_LOAD, PT_DYNAMIC, PT_GNU_STACK = 1, 2, 0x6474E551
READ, WRITE, EXECUTE = 4, 2, 1
DT_HASH, DT_STRTAB, DT_SYMTAB, DT_RELA, DT_RELASZ, DT_RELAENT, DT_STRSZ, DT_SYMENT = 4, 5, 6, 7, 8, 9, 10, 11
DT_FLAGS, DF_BIND_NOW = 30, 8
GLOBAL_FUNCTION = 0x12
GLOB_DAT = {X86_64: 6, AARCH64: 1025}
STUB = 16


class LinkError(Exception):
    """The object holds something that kernels should not; the message says what."""


class Section(NamedTuple):
    """A section of an object, and where its name is."""

    name: int
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    each: int


class Symbol(NamedTuple):
    """A symbol of an object; `section` is 0 if it is somebody else's."""

    name: str
    section: int
    value: int
    size: int
    exported: bool


class Object:
    """A relocatable object, as it is read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        (self.machine,) = struct.unpack_from("<H", data, 18)
        if data[:5] != b"\x7fELF\x02" or self.machine not in GLOB_DAT:
            raise LinkError("not an object for x86-64 or aarch64")
        (start,) = struct.unpack_from("<Q", data, 40)
        (count,) = struct.unpack_from("<H", data, 60)
        self.sections = [Section(*struct.unpack_from("<IIQQQQIIQQ", data, start + 64 * i)) for i in range(count)]
        table = next(section for section in self.sections if section.kind == SHT_SYMTAB)
        texts = self.sections[table.link].offset
        self.symbols = []
        for at in range(table.offset, table.offset + table.size, SYMBOL):
            name, info, _, section, value, size = struct.unpack_from("<IBBHQQ", data, at)
            text = data[texts + name : data.index(b"\0", texts + name)].decode()
            self.symbols.append(Symbol(text, section, value, size, info >> 4 != 0))

    def needed(self) -> Iterator[tuple[int, Section]]:
        """Sections that are there at run time."""
        for number, section in enumerate(self.sections):
            if section.flags & SHF_ALLOC and section.size:
                if section.flags & SHF_WRITE or section.kind == SHT_NOBITS:
                    raise LinkError("kernels have variables of their own")
                yield number, section

    def relocations(self, number: int) -> Iterator[tuple[int, int, Symbol, int]]:
        """What in a section depends on where a symbol is: offset, type, symbol, addend."""
        for section in self.sections:
            if section.kind == SHT_RELA and section.info == number:
                for at in range(section.offset, section.offset + section.size, RELOCATION):
                    offset, info, addend = struct.unpack_from("<QQq", self.data, at)
                    yield offset, info & 0xFFFFFFFF, self.symbols[info >> 32], addend


def link(relocatable: bytes) -> bytes:
    """Make a shared library of a relocatable object; its symbols are the library's.

    Raises
    ------
    LinkError
        If it holds what kernels should not.
    """
    return Linker(Object(relocatable)).library()


class Linker:
    """A library in the making.

    Parameters
    ----------
    source : Object
    """

    def __init__(self, source: Object) -> None:
        self._source = source
        self._own = [each for each in source.symbols if each.exported and each.section]
        self._foreign = [each.name for each in source.symbols if each.exported and not each.section]
        self._out = bytearray(HEADER + PARTS * PROGRAM_HEADER)
        self._sections: dict[int, int] = {}

    def library(self) -> bytes:
        """Lay everything out, then fill in what depends on where it is."""
        names = [*self._foreign, *(each.name for each in self._own)]
        strings = b"\0" + b"".join(name.encode() + b"\0" for name in names)
        symbols = self._place(bytes(SYMBOL * (1 + len(names))))
        index = self._place(struct.pack(f"<{4 + len(names)}I", *_one_chain(len(names))))
        looked_up = self._place(bytes(RELOCATION * len(self._foreign)))
        texts = self._place(strings)
        for number, section in self._source.needed():
            content = self._source.data[section.offset : section.offset + section.size]
            self._sections[number] = self._place(content, section.alignment)
        self._stubs = self._place(bytes(STUB * len(self._foreign)))
        self._code_end = len(self._out)
        self._slots = self._place(bytes(8 * len(self._foreign))) + PAGE
        found = {
            DT_HASH: index, DT_SYMTAB: symbols, DT_SYMENT: SYMBOL, DT_STRTAB: texts, DT_STRSZ: len(strings),
            DT_RELA: looked_up, DT_RELASZ: RELOCATION * len(self._foreign), DT_RELAENT: RELOCATION,
            DT_FLAGS: DF_BIND_NOW, 0: 0,
        }  # fmt: skip
        dynamic = self._place(b"".join(struct.pack("<QQ", *entry) for entry in found.items()))
        self._write_symbols(symbols, names, strings)
        self._write_stubs(looked_up)
        for number, place in self._sections.items():
            for offset, kind, symbol, addend in self._source.relocations(number):
                self._relocate(place + offset, kind, symbol, addend)
        self._write_header(dynamic)
        return bytes(self._out)

    def _place(self, content: bytes, alignment: int = 16) -> int:
        self._out += bytes(-len(self._out) % max(alignment, 1))
        self._out += content
        return len(self._out) - len(content)

    def _write_header(self, dynamic: int) -> None:
        """Say what to load where; what is writable lies one page further on in memory than in the file."""
        end, writable = len(self._out), self._slots - PAGE
        struct.pack_into(
            "<16sHHIQQQIHHHHHH", self._out, 0, b"\x7fELF\x02\x01\x01", 3, self._source.machine, 1, 0, HEADER, 0, 0,
            HEADER, PROGRAM_HEADER, PARTS, 64, 0, 0,
        )  # fmt: skip
        parts = (
            (PT_LOAD, READ | EXECUTE, 0, 0, self._code_end, PAGE),
            (PT_LOAD, READ | WRITE, writable, writable + PAGE, end - writable, PAGE),
            (PT_DYNAMIC, READ | WRITE, dynamic, dynamic + PAGE, end - dynamic, 8),
            (PT_GNU_STACK, READ | WRITE, 0, 0, 0, 16),
        )
        for number, (kind, flags, offset, address, size, alignment) in enumerate(parts):
            struct.pack_into(
                "<IIQQQQQQ", self._out, HEADER + PROGRAM_HEADER * number,
                kind, flags, offset, address, address, size, size, alignment,
            )  # fmt: skip

    def _write_symbols(self, place: int, names: list[str], strings: bytes) -> None:
        addresses = [(0, 0, 0)] * len(self._foreign)
        addresses += [(1, self._sections[each.section] + each.value, each.size) for each in self._own]
        for number, (name, (section, value, size)) in enumerate(zip(names, addresses, strict=True), 1):
            text = strings.index(b"\0" + name.encode() + b"\0") + 1
            entry = (text, GLOBAL_FUNCTION, 0, section, value, size)
            struct.pack_into("<IBBHQQ", self._out, place + SYMBOL * number, *entry)

    def _write_stubs(self, looked_up: int) -> None:
        machine = self._source.machine
        for number in range(len(self._foreign)):
            stub, slot = self._stubs + STUB * number, self._slots + 8 * number
            entry = (slot, (number + 1) << 32 | GLOB_DAT[machine], 0)
            struct.pack_into("<QQq", self._out, looked_up + RELOCATION * number, *entry)
            if machine == X86_64:
                struct.pack_into("<Hi", self._out, stub, 0x25FF, slot - (stub + 6))  # jmp *slot
            else:
                # adrp x16, slot; ldr x17, [x16, slot]; br x17
                struct.pack_into("<III", self._out, stub, 0x90000010, 0xF9400211, 0xD61F0220)
                self._patch_aarch64(stub, 275, slot)
                self._patch_aarch64(stub + 4, 286, slot)

    def _relocate(self, place: int, kind: int, symbol: Symbol, addend: int) -> None:
        if symbol.section in self._sections:
            target = self._sections[symbol.section] + symbol.value
        elif symbol.name in self._foreign:
            target = self._stubs + STUB * self._foreign.index(symbol.name)
        else:
            raise LinkError(f"kernels refer to {symbol.name or 'a section'}, which is not loaded")
        patch = self._patch_x86 if self._source.machine == X86_64 else self._patch_aarch64
        if not patch(place, kind, target + addend):
            raise LinkError(f"kernels refer to {symbol.name or 'a section'} in a way ({kind}) that is not relative")

    def _patch_x86(self, place: int, kind: int, target: int) -> bool:
        """Write a 32-bit distance: R_X86_64_PC32, R_X86_64_PLT32."""
        if kind in (2, 4):
            struct.pack_into("<i", self._out, place, target - place)
        return kind in (2, 4)

    def _patch_aarch64(self, place: int, kind: int, target: int) -> bool:
        """Write a distance into an instruction, or beside a table of jumps."""
        distance = target - place
        if kind == 261:  # R_AARCH64_PREL32
            struct.pack_into("<i", self._out, place, distance)
        elif kind in (282, 283):  # R_AARCH64_JUMP26, R_AARCH64_CALL26
            self._set_bits(place, distance >> 2 & 0x3FFFFFF)
        elif kind == 275:  # R_AARCH64_ADR_PREL_PG_HI21
            pages = (target >> 12) - (place >> 12)
            self._set_bits(place, (pages & 3) << 29 | (pages >> 2 & 0x7FFFF) << 5)
        elif kind in LOW_BITS:
            self._set_bits(place, (target & 0xFFF) >> LOW_BITS[kind] << 10)
        else:
            return False
        return True

    def _set_bits(self, place: int, bits: int) -> None:
        (instruction,) = struct.unpack_from("<I", self._out, place)
        struct.pack_into("<I", self._out, place, instruction | bits)


LOW_BITS = {277: 0, 278: 0, 284: 1, 285: 2, 286: 3, 299: 4}
"""R_AARCH64_ADD_ABS_LO12_NC and R_AARCH64_LDST*_ABS_LO12_NC: by how much the low twelve bits are shifted."""


def _one_chain(count: int) -> list[int]:
    """Hash table of so few symbols that one after the other is looked at: one bucket, and who is next."""
    return [1, count + 1, 1 if count else 0, 0, *(i + 2 if i + 1 < count else 0 for i in range(count))]
