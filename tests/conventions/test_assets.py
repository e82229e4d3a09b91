"""Rules about templates and static files: nothing comes from elsewhere, nothing is inline."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(HERE.glob("templates/**/*.html"))
OWN = [path for path in sorted(HERE.glob("static/**/*.*")) if "vendor" not in path.parts]
SCRIPTS = [path for path in OWN if path.suffix == ".js"]
STYLES = sorted(HERE.glob("static/**/*.css"))
ELSEWHERE = re.compile(r"(https?:)?//", re.IGNORECASE)
LOADED = {"src", "href", "srcset", "poster", "data", "action", "formaction", "xlink:href"}


def place(path: Path) -> str:
    return path.relative_to(HERE).as_posix()


class Faults(HTMLParser):
    """What a template must not hold."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(template)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        where = f"line {self.getpos()[0]}: <{tag}>"
        if tag == "style":
            self.found.append(f"{where} is an inline style sheet")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.found.append(f"{where} is an inline script")
        for name, value in given.items():
            if name == "style" or re.fullmatch(r"on[a-z]+", name):
                self.found.append(f"{where} has the inline {name}")
            if name in LOADED and tag != "a" and ELSEWHERE.match(value.strip()):
                self.found.append(f"{where} loads {value}")
            if name == "x-html" or value.strip().lower().startswith("javascript:"):
                self.found.append(f"{where} would run text as markup or script")


def test_the_look_out_sees_each_fault():
    template = """
        <style>a {}</style><script>1</script><p style="x" onclick="y()"><img src="//evil"><p x-html="z">
        <a href="javascript:1">
    """
    assert len(Faults(template).found) == 7


@pytest.mark.parametrize("path", TEMPLATES, ids=place)
def test_a_template_holds_nothing_inline_and_loads_nothing_from_elsewhere(path):
    assert Faults(path.read_text()).found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=place)
def test_a_template_escapes_all_that_it_shows(path):
    text = path.read_text()
    assert not re.search(r"\\|\s*safe\b|autoescape\s+false|\bMarkup\b", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=place)
def test_a_template_holds_no_expression_that_the_strict_build_of_alpine_cannot_read(path):
    text = re.sub(r"\{[%#].*?[%#]\}", "", path.read_text(), flags=re.DOTALL)
    expressions = re.findall(r"\s(?:x-[a-z]+|[:@][a-z.:-]+)=\"([^\"]*)\"", text)
    assert [each for each in expressions if re.search(r"\?[.?]|=>|`", each)] == []


@pytest.mark.parametrize("path", STYLES, ids=place)
def test_a_style_sheet_loads_nothing_from_elsewhere(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    loaded = re.findall(r"url\(\s*[\"']?([^\"')]+)", text) + re.findall(r"@import\s+[\"']([^\"']+)", text)
    assert [address for address in loaded if ELSEWHERE.match(address)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=place)
def test_a_script_asks_nobody_else(path):
    text = re.sub(r"/\*.*?\*/|^\s*//.*$", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"[\"'`](https?:|wss?:)?//", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=place)
def test_a_script_makes_no_markup_or_code_of_text(path):
    dangerous = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setTimeout\([\"'`]"
    )
    assert not re.search(dangerous, path.read_text())


@pytest.mark.parametrize("folder", sorted((HERE / "static/vendor").iterdir()), ids=lambda path: path.name)
def test_what_others_made_comes_with_its_licence_and_version(folder):
    names = {path.name.split(".")[0].upper() for path in folder.iterdir()}
    assert names & {"LICENSE", "LICENCE", "COPYING", "OFL"}
    assert "VERSION" in names
