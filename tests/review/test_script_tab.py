"""The tab "Script" of a made film's review page: what is read, what is shown, what is played."""

import json
import re
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from samples import cut_row, segment
from scripts_of_films import script_line, write_script_files

from mouthpiece.config.fit import Fit
from mouthpiece.config.guard import Guard
from mouthpiece.core.errors import Fault
from mouthpiece.project.gate import Gate
from mouthpiece.review.film_files import SOURCE
from mouthpiece.review.film_media import put_film, write_sound
from mouthpiece.review.film_view import make_film_view
from mouthpiece.review.page import Film, write_page
from mouthpiece.review.script_lines import FilmLine, read_lines
from mouthpiece.review.script_tab import ScriptRequest, make_script_tab
from mouthpiece.review.script_view import OfferedVoice, ScriptTab, line_view, script_view
from mouthpiece.review.script_wordings import WORDINGS, explained, in_brief
from mouthpiece.review.sound import SOUND_RATE, Sound
from mouthpiece.review.thresholds import Thresholds

RATE = Fraction(25)
MORNING = script_line(10, 50, "Good morning.", "Bom dia.", flags="too_long=1.31")
THERE = script_line(100, 50, "Who is there?", "Quem é?", speaker="S2", status="edited")
SILENT = script_line(175, 25, "Oh!", "", status="edited")
LINES = [MORNING, THERE, SILENT]
JUDGED = {MORNING.line: ("fail", "overrun=0.62;too_long=1.31", "Blocker")}


def lines_of(folder: Path, edits: dict | None = None, **changed) -> list[FilmLine]:
    files = write_script_files(folder, LINES, JUDGED, **changed)
    return read_lines(files, edits or {}, 25.0, 0.1)


def test_all_that_is_known_of_a_line_is_read(tmp_path: Path) -> None:
    bases = {THERE.line: "Quem está aí?"}
    edit = {"source": "Who is  there?", "target": "Quem é?"}
    morning, there, silent = lines_of(tmp_path, {THERE.line: edit}, bases=bases)
    assert morning.codes == ["overrun=0.62", "too_long=1.31"], "a flag that the gate has, too"
    assert (morning.verdict, morning.severity, morning.is_to_review) == ("fail", "Blocker", True)
    assert morning.pause_s == pytest.approx(40 / 25 - 0.1)
    assert there.base == "Quem está aí?" and there.edit == edit and not there.is_stale
    assert there.take and (there.take.start_s, there.take.end_s) == (4.0, 6.0)
    assert silent.take is None and not silent.is_to_review


def test_an_edit_of_another_source_text_is_shown_and_not_in_force(tmp_path: Path) -> None:
    edit = {"source": "Good evening.", "target": "Boa noite.", "note": "late"}
    line = line_view(lines_of(tmp_path, {MORNING.line: edit})[0], RATE)
    assert line["edit"]["target"] == line["edit"]["note"] == ""
    assert line["stale"]["target"] == "Boa noite." and line["base"] == "Bom dia."


def test_the_translation_of_an_edited_line_is_offered(tmp_path: Path) -> None:
    edits = {THERE.line: {"source": "", "target": "Quem é?"}, SILENT.line: {"target": "-"}}
    _, there, silent = lines_of(tmp_path, edits, bases={THERE.line: "Olá?", SILENT.line: "Ah!"})
    assert line_view(there, RATE)["base"] == "Olá?"
    assert line_view(silent, RATE)["base"] == "Ah!"


def test_doubts_are_said_in_words_and_unknown_ones_as_they_are() -> None:
    assert (
        explained("overrun=0.617")
        == "It is spoken 0.62 s beyond the room that it has, over the next line."
    )
    assert explained("new_code=0.3") == "New code: 0.3." and in_brief("new_code") == "new code"
    for code, wording in WORDINGS.items():
        assert explained(f"{code}=1.5").endswith((".", "”.")) and wording.brief


def test_what_was_heard_is_shown_where_it_is_wrong() -> None:
    heard = {"verdict": "review", "reasons": "heard_error=0.31", "heard": "Bom <i>pia</i>"}
    view = line_view(FilmLine(MORNING, judged=heard), RATE)
    assert "hears other words: 31%" in view["sentences"][0]
    assert view["sentences"][-1] == "Heard: “Bom <i>pia</i>”"
    passed = line_view(FilmLine(THERE, judged=heard | {"reasons": ""}), RATE)
    assert passed["sentences"] == []


