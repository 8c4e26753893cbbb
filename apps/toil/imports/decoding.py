"""From the bytes of an uploaded file to its text, or to the reason why it is none (R74).

UTF-8 is tried first and strictly, then UTF-16 by its mark or by where its zero bytes lie, then Shift_JIS as
Windows writes it (CP932). ISO-2022-JP, as mail carries it, is known by its escapes. Nothing is ever replaced:
a byte that fits nowhere is reported with its position.
"""

import re
from typing import BinaryIO

import charset_normalizer
from django.utils.translation import gettext_lazy as _

from apps.toil.imports.errors import ImportFileError, say

MAX_BYTES = 5 * 1024 * 1024
SAMPLE = 64 * 1024

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_PACKED = (
    b"PK\x03\x04",  # zip, and with it xlsx, ods, numbers
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"\x1f\x8b",  # gzip
    b"7z\xbc\xaf\x27\x1c",
    b"\xfd7zXZ\x00",
    b"BZh",
    b"Rar!\x1a\x07",
    b"\x28\xb5\x2f\xfd",  # zstandard
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # xls of before 2007
)
_BINARY = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"SQLite format 3\x00")

# Marks of structure in a CSV: in UTF-16 almost every one of these bytes has a zero beside it.
_STRUCTURE = frozenset(b'\r\n\t,;"')
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
_FOREIGN_RUN = re.compile(r"[^\x00-\x7f]+")
# Python reads these single bytes of CP932 as signs nobody writes; Windows has none there.
_NOT_IN_SHIFT_JIS = re.compile(r"[\x80\xa0\uf8f0-\uf8f3]")
_ISO_2022_JP_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(I")
_HALF_WIDTH_KANA = re.compile(r"[\uff61-\uff9f]")


def read_text(file: BinaryIO) -> tuple[str, str]:
    """The file's text and the name of its encoding; never reads more than `MAX_BYTES` and one byte.

    Raises ImportFileError: `too_large`, `empty`, `packed`, `binary`, `undecodable` (with the byte), `nul`.
    """
    data = _read_limited(file)
    if not data.strip():
        raise ImportFileError("empty", _("This file is empty. Choose the CSV file that holds your log."))
    if data.startswith(_PACKED):
        raise ImportFileError(
            "packed",
            _("This is an archive or an Excel workbook. Open it, save the sheet as “CSV UTF-8” and bring that file."),
        )
    if data.startswith(_BINARY):
        raise _binary()
    text, encoding = _decode(data)
    if not text.strip():
        raise ImportFileError("empty", _("This file is empty. Choose the CSV file that holds your log."))
    _refuse_controls(text)
    return text, encoding


def _read_limited(file: BinaryIO) -> bytes:
    kept = bytearray()
    while chunk := file.read(min(SAMPLE, MAX_BYTES + 1 - len(kept))):
        kept += chunk
        if len(kept) > MAX_BYTES:
            raise ImportFileError(
                "too_large",
                say(
                    _("This file is larger than %(limit)s MB. Export shorter periods and bring them one by one."),
                    limit=MAX_BYTES // 1024**2,
                ),
            )
    return bytes(kept)


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith(_UTF8_MARK):
        return _strictly(data, len(_UTF8_MARK), "utf-8"), "utf-8-sig"
    for mark, encoding in _UTF16_MARKS:
        if data.startswith(mark):
            return _strictly(data, len(mark), encoding), encoding
    if 0 in data and (by_zeros := _utf16_by_zeros(data[:SAMPLE])):
        return _strictly(data, 0, by_zeros), by_zeros
    if any(escape in data for escape in _ISO_2022_JP_ESCAPES):
        return _strictly(data, 0, "iso2022_jp_ext"), "iso-2022-jp"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        broken_at = error.start
    return _decode_japanese(data, broken_at), "cp932"


def _strictly(data: bytes, offset: int, encoding: str) -> str:
    try:
        return data[offset:].decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(data, offset + error.start, encoding) from None


def _utf16_by_zeros(sample: bytes) -> str | None:
    """UTF-16 without a mark: its commas, quotes and line ends come in pairs with a zero byte, at one side."""
    for encoding, low, high in (("utf-16-le", 0, 1), ("utf-16-be", 1, 0)):
        pairs = zip(sample[low::2], sample[high::2], strict=False)
        partners = [partner for byte, partner in pairs if byte in _STRUCTURE]
        # Half is enough: 「 and 」 hold such bytes too, without a zero.
        if partners and partners.count(0) * 2 >= len(partners):
            return encoding
    return None


def _decode_japanese(data: bytes, utf8_broken_at: int) -> str:
    # Two or more long UTF-8 sequences before the bad byte are no accident: it is UTF-8, and it is damaged.
    read_so_far = data[:utf8_broken_at].decode("utf-8")
    if sum(character > "\u07ff" for character in read_so_far) >= 2:
        raise _undecodable(data, utf8_broken_at)
    if _is_utf8_with_lone_surrogates(data):
        raise _undecodable(data, utf8_broken_at)
    try:
        text = data.decode("cp932")
    except UnicodeDecodeError as error:
        if 0 in data:
            raise _binary() from None
        # The reading that came further says more about where the damage is.
        raise _undecodable(data, max(utf8_broken_at, error.start)) from None
    if _NOT_IN_SHIFT_JIS.search(text) or (_undecidable(text) and not _helper_says_japanese(data)):
        raise _undecodable(data, utf8_broken_at)
    return text


def _is_utf8_with_lone_surrogates(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _undecidable(text: str) -> bool:
    """Whether another encoding may happen to fit: lone signs inside words, or mostly half-width kana.

    “Müller” in a Western encoding reads as one odd kanji between Latin letters; EUC-JP reads as half-width
    kana.
    """
    runs = _FOREIGN_RUN.findall(text[:SAMPLE])
    lone = sum(len(run) == 1 for run in runs)
    foreign = sum(map(len, runs))
    half_width = sum(len(_HALF_WIDTH_KANA.findall(run)) for run in runs)
    return lone * 2 > len(runs) or half_width * 2 > foreign


def _helper_says_japanese(data: bytes) -> bool:
    candidates = ["cp932", "cp1252", "euc_jp"]
    found = charset_normalizer.from_bytes(data[:SAMPLE], cp_isolation=candidates).best()
    return found is None or found.encoding == "cp932"


def _refuse_controls(text: str) -> None:
    sample = text[:SAMPLE]
    if len(_CONTROLS.findall(sample)) * 10 > len(sample):
        raise _binary()
    zero_at = text.find("\x00")
    if zero_at >= 0:
        row = text.count("\n", 0, zero_at) + 1
        raise ImportFileError(
            "nul",
            say(
                _("Line %(line)s holds a zero byte, which no text has. Export the file again, or remove it there."),
                line=row,
            ),
            row=row,
        )


def _binary() -> ImportFileError:
    return ImportFileError("binary", _("This is not a text file. Export your log as CSV and bring that file."))


def _undecodable(data: bytes, position: int, encoding: str = "latin-1") -> ImportFileError:
    line = data[:position].decode(encoding, "ignore").count("\n") + 1
    return ImportFileError(
        "undecodable",
        say(
            _(
                "Byte %(position)s, in line %(line)s, fits neither UTF-8 nor UTF-16 nor Shift_JIS."
                " Save the file as “CSV UTF-8” and bring it again."
            ),
            position=position,
            line=line,
        ),
        row=line,
        position=position,
    )
