from mouthpiece.project.docs import CONFIG, schema, tables
from mouthpiece.project.settings import Settings


def test_generated_docs_are_up_to_date() -> None:
    """`mouthpiece config schema --write` updates them."""
    assert tables() in (CONFIG / "README.md").read_text(encoding="utf-8")
    assert schema() == (CONFIG / "schemas" / "config.schema.json").read_text(encoding="utf-8")


def test_every_key_has_a_meaning() -> None:
    rows = [line for line in tables().splitlines() if line.startswith("| `")]
    assert len(rows) > 30
    meanings = [row.rsplit("|", 2)[1].strip() for row in rows]
    assert [m for m in meanings if not m or m.startswith("One of")] == []


def test_a_section_without_keys_of_its_own_has_no_table() -> None:
    assert "engines" in Settings.model_fields
    after = tables().split("### `engines`\n")[1].split("### ")[0]
    assert "| key |" not in after