def test_a_damaged_table_is_a_fault_with_a_way_on(tmp_path: Path) -> None:
    files = write_script_files(tmp_path, LINES, JUDGED)
    files.takes.write_text("{}")
    with pytest.raises(Fault, match=r"takes\.json: cannot be read"):
        read_lines(files, {}, 25.0)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return segment(tmp_path_factory.mktemp("film") / "film.mp4", 50)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """What the pages of the video share."""
    path = tmp_path / "source.flac"
    soundfile.write(path, np.sin(np.arange(32000) / 8) / 4, 16000)
    write_sound(path, tmp_path / "shared" / SOURCE)
    return tmp_path / "shared"


def test_the_page_has_the_lines_and_what_it_plays(tmp_path: Path, film: Path, shared: Path) -> None:
    files = write_script_files(tmp_path / "results", LINES, JUDGED)
    stray = {"000900-000949": {"target": "<b>gone</b>"}}
    request = ScriptRequest(
        files=files,
        transcript=tmp_path / "results/transcript.json",
        language="pt-BR",
        voices=[OfferedVoice("kokoro:pf_dora", "f")],
        fit=Fit(),
        edits=stray,
    )
    folder = tmp_path / "page"
    tab = make_script_tab(request, RATE)
    thresholds = Thresholds.of(Guard(), Gate())
    play = make_film_view(film, shared, None, folder)
    write_page(
        folder, Film("f", "pt-BR", RATE), [cut_row(0, 200)], thresholds, {}, script=tab, play=play
    )
    assert (folder / "clips/film.mp4").samefile(film), "the film takes no room"
    text = (folder / "index.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="script-data">(.*?)</script>', text, re.S)[1])  # type: ignore
    assert [line["line"] for line in data["lines"]] == [line.line for line in LINES]
    assert data["voices"] == [{"voice": "kokoro:pf_dora", "sex": "f", "is_guest": False}]
    assert (data["source_language"], data["target_language"]) == ("en", "pt-BR")
    assert "1 to review" in text and "&lt;b&gt;gone&lt;/b&gt;" in text
    assert "It said: “<b>" not in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "").replace("http:'", "")
    with Sound(folder / "clips/source.m4a") as heard:
        assert heard.layout == "mono"


def test_the_page_of_a_given_dub_has_no_tab(tmp_path: Path) -> None:
    thresholds = Thresholds.of(Guard(), Gate())
    write_page(tmp_path, Film("f", "de", RATE), [cut_row(0, 200)], thresholds, {})
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'id="script-data"' not in text and "tab-script" not in text and ".beside" not in text
    assert "tab-film" not in text, "there is no film beside it"


def test_a_film_without_lines_has_a_page(tmp_path: Path) -> None:
    view = script_view(ScriptTab([]), RATE)
    assert view["summary"]["lines"] == 0 and view["data"]["pace_s"] > 0
    thresholds = Thresholds.of(Guard(), Gate())
    write_page(tmp_path, Film("f", "de", RATE), [], thresholds, {}, script=ScriptTab([]))
    assert "Nobody speaks in this film." in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_film_that_browsers_cannot_play_is_encoded_small(tmp_path: Path) -> None:
    silent = segment(tmp_path / "ten.mp4", 25, size=(320, 600), pixel_format="yuv422p")
    film = tmp_path / "film.mp4"
    with av.open(str(silent)) as picture, av.open(str(film), "w") as made:
        stream = made.add_stream_from_template(picture.streams.video[0])
        audio = made.add_stream("aac", rate=48000, layout="stereo")
        for packet in picture.demux(picture.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                made.mux(packet)
        block = av.AudioFrame.from_ndarray(np.zeros((2, 48000), np.float32), "fltp", "stereo")
        block.sample_rate, block.pts = 48000, 0
        made.mux(audio.encode(block))
        made.mux(audio.encode())
    put_film(film, tmp_path / "page/film.mp4")
    with av.open(str(tmp_path / "page/film.mp4")) as shown:
        video = shown.streams.video[0]
        assert (video.height, video.pix_fmt, video.frames) == (480, "yuv420p", 25)
        assert shown.streams.audio[0].duration


def test_sound_keeps_its_place(tmp_path: Path) -> None:
    """A click at one second is heard at one second, whatever the encoder adds before it."""
    source, click = tmp_path / "source.flac", np.zeros(96000)
    click[48000:48010] = 0.9
    soundfile.write(source, click, 48000)
    write_sound(source, tmp_path / "source.m4a")
    with av.open(str(tmp_path / "source.m4a")) as made:
        blocks = [
            (frame.pts * frame.time_base, frame.to_ndarray()) for frame in made.decode(audio=0)
        ]
    start_s, samples = max(blocks, key=lambda block: np.abs(block[1]).max())
    at_s = float(start_s) + int(np.abs(samples[0]).argmax()) / SOUND_RATE
    assert at_s == pytest.approx(1.0, abs=0.002)
