"""Names are shown letter by letter, even if JavaScript or a font treats them specially."""

from playwright.sync_api import expect

from tests.support.browsing import row

INHERITED = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "isPrototypeOf"]
FIXED = {"value_type": "NUMBER_FIXED", "fixed_value_number": 1234}


def test_fields_named_like_object_properties_show_their_values(editor):
    collection = editor.api.collection(f"Members {editor.login}", **dict.fromkeys(INHERITED, FIXED))
    page = editor.browse(f"/collections/{collection['id']}")
    for name in INHERITED:
        expect(row(page, name).locator("td.sampled")).to_have_text("1,234")


def test_names_are_shown_without_ligatures(editor):
    name = f"x3 -> fi 1-2-3 {editor.login}"
    collection = editor.api.collection(name, **{name: FIXED})
    spike = editor.api.spike(collection, name)
    places = {
        "/spikes": "td.key .title",
        "/collections": "td.key .title",
        f"/collections/{collection['id']}": "td.key .title",
        f"/spikes/{spike['id']}": "h1, .breadcrumb a",
        f"/spikes/new?collection={collection['id']}": "#spike-name, #spike-collection, .override .title",
    }
    for path, names in places.items():
        page = editor.browse(path)
        expect(page.locator(names).last).to_be_visible()
        styles = page.locator(names).evaluate_all(
            "all => all.map(each => getComputedStyle(each)).map(style => "
            "[style.fontVariantLigatures, style.fontVariantNumeric].join())"
        )
        assert set(styles) == {"none,normal"}, path
