"""Items of instruction files: the rows of a JSON list or of JSON lines, checked and written."""

import codecs
import json
import re

from .archives import safe_name
from .errors import HubError

LONGEST = 16 << 20  # bytes of one item, as in docs/formats/instructions.md
CHUNK = 1 << 20
SPEAKERS = {"user": "human", "assistant": "gpt"}
TALKS = ("conversations", "conversation", "messages")


def text_of(value, speaker: str):
    """A turn's text. ECG-QA's turns are lists: questions are joined, answers stay a list."""
    if not isinstance(value, list):
        return value
    letters = len(value) > 1 and all(isinstance(one, str) and len(one) == 1 for one in value)
    asks = speaker in ("human", "user", "system")
    return "".join(map(str, value)) if asks or letters else value


def turns_of(talk, where: str) -> list:
    """Conversations as a list of {"from", "value"}."""
    if isinstance(talk, str):
        try:
            talk = json.loads(talk)
        except ValueError as fault:
            raise HubError(
                f"{where}: expected a conversation, got text that is no JSON: {fault}"
            ) from fault
    turns = []
    for turn in talk if isinstance(talk, list) else []:
        keys = turn.keys() if isinstance(turn, dict) else ()
        speaker, text = ("from", "value") if "from" in keys else ("role", "content")
        if speaker not in keys or text not in keys:
            raise HubError(
                f"{where}: expected turns of from and value, or of role and content, "
                f"got {str(turn)[:80]}"
            )
        turns.append(
            {
                "from": SPEAKERS.get(turn[speaker], turn[speaker]),
                "value": text_of(turn[text], turn[speaker]),
            }
        )
    if not turns:
        raise HubError(f"{where}: expected a list of turns, got {str(talk)[:80]}")
    return turns


def image_names(value, where: str) -> list:
    """The names in an item's `image` or `images`."""
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(name, str) and name for name in values):
        raise HubError(f"{where}: expected the name of an image, got {str(value)[:80]}")
    return [safe_name(name, where) for name in values]


def item_of(source: dict, where: str):
    """(item, names of its images): what is written, keys in their order, names made plain."""
    talk = next((key for key in TALKS if source.get(key) is not None), None)
    if talk is None:
        raise HubError(f"{where}: expected {' or '.join(TALKS)}, got {', '.join(source)}")
    item, names = {}, []
    for key, value in source.items():
        if key in ("image", "images") and value is not None:
            some = image_names(value, where)
            names += some
            value = some if isinstance(value, list) else some[0]
        if key == talk:
            key, value = TALKS[0], turns_of(value, where)
        item[key] = value
    return item, names


def line_of(item: dict, where: str) -> bytes:
    """The item as a line of JSON."""
    try:
        return json.dumps(item, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except (UnicodeEncodeError, TypeError) as fault:  # half of a surrogate pair, a date
        raise HubError(f"{where}: expected what JSON can hold, got: {fault}") from fault


def unique(pairs: list) -> dict:
    """An object of JSON; a key that comes twice is an error."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"key {next(key for key in keys if keys.count(key) > 1)!r} twice")
    return found


def no_number(name: str):
    raise ValueError(f"{name}, which is no number of JSON")


DECODER = json.JSONDecoder(object_pairs_hook=unique, parse_constant=no_number)


class JsonItems:
    """The items of a JSON list, or of JSON lines, from byte `start` on.

    `next_byte` is where the item after the last one begins. Memory: about one chunk and one item.
    """

    def __init__(self, file, where: str, start: int):
        file.seek(0)
        first = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if first not in (b"[", b"{"):
            raise HubError(
                f"{where}: expected a JSON list or JSON lines of items, got a file "
                f"that begins with {first!r}"
            )
        file.seek(start)
        self.file, self.where, self.next_byte = file, where, start
        self.is_list, self.text, self.at = first == b"[", "", 0
        self.between = re.compile("[\ufeff \t\r\n,[]*" if self.is_list else "[\ufeff \t\r\n]*")
        self.decoder, self.utf8 = DECODER, codecs.getincrementaldecoder("utf-8")()

    def more(self) -> bool:
        """Reads on; False at the end of the file."""
        data = self.file.read(CHUNK)
        try:
            self.text = self.text[self.at :] + self.utf8.decode(data, not data)
        except UnicodeDecodeError as fault:
            raise HubError(
                f"{self.where}: near byte {self.file.tell():,}: expected UTF-8, got: {fault.reason}"
            ) from fault
        self.at = 0
        return bool(data)

    def step_to(self, at: int):
        """Goes on to the letter `at` of the text."""
        self.next_byte += len(self.text[self.at : at].encode())
        self.at = at

    def gap(self) -> str:
        """Steps over blanks, commas and brackets; the first letter of the next item, or ""."""
        while True:
            self.step_to(self.between.match(self.text, self.at).end())
            if self.at < len(self.text) or not self.more():
                return self.text[self.at : self.at + 1]

    def __iter__(self):
        while (first := self.gap()) and not (self.is_list and first == "]"):
            yield self.one()
        if self.is_list and not first:
            raise HubError(
                f"{self.where}: expected ']' at the end, got the end of the file; download it again"
            )

    def one(self) -> dict:
        """The item at the front."""
        place = f"{self.where}: item at byte {self.next_byte:,}"
        while True:
            try:
                item, end = self.decoder.raw_decode(self.text, self.at)
                break
            except (ValueError, RecursionError) as fault:
                if len(self.text) - self.at > LONGEST or not self.more():
                    raise HubError(
                        f"{place}: expected an item of at most {LONGEST:,} bytes, "
                        f"got: {fault}; download the file again"
                    ) from fault
        self.step_to(end)
        if not isinstance(item, dict):
            raise HubError(f"{place}: expected an object, got {str(item)[:80]}")
        return item
