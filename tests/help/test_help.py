"""The documentation at /help: which documents, their links and anchors, and that they run nothing."""

import posixpath
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

import config
from app.help import documents
from app.web.pages import HELP_SECTIONS

pytestmark = pytest.mark.any_database


class Links(HTMLParser):
    """Collects the ids, links, pictures and tags of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.images: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.add(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "img":
            self.images.append(values["src"])


def get(caller, path: str) -> str:
    answer = caller.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.fixture
def article(owner):
    """Return a function that returns the text of a page of the help, as HTML."""
    return lambda path: re.search(r"(?s)<article.*?</article>", get(owner, path))[0]


@pytest.fixture
def written(article, monkeypatch, tmp_path):
    """Return a function that returns a guide with this text as HTML, below its title."""

    def render(text: str, **others: str) -> str:
        monkeypatch.setattr("app.help.pages.DOCS", tmp_path)
        for name, content in {"guide": f"# Title\n\n{text}\n", **others}.items():
            (tmp_path / f"{name}.md").write_text(content)
        return article("/help").split("</h1>")[1]

    return render


def test_the_guide_is_shown_with_its_sections(owner, article):
    assert "<h1>A guide for testers</h1>" in article("/help")
    assert '<h2 id="rehearsing-alerts">Rehearsing alerts</h2>' in article("/help")
    page = get(owner, "/help")
    assert '<a href="#rehearsing-alerts">Rehearsing alerts</a>' in page
    assert "<title>A guide for testers · Help · Spikecast</title>" in page


def test_every_document_for_users_has_a_page(owner):
    pages = documents.find_files(config.ROOT / "docs")
    assert {"", "semantics", "api", "operating", "integrations", "integrations/prometheus"} <= set(pages)
    assert not {"development", "first-change"} & set(pages)
    for page in pages:
        path = posixpath.join("/help", page).rstrip("/")
        assert f'<a href="{path}" aria-current="page">' in get(owner, path)


def test_every_link_of_the_help_leads_to_a_page_and_a_section(owner):
    pages = [posixpath.join("/help", page).rstrip("/") for page in documents.find_files(config.ROOT / "docs")]
    found = {path: Links(get(owner, path)) for path in pages}
    broken = []
    for path, page in found.items():
        for link in page.links:
            target = urlsplit(urljoin(path, link))
            if target.netloc or not target.path.startswith("/help"):
                continue
            ids = found[target.path].ids if target.path in found else set()
            if target.path not in found or (target.fragment and target.fragment not in ids):
                broken.append(f"{path}: {link}")
    assert broken == []


def test_pages_of_the_help_link_to_each_other_and_not_to_files(article):
    guide = Links(article("/help"))
    assert {"help/semantics", "help/api", "help/integrations", "help/api#two-factor-sign-in"} <= set(
        guide.links
    )
    assert "../../help" not in guide.links
    zabbix = article("/help/integrations/zabbix")
    assert not [link for link in Links(zabbix).links if link.endswith((".md", ".yaml"))]
    assert "deploy/zabbix/spikecast.yaml" in zabbix  # the text of the link stays


def test_pictures_are_served_and_load_when_they_are_opened(owner, article):
    assert "help/images/dashboard.png" in Links(article("/help")).images
    assert "<details><summary>Picture: The dashboard</summary><img" in article("/help")
    answer = owner.get("/help/images/dashboard.png")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    again = owner.get("/help/images/dashboard.png", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    answer.close(), again.close()


@pytest.mark.parametrize("path", ["/help", "/help/semantics", "/help/images/dashboard.png"])
def test_the_help_requires_a_sign_in(nobody, path):
    answer = nobody.get(path)
    assert answer.status_code == 302
    assert "/sign-in?next=" in answer.headers["Location"]


@pytest.mark.parametrize(
    "path",
    [
        "/help/development",
        "/help/decisions/0001-the-database-rejects-overlaps",
        "/help/guide.md",
        "/help/../config.py",
        "/help/images/..%2Fguide.md",
        "/help/images/none.png",
    ],
)
def test_other_files_have_no_page(owner, path):
    assert owner.get(path).status_code == 404


def test_raw_html_of_a_document_is_shown_as_text(written):
    html = written("<script>alert(1)</script>\n\nA <b onclick='x'>word</b>\n\n[x](javascript:alert(1))")
    assert "<script" not in html
    assert "<b" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert 'href="javascript' not in html


def test_text_attributes_and_code_are_escaped(written):
    html = written('A `<i>` & [b](x.md) [c](https://e.org/?a="b)\n\n```sh\necho "<x>" & more\n```')
    assert "<code>&lt;i&gt;</code> &amp; b" in html
    assert 'href="https://e.org/?a=%22b"' in html
    assert '<pre class="code" tabindex="0">echo &#34;&lt;x&gt;&#34; &amp; more\n</pre>' in html


def test_lists_tables_and_breaks_keep_their_structure(written):
    html = written("- a\n- **b**\n\n1. c\n\n   d\n\n| e | f |\n| --- | --- |\n| g | *h* |\n\ni\\\nj\n\n---")
    assert "<ul><li>a</li><li><strong>b</strong></li></ul>" in html
    assert "<ol><li><p>c</p><p>d</p></li></ol>" in html
    assert (
        "<thead><tr><th>e</th><th>f</th></tr></thead><tbody><tr><td>g</td><td><em>h</em></td></tr></tbody>"
        in html
    )
    assert "<p>i<br>j</p><hr>" in html


def test_sections_have_the_anchors_of_github(written, owner):
    html = written("## What's `new`, and *why*?\n\n## Same\n\n## Same\n\n### Deeper\n\n#### Deepest")
    assert '<h2 id="whats-new-and-why">' in html
    assert '<h2 id="same-1">Same</h2>' in html
    navigation = re.search(
        r'(?s)<nav class="panel" aria-labelledby="help-here">.*?</nav>', get(owner, "/help")
    )[0]
    assert Links(navigation).links == ["#whats-new-and-why", "#same", "#same-1", "#deeper"]


def test_links_to_files_without_a_page_become_text(written):
    links = "[code](../app/x.py), [`a` rule](api.md#x), [here](#y), [out](https://example.org)"
    html = written(links, api="# A\n")
    assert Links(html).links == ["help/api#x", "#y", "https://example.org"]
    assert "code, <a" in html


def test_an_installation_without_documents_has_no_help(owner, monkeypatch, tmp_path):
    monkeypatch.setattr("app.help.pages.DOCS", tmp_path)
    assert owner.get("/help").status_code == 404


def test_the_help_link_of_each_page_leads_to_a_section_of_the_guide(owner, migrated_app):
    assert set(HELP_SECTIONS) <= set(migrated_app.view_functions)
    sections = Links(get(owner, "/help")).ids
    assert set(HELP_SECTIONS.values()) <= sections
    assert "/help#keys" in Links(get(owner, "/api-keys")).links
    assert "/help" in Links(get(owner, "/help")).links
