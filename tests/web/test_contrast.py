"""The contrast promises of the design guide, computed from tokens.css for both themes (WCAG 2.2, 1.4.3 and 1.4.11)."""

import math
import re

import pytest

from tests.services import ROOT

TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
PAIR = re.compile(r"--([\w-]+): light-dark\(oklch\(([^)]+)\), oklch\(([^)]+)\)\)")


def _linear_rgb(oklch: str) -> tuple[float, float, float]:
    """Linear sRGB of an oklch colour. Source: Björn Ottosson, “A perceptual color space for image processing”."""
    light, chroma, hue = (float(part) for part in oklch.split("/")[0].split())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    rgb = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return tuple(min(1.0, max(0.0, value)) for value in rgb)


def _luminance(oklch: str) -> float:
    red, green, blue = _linear_rgb(oklch)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


COLOURS = {
    theme: {name: values[at] for name, *values in PAIR.findall(TOKENS)} for at, theme in enumerate(("light", "dark"))
}


def contrast(theme: str, front: str, back: str) -> float:
    """Contrast ratio, 1 to 21."""
    first, second = sorted((_luminance(COLOURS[theme][front]), _luminance(COLOURS[theme][back])), reverse=True)
    return (first + 0.05) / (second + 0.05)


INKS = ("ink", "ink-2", "ink-3", "link")
HUES = ("pine", "kaki", "ai", "oudo", "fuji", "danger")
TEXT = (
    [(ink, back) for ink in INKS for back in ("sheet", "ground", "inset", "raised")]
    + [(hue, back) for hue in HUES for back in ("sheet", f"{hue}-tint")]
    + [("ink", f"{hue}-tint") for hue in HUES]
    + [("on-pine", "pine-fill"), ("on-pine", "pine-fill-hover"), ("on-kaki", "kaki-fill")]
    + [(ink, f"strata-{s}") for ink in (*INKS[:3], "kaki") for s in ("sky", "leaf", "soil", "rock")]
    + [("on-area-me", "area-me")]
)
GRAPHICS = [("line-strong", "sheet"), ("focus", "sheet"), ("focus", "ground"), ("today", "sheet")] + [
    (f"viz-{n}", "sheet") for n in range(1, 7)
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_tokens_are_all_read(theme):
    assert len(COLOURS[theme]) >= 40


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_reaches_four_and_a_half(theme, front, back):
    assert contrast(theme, front, back) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), GRAPHICS)
def test_graphics_reach_three(theme, front, back):
    assert contrast(theme, front, back) >= 3


LETTER = (ROOT / "templates" / "reminders" / "mail.html").read_text(encoding="utf-8")


def _hex(oklch: str) -> str:
    encoded = (12.92 * x if x <= 0.0031308 else 1.055 * x ** (1 / 2.4) - 0.055 for x in _linear_rgb(oklch))
    return "#" + "".join(f"{round(x * 255):02x}" for x in encoded)


def test_a_letter_has_the_colours_of_the_pages_in_both_themes():
    """Mail programs know neither oklch nor light-dark(): the values are written out there."""
    names = []
    for theme, style in zip(("light", "dark"), LETTER.split("@media (prefers-color-scheme: dark)"), strict=True):
        by_value = {_hex(value): name for name, value in COLOURS[theme].items() if "/" not in value}
        names.append({by_value[value] for value in re.findall(r"#[0-9a-f]{6}", style)})
    assert names[0] == names[1] >= {"ground", "sheet", "ink", "pine-fill", "on-pine"}
