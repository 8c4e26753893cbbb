"""Files are read in the encodings people really have, and a byte that fits none is named."""

import io

import pytest

from apps.toil.imports.decoding import read_text
from apps.toil.imports.errors import ImportFileError
from apps.toil.imports.mapped import MAPPED, guess

JAPANESE = "作業日,氏名,作業内容,作業時間(分),備考\n2026-11-12,森 健太,手動リリース,25,「①」と髙橋さん\n"
ENGLISH = "day,person,item,minutes\n2026-11-12,Kenta,Manual release,25\n"


def read(data):
    return read_text(io.BytesIO(data))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"])
@pytest.mark.parametrize("text", [JAPANESE, ENGLISH], ids=["japanese", "english"])
def test_the_text_comes_out_whole(text, encoding):
    assert read(text.encode(encoding))[0] == text


def test_utf16_with_the_other_byte_order_mark():
    assert read(b"\xfe\xff" + JAPANESE.encode("utf-16-be"))[0] == JAPANESE


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"])
def test_the_same_log_in_another_encoding_has_the_same_keys(sample, encoding):
    def keys(table):
        return [line.key for line in MAPPED.lines(table, guess(table.header, table.samples()).as_choices())]

    assert keys(sample("team_sheet_ja.csv", encoding)) == keys(sample("team_sheet_ja.csv"))


def test_half_width_kana_in_shift_jis_are_japanese():
    text = "日付,氏名,作業\n2026-11-12,ﾓﾘ ｹﾝﾀ,リリース作業\n2026-11-13,ﾀﾅｶ ﾒｲ,監査対応\n"
    assert read(text.encode("cp932"))[0] == text


def refusal(data):
    with pytest.raises(ImportFileError) as caught:
        read(data)
    return caught.value


def test_a_damaged_utf8_file_is_named_with_the_byte_and_not_taken_for_shift_jis():
    good = JAPANESE.encode()
    error = refusal(good[:100] + b"\xff" + good[100:])
    assert (error.code, error.row) == ("undecodable", 2)
    assert f"{error.position}" in str(error)
    assert abs(error.position - 100) <= 3


def test_a_byte_that_fits_nothing_is_named():
    error = refusal(b"day,minutes\n2026-11-12,25\xff\n")
    assert (error.code, error.position, error.row) == ("undecodable", 25, 2)


def test_a_truncated_utf16_file_is_named_with_the_byte():
    error = refusal(JAPANESE.encode("utf-16")[:-1])
    assert (error.code, error.position) == ("undecodable", len(JAPANESE) * 2)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_a_western_encoding_is_refused_instead_of_garbled(encoding):
    text = "day,person,item\n2026-11-12,Jörg Häßler,Auslösung geprüft\n2026-11-13,Zoë Åström,Verknüpfung gelöst\n"
    assert refusal(text.encode(encoding)).code == "undecodable"


def test_mail_in_iso_2022_jp_is_read():
    text = JAPANESE.replace("①", "1").replace("髙", "高")
    assert read(text.encode("iso2022_jp"))[0] == text


def test_a_lone_surrogate_in_utf8_is_not_taken_for_shift_jis():
    error = refusal(b"day,minutes,item\n2026-11-12,25,\xed\xa0\x80\n")
    assert (error.code, error.position) == ("undecodable", 31)
