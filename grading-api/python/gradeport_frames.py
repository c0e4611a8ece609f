"""Frames: the messages between a worker, the agent of a container and the agent's clients (protocol.ts).

A frame is a 4-byte big-endian length of what follows, a kind byte and the payload.  Kind 0 is one JSON message;
kind 1 is raw bytes after a stream byte (0 stdin, 1 stdout, 2 stderr, 3 terminal, 4 files) and a 4-byte big-endian channel.
"""
import json
import struct

PROTOCOL_VERSION = 1
JSON, BYTES = 0, 1
STDIN, STDOUT, STDERR, TERMINAL, FILES = 0, 1, 2, 3, 4
MAX_FRAME_BYTES = 96 * 1024 * 1024
CHUNK_BYTES = 64 * 1024

_HEADER = struct.Struct('>IB')
_BYTES_HEADER = struct.Struct('>IBBI')
_CHANNEL = struct.Struct('>BI')


def encode(message):
    """Return message as compact JSON bytes that any parser reads: no lone surrogates, no NaN (ValueError)."""
    text = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(',', ':'))
    return text.encode('utf-8', 'replace')


def json_frame(message):
    """Return the frame of one JSON message."""
    payload = encode(message)
    return _HEADER.pack(len(payload) + 1, JSON) + payload


def json_frame_with(message, key, encoded):
    """Return the frame of message with one more key, whose value is JSON bytes already."""
    payload = b'%s,%s:%s}' % (encode(message)[:-1], encode(key), encoded)
    return _HEADER.pack(len(payload) + 1, JSON) + payload


def bytes_frame(stream, channel, data):
    """Return the frame of raw bytes of one stream of one channel."""
    return _BYTES_HEADER.pack(len(data) + 6, BYTES, stream, channel) + data


class FrameReader:
    """Cuts a byte stream into frames; raises ValueError on anything that is not a frame."""

    def __init__(self, limit=MAX_FRAME_BYTES):
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, data):
        """Add data; return the complete frames: (JSON, message) or (BYTES, stream, channel, data)."""
        self._buffer += data
        frames = []
        while len(self._buffer) >= _HEADER.size:
            length, kind = _HEADER.unpack_from(self._buffer)
            if not 1 <= length <= self._limit:
                raise ValueError('a frame of %d bytes' % length)
            if len(self._buffer) < length + 4:
                break
            frames.append(_parse(kind, bytes(memoryview(self._buffer)[_HEADER.size : length + 4])))
            del self._buffer[: length + 4]
        return frames


def _parse(kind, payload):
    if kind == JSON:
        try:
            message = json.loads(payload.decode('utf-8'))
        except RecursionError:
            raise ValueError('a message nested too deeply')
        if not isinstance(message, dict):
            raise ValueError('a message that is not an object')
        return (JSON, message)
    if kind == BYTES and len(payload) >= _CHANNEL.size:
        stream, channel = _CHANNEL.unpack_from(payload)
        return (BYTES, stream, channel, payload[_CHANNEL.size :])
    raise ValueError('a frame of kind %d' % kind)
