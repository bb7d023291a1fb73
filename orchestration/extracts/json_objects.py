"""The objects in a JSON file, one after another: however large it is, one block of it is in memory."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, Final

from orchestration.extracts.byte_streams import ByteSource, encoding_of, text_blocks
from orchestration.extracts.csv_records import LONGEST_RECORD_BYTES, BrokenLine
from orchestration.extracts.errors import ExtractError

Object = dict[str, Any]
Element = tuple[int, Object] | BrokenLine  # an object with its number, or what is none
WRAPPERS: Final = ("results", "data", "records", "value", "items")  # names of the list in an answer of an API
ACCEPTED: Final = "accepted is an array of objects, or an object with one list of them, in UTF-8"
UNTERMINATED: Final = "Unterminated string"  # as the json library says it
NO_OBJECT: Final = "no JSON object; accepted is one object on each line"
BLANKS: Final = re.compile(r"[ \t\r\n]*")
# Numbers stay as they are written: 1.10 is no 1.1, and ids of 20 digits keep all of them.
DECODER: Final = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


def json_objects(source: ByteSource) -> Iterator[Element]:
    """The objects of a JSON file, numbered from 1: of an array, of the one list in an object, or that object.

    Objects may follow each other without an array around them, as pages of an API are saved.

    Raises:
        ExtractError: the text is no JSON, with the line where it stops being so.
    """
    for number, element in enumerate(_elements(_Reader(source)), start=1):
        if isinstance(element, dict):
            yield number, element
        else:
            text = element if isinstance(element, str) else json.dumps(element, ensure_ascii=False)
            yield BrokenLine(number, text, "no JSON object; accepted is a list of objects alone")


def json_lines(source: ByteSource) -> Iterator[Element]:
    """The object on each line of a JSON Lines file with the number of the line; blank lines are none."""
    rest, number = b"", 0
    for block in text_blocks(source, encoding_of(source)):
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        for line in lines:
            number += 1
            if line.strip():
                yield _line_object(number, line)
        if len(rest) > LONGEST_RECORD_BYTES:
            raise ExtractError(
                f"{source.name}: line {number + 1}: is longer than 8 MB; accepted is one object on each line"
            )
    if rest.strip():
        yield _line_object(number + 1, rest)


def _line_object(number: int, line: bytes) -> Element:
    try:
        value = DECODER.decode(line.decode("utf-8"))
        if isinstance(value, dict):
            return number, value
    except (ValueError, RecursionError):
        pass
    return BrokenLine(number, line.decode("utf-8", "replace").rstrip("\r"), NO_OBJECT)


class _Reader:
    """A JSON text read from its beginning, of which only what is not yet decoded is kept."""

    def __init__(self, source: ByteSource) -> None:
        self._name = source.name
        self._blocks = text_blocks(source, encoding_of(source))
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._text = ""
        self._at = 0
        self._line = 1
        self._column = 0  # characters of the line before the text that is kept

    def peek(self) -> str:
        """The next character that is no blank, or nothing at the end."""
        while True:
            blanks = BLANKS.match(self._text, self._at)
            self._at = blanks.end() if blanks else self._at
            if self._at < len(self._text) or not self._fill():
                return self._text[self._at : self._at + 1]

    def take(self, *accepted: str) -> str:
        """The next character, which must be one of these."""
        character = self.peek()
        if character not in accepted or not character:
            raise self._error(f"expected is {' or '.join(accepted)}", self._at)
        self._at += 1
        return character

    def value(self) -> Any:
        """The next value, whatever it is."""
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise self._error("is nested too deep", self._at) from None
            except json.JSONDecodeError as error:
                broken_after = error.pos - self._at
                is_long = len(self._text) - self._at > LONGEST_RECORD_BYTES
                if not is_long and self._fill():
                    continue
                if is_long and (broken_after > LONGEST_RECORD_BYTES or error.msg.startswith(UNTERMINATED)):
                    raise self._error("an object is longer than 8 MB", self._at) from None
                what = "the file ends in a text" if error.msg.startswith(UNTERMINATED) else error.msg.lower()
                raise self._error(what, self._at + broken_after) from None
            if end == len(self._text) and self._fill():  # a number may go on in the next block
                continue
            self._at = end
            return value

    def is_longer(self, size: int) -> bool:
        """Whether more than `size` characters follow."""
        while len(self._text) - self._at <= size:
            if not self._fill():
                return False
        return True

    def small(self) -> Object | None:
        """The object that begins here; None where it does not end within 8 MB."""
        if not self.is_longer(LONGEST_RECORD_BYTES):
            return dict(self.value())
        try:
            value, end = DECODER.raw_decode(self._text[: self._at + LONGEST_RECORD_BYTES], self._at)
        except (json.JSONDecodeError, RecursionError):
            return None
        self._at = end
        return dict(value)

    def _fill(self) -> bool:
        block = next(self._blocks, None)
        self._line += self._text.count("\n", 0, self._at)
        start = self._text.rfind("\n", 0, self._at) + 1
        self._column = self._at - start + (0 if start else self._column)
        self._text, self._at = self._text[self._at :], 0
        try:
            self._text += self._decode(block or b"", final=block is None)
        except UnicodeDecodeError as error:
            self._text += bytes(error.object[: error.start]).decode()
            raise self._error(f"is not valid UTF-8: {error.reason}", len(self._text), ends=False) from None
        return block is not None

    def _error(self, what: str, at: int, ends: bool = True) -> ExtractError:
        line = self._line + self._text.count("\n", 0, at)
        start = self._text.rfind("\n", 0, at) + 1
        column = at - start + 1 + (0 if start else self._column)
        if ends and not self._text[at:].strip():
            what = f"the file ends in the middle ({what})"
        return ExtractError(f"{self._name}: line {line}, column {column}: no sound JSON: {what}; {ACCEPTED}")


def _elements(reader: _Reader) -> Iterator[Any]:
    is_first = True
    while character := reader.peek():
        if character == "[":
            yield from _listed(reader)
        elif character != "{":
            reader.take("[", "{")
        elif (document := reader.small()) is None:
            yield from _large(reader)
        else:
            yield from _unwrapped(document, is_only=is_first and not reader.peek())
        is_first = False


def _listed(reader: _Reader) -> Iterator[Any]:
    """The values of the array that begins here."""
    reader.take("[")
    if reader.peek() == "]":
        reader.take("]")
        return
    yield reader.value()
    while reader.take(",", "]") == ",":
        yield reader.value()


def _large(reader: _Reader) -> Iterator[Any]:
    """The objects of the one list in an object that is too large to be held."""
    end = reader.take("{")
    while end != "}":
        key = reader.value()
        reader.take(":")
        if reader.peek() == "{" and key in WRAPPERS:
            yield from _large(reader)
        elif reader.peek() == "[":
            yield from _listed(reader)
        else:
            reader.value()
        end = reader.take(",", "}")


def _unwrapped(document: Object, is_only: bool) -> list[Any]:
    """The objects in an answer of an API; the object itself where it is none.

    One with an id is a thing of its own, whatever lists are in it.
    """
    is_thing = any(key.lower() == "id" or key.endswith(("_id", "Id")) for key in document)
    lists = [key for key, value in document.items() if is_objects(value)]
    if not is_thing and len(lists) == 1 and (is_only or lists[0] in WRAPPERS):
        found: list[Any] = document[lists[0]]
        return found
    if not is_thing and not lists and is_only:
        inner = [document[key] for key in WRAPPERS if key in document]
        if inner == [[]]:
            return []
        if len(inner) == 1 and isinstance(inner[0], dict):
            return _unwrapped(inner[0], is_only)
    return [document]


def is_objects(value: object) -> bool:
    """Whether the value is a list of objects, and of something."""
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)
