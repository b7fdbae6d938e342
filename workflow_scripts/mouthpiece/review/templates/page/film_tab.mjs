// The tab "Film": the film as it is delivered, from any frame of it.

import { byId, setText } from "./dom.mjs";
import { FilmPlayer } from "./film_player.mjs";
import { subtitleAt } from "./film_times.mjs";
import { focusOf } from "./focus.mjs";
import { actionOf, FILM_ACTIONS } from "./keys.mjs";
import { page, played, rate } from "./page_data.mjs";
import { markHere } from "./ribbon.mjs";
import { cutAt } from "./ribbon_parts.mjs";
import { timecode } from "./timecode.mjs";
import { wireWholeScreen } from "./whole_screen.mjs";

const LEAP_S = 5;

export class FilmTab {
  #cuts = page.cuts.slice().sort((one, other) => one.first_frame - other.first_frame);
  #player;
  #onReview;

  /** @param {(cut: object, frame: number) => void} onReview a cut is to be reviewed */
  constructor(onReview) {
    this.#onReview = onReview;
    const film = byId("film-video");
    this.#player = new FilmPlayer(film, played, () => this.draw());
    film.addEventListener("click", () => this.#player.toggle());
    film.addEventListener("loadedmetadata", () => {
      const aspect = `${film.videoWidth} / ${film.videoHeight}`;
      byId("film-box").style.setProperty("--aspect", aspect);
    });
    film.addEventListener("error", () => {
      if (film.src) setText(byId("film-words"), "The film cannot be played here");
    });
    this.#wire();
  }

  get isOpen() {
    return !byId("film").hidden;
  }

  /** Show the film from a frame on. */
  open(frame) {
    this.#player.load();
    this.seek(frame ?? this.#player.frame);
  }

  /** The film was made again: it is loaded again, at the same place. */
  renew() {
    this.#player.renew();
    this.draw();
  }

  setVolume(volume) {
    this.#player.setVolume(volume);
  }

  close() {
    this.#player.pause();
  }

  seek(frame) {
    this.#player.seek(frame);
  }

  /** The cut that is seen. */
  get #cut() {
    return cutAt(this.#cuts, this.#player.frame);
  }

  #wire() {
    const actions = {
      play: () => this.#player.toggle(),
      frameOn: () => this.#player.step(1),
      frameBack: () => this.#player.step(-1),
      on: () => this.seek(this.#player.frame + LEAP_S * rate),
      back: () => this.seek(this.#player.frame - LEAP_S * rate),
      next: () => this.#turn(1),
      previous: () => this.#turn(-1),
      sound: () => this.#player.hear(!this.#player.isSourceHeard),
      review: () => this.#cut && this.#onReview(this.#cut, this.#player.frame),
      wholeScreen: () => byId("film-whole").click(),
      apply: () => byId("apply").click(),
      help: () => byId("help").showModal(),
      leave: () => document.activeElement.blur(),
    };
    wireWholeScreen(byId("film-whole"), byId("film"), () => this.draw());
    for (const button of byId("film").querySelectorAll("[data-film]")) {
      button.addEventListener("click", () => {
        actions[button.dataset.film]();
        this.draw();
      });
    }
    byId("film-speed").addEventListener("change", () => {
      this.#player.setSpeed(Number(byId("film-speed").value));
    });
    const tracks = byId("film-subtitles");
    for (const name of Object.keys(page.play.subtitles)) tracks.append(new Option(name, name));
    tracks.selectedIndex = tracks.options.length > 1 ? 1 : 0;
    tracks.disabled = tracks.options.length < 2;
    tracks.addEventListener("change", () => this.draw());
    document.addEventListener("keydown", (event) => {
      if (!this.isOpen || document.querySelector("dialog[open]")) return;
      const action = actionOf(event, { ...focusOf(event), hasCut: true }, FILM_ACTIONS);
      if (!action || !actions[action]) return;
      event.preventDefault();
      actions[action]();
      this.draw();
    });
  }

  #turn(step) {
    const at = this.#cuts.indexOf(this.#cut) + step;
    const cut = this.#cuts[Math.min(this.#cuts.length - 1, Math.max(0, at))];
    if (cut) this.seek(cut.first_frame);
  }

  draw() {
    if (!this.isOpen) return;
    const { frame, isRunning, isSourceHeard } = this.#player;
    const cut = this.#cut;
    setText(byId("film-play"), isRunning ? "Pause" : "Play");
    setText(byId("film-sound"), isSourceHeard ? "Sound: source" : "Sound: dub");
    setText(byId("film-clock"), `${timecode(frame, rate)} · frame ${frame}`);
    const track = page.play.subtitles[byId("film-subtitles").value] ?? [];
    setText(byId("film-words"), subtitleAt(track, frame));
    if (!cut) return;
    setText(byId("film-cut"), `${cut.start} · ${page.verdicts[cut.verdict][0]}`);
    markHere(cut, frame);
  }
}
