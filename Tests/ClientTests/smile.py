"""Smile, read and written, from its specification (https://github.com/FasterXML/smile-format-specification): the decoders on PyPI are of Python 2."""
import struct


def loads(data):
    if data[:3] != b":)\n" or data[3] >> 4:
        raise ValueError("no Smile of version 0")
    if data[3] & 3:
        raise ValueError("shared names and values are not read here")
    value, end = _value(data, 4)
    if end != len(data):
        raise ValueError(f"{len(data) - end} bytes are left")
    return value


def _vint(data, at):
    value = 0
    while not data[at] & 0x80:
        value, at = value << 7 | data[at], at + 1
    return value << 6 | data[at] & 0x3F, at + 1


def _zigzag(value):
    return value >> 1 ^ -(value & 1)


def _until_end(data, at):
    end = data.index(0xFC, at)
    return data[at:end].decode(), end + 1


def _name(data, at):
    token, at = data[at], at + 1
    if token == 0x20:
        return "", at
    if token == 0x34:
        return _until_end(data, at)
    count = token - 0x80 + 1 if 0x80 <= token < 0xC0 else token - 0xC0 + 2 if 0xC0 <= token < 0xF8 else None
    if count is None:
        raise ValueError(f"{token:#x} is no name")
    return data[at:at + count].decode(), at + count


def _value(data, at):
    token, at = data[at], at + 1
    if token in (0x20, 0x21, 0x22, 0x23):
        return ["", None, False, True][token - 0x20], at
    if token in (0x24, 0x25):
        value, at = _vint(data, at)
        return _zigzag(value), at
    if token == 0x26:
        count, at = _vint(data, at)
        bits, held, out = 0, 0, b""
        for index in range(-(-count * 8 // 7)):
            width = min(7, count * 8 - index * 7)
            held, bits = held << width | data[at], bits + width
            at += 1
        return int.from_bytes(held.to_bytes(count, "big"), "big", signed=True), at
    if token == 0x29:
        bits = 0
        for byte in data[at:at + 10]:
            bits = bits << 7 | byte
        return struct.unpack(">d", bits.to_bytes(8, "big"))[0], at + 10
    for first, least in ((0x40, 1), (0x60, 33), (0x80, 2), (0xA0, 34)):
        if first <= token < first + 32:
            count = token - first + least
            return data[at:at + count].decode(), at + count
    if 0xC0 <= token < 0xE0:
        return _zigzag(token & 0x1F), at
    if token in (0xE0, 0xE4):
        return _until_end(data, at)
    if token == 0xF8:
        items = []
        while data[at] != 0xF9:
            item, at = _value(data, at)
            items.append(item)
        return items, at + 1
    if token == 0xFA:
        members = {}
        while data[at] != 0xFB:
            name, at = _name(data, at)
            members[name], at = _value(data, at)
        return members, at + 1
    raise ValueError(f"{token:#x} is no value")


def dumps(value):
    """A document with nothing shared."""
    return b":)\n\0" + _written(value)


def _written(value):
    if value is None or value is False or value is True:
        return {None: b"\x21", False: b"\x22", True: b"\x23"}[value]
    if isinstance(value, int):
        return b"\x25" + _written_vint(value << 1 ^ value >> 63)
    if isinstance(value, float):
        bits = struct.unpack(">Q", struct.pack(">d", value))[0]
        return b"\x29" + bytes(bits >> shift & 0x7F for shift in range(63, -1, -7))
    if isinstance(value, str):
        return b"\xe4" + value.encode() + b"\xfc"
    if isinstance(value, list):
        return b"\xf8" + b"".join(map(_written, value)) + b"\xf9"
    return b"\xfa" + b"".join(b"\x34" + name.encode() + b"\xfc" + _written(member) for name, member in value.items()) + b"\xfb"


def _written_vint(value):
    last, rest = value & 0x3F | 0x80, value >> 6
    digits = [last]
    while rest:
        digits.append(rest & 0x7F)
        rest >>= 7
    return bytes(reversed(digits))
