from mouthpiece.project.docs import CONFIG, schema, tables


def test_the_config_tables_are_up_to_date() -> None:
    """`make schema` renews them."""
    assert tables() in (CONFIG / "README.md").read_text(encoding="utf-8")
    assert schema() == (CONFIG / "schemas" / "config.schema.json").read_text(encoding="utf-8")


def test_every_key_says_what_it_means() -> None:
    rows = [line for line in tables().splitlines() if line.startswith("| `")]
    assert len(rows) > 30
    assert [row for row in rows if row.rsplit("|", 2)[1].strip() == ""] == []
