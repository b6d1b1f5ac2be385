import pytest

from backprop.site.checks.numbers import numbers


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("one 1, two 2.5 and 3.", ["1", "2.5", "3"]),
        ("从3到-5，第2步，３个", ["3", "-5", "2", "3"]),
        ("3개 중 2번째, 값은 −0.5입니다", ["3", "2", "-0.5"]),
        ("1,000 and 1\u202f000 and 1\u00a0000,5", ["1000", "1000", "1000,5"]),
        ("2,500,000.25", ["2500000.25"]),
        ("0,5 is not 0.5", ["0,5", "0.5"]),
        ("1.000 is not 1,000", ["1.000", "1000"]),
        ("GPT-2, 1-3, 4–5, x2, L2", ["2", "1", "3", "4", "5", "2", "2"]),
        ("10⁻⁶ and x²", ["10⁻⁶", "²"]),
        ("50 % or 50%", ["50", "50"]),
        ("1. First 5\n2. Second 6", ["5", "6"]),
        ("- item\n  3. sub 7", ["7"]),
        ("in the year\n2024. Then", ["2024"]),
        ("1.5 is no marker", ["1.5"]),
        ("(−3)·1 = −3", ["-3", "1", "-3"]),
        ("none at all, 一二三", []),
    ],
)
def test_numbers(prose, expected):
    assert [number for number, _ in numbers(prose)] == expected


def test_offsets_point_at_the_number():
    prose = "1. one 5\n2. two −6"
    assert [prose[offset] for _, offset in numbers(prose)] == ["5", "−"]
