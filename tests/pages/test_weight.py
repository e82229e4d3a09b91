"""What a page loads: little, and nothing from elsewhere."""

import gzip

import pytest

MOST_BYTES, MOST_COMPRESSED, MOST_FONTS = 250_000, 80_000, 100_000
PAGES = ["/collections", "/spikes", "/api-keys", "/integrations", "/profile"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_light_and_loads_nothing_from_elsewhere(site, editor, path):
    page = editor.browse("/profile")
    page.wait_for_load_state("networkidle")
    loaded = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(site.url + path)
    page.wait_for_load_state("networkidle")
    urls = {url for url in loaded if not url.startswith("data:")}
    assert all(url.startswith(site.url) for url in urls)
    bodies = {url: page.request.get(url).body() for url in urls}
    fonts = sum(len(body) for url, body in bodies.items() if ".woff2" in url)
    rest = [body for url, body in bodies.items() if ".woff2" not in url]
    weight, compressed = sum(map(len, rest)), sum(len(gzip.compress(body, 6)) for body in rest)
    told = f"{weight} bytes, {compressed} compressed, {fonts} of fonts"
    assert weight <= MOST_BYTES, told
    assert compressed <= MOST_COMPRESSED, told
    assert fonts <= MOST_FONTS, told
