"""What a word is in the scripts of the world; European texts stay as they were."""

import hashlib
import subprocess
import sys

import pytest
import regex

from collapse_edu import datasets
from collapse_edu.datasets import Text, caution, line_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("春眠不觉晓，处处闻啼鸟。", "春 眠 不 觉 晓 处 处 闻 啼 鸟"),
        ("日本語のテキストです", "日 本 語 の テキスト で す"),
        ("コンピューターと人々、ﾊﾞﾝ", "コンピューター と 人 々 ﾊﾞﾝ"),
        ("Linuxの使い方", "linux の 使 い 方"),
        ("น้ำดื่ม", "น้ำ ดื่ ม"),
        ("ພາສາ ລາວ", "ພ າ ສ າ ລ າ ວ"),
        ("ខ្មែរ", "ខ្មែ រ"),
        ("မြန်မာ", "မြ န် မာ"),
        ("한국어 문장", "한국어 문장"),
        ("हिन्दी भाषा।", "हिन्दी भाषा"),
    ],
)
def test_scripts_with_and_without_spaces(text, words):
    assert words_of(text) == words.split()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("كِتَابٌ، كتاب؟", ["كِتَابٌ", "كتاب"]),
        ("\u200fשלום\u200e, עולם", ["שלום", "עולם"]),
        ('צה"ל "שלום"', ["צה״ל", "שלום"]),
        ("ג׳ירפה בית־ספר", ["ג׳ירפה", "בית", "ספר"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("\u200cمی\u200d", ["می"]),
    ],
)
def test_right_to_left(text, words):
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\u0301 \u00e1", ["á", "á"]),  # one letter, whichever way it is written
        ("❤\ufe0flove 1\ufe0f\u20e3one", ["love", "one"]),
        ("👩\u200d👧 🇩🇪 👍🏽", []),
        ("\u0301 e", ["e"]),
        ("Wort\u00adtrennung \ufeffWort\u2060trennung", ["worttrennung", "worttrennung"]),
        ("葛\U000e0100 葛", ["葛", "葛"]),
        ("J\u030c \u01f0 Ϊ\u0301 \u0390 H\u0331 \u1e96 T\u0308 \u1e97", ["ǰ", "ǰ", "ΐ", "ΐ", "ẖ", "ẖ", "ẗ", "ẗ"]),
        ("a\u200e\u0301 a\u034f\u0301 wo\u034frt", ["á", "á", "wort"]),
        ("\u3164 \uffa0 \u115f\u1160 한\u3164국", ["한국"]),
        ("\u0640 \u0640\u0640 كتـــاب كتاب", ["كتاب", "كتاب"]),
        ("ᠮᠣᠩᠭᠣᠯ\u180e\u1820 wo\u2069\U000e0041rt", ["ᠮᠣᠩᠭᠣᠯᠠ", "wort"]),
    ],
)
def test_what_cannot_be_seen_or_is_no_letter(text, words):
    assert words_of(text) == words


def test_all_that_unicode_ignores_is_unseen_but_what_joins_and_parts_words():
    ignored = regex.findall(r"\p{Default_Ignorable_Code_Point}", "".join(map(chr, range(sys.maxunicode + 1))))
    assert len(ignored) > 4000
    assert [c for c in ignored if words_of(f"a{c}b") != ["ab"]] == ["\u200b", "\u200c", "\u200d"]


def test_a_text_that_says_where_its_words_end_is_cut_there_alone():
    words = ["ភាសា", "ខ្មែរ", "ពិរោះ", "ណាស់"]
    assert words_of("\u200b".join(words)) == words
    assert words_of("".join(words)) == ["ភា", "សា", "ខ្មែ", "រ", "ពិ", "រោះ", "ណា", "ស់"]
    assert words_of("不觉\u200b晓" + "鸟" * 30)[:3] == ["不", "觉", "晓"]  # one such space by chance


def test_marks_of_other_scripts_are_tokens_too():
    assert words_of("他来了。谁？", marks=True) == ["他", "来", "了", "。", "谁", "？"]
    assert words_of("نعم، لا؟ ۱،۰۰۰", marks=True) == ["نعم", "،", "لا", "؟"]


@pytest.mark.parametrize(
    "line", ["he said, no.", "春眠不觉晓，处处闻啼鸟。", "ภาษาไทย", "คือ linux の 使い方", "نعم، لا؟", "한국어 문장."]
)
def test_a_line_reads_as_it_was_written(line):
    assert line_of(words_of(line, marks=True)) == line.replace(" の ", " の")


def test_passages_without_spaces_are_read_without_them():
    passages = Text.from_string("toy", "春眠不觉晓，" * 4, marks=True).passages(6, held_out=0)
    assert passages.read(passages.real[0]) == "春眠不觉晓，"


@pytest.mark.parametrize(
    ("load", "marks", "hashed"),
    [
        (datasets.moby_dick, False, "258954228ec2de32"),
        (datasets.moby_dick, True, "6c07f5509f308653"),
        (datasets.state_of_the_union, False, "5efeafb189bd1270"),
        (datasets.state_of_the_union, True, "82248dd67e67512f"),
    ],
)
def test_the_tokens_of_the_lessons_are_those_of_their_recorded_numbers(load, marks, hashed):
    text = load(marks=marks)
    content = text.tokens.astype("<i8").tobytes() + "|".join(text.vocabulary).encode()
    assert hashlib.sha256(content).hexdigest()[:16] == hashed


def test_only_scripts_without_spaces_need_the_rules_of_unicode():
    code = "import sys; from collapse_edu.datasets import words_of; words_of('Größe – “λόγος” слово ❤ שלום'); "
    code += "assert 'regex' not in sys.modules; words_of('鯨'); assert 'regex' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_words_as_long_as_a_sentence_are_told():
    assert caution({"the": 10, "hippopotomonstrosesquippedaliophobia": 3}) is None
    javanese = "ꦲꦏ꧀ꦱꦫꦗꦮ" * 4  # written without spaces, and of no class that Unicode cuts
    assert "put spaces between words first" in caution({javanese: 6, "a": 5})
    assert "each letter counts as a word" in caution({"鯨": 6, "a": 5})
    assert caution({"鯨": 5, "a": 6}) is None
    assert caution({}) is None
