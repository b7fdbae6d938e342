// A cut in context: the film from a little before it to a little after it, with the draft in it.

import { byId, element } from "./dom.mjs";
import { FilmPlayer } from "./film_player.mjs";
import { contextOf, isShowable, overlayOf } from "./film_times.mjs";
import { page, played, rate } from "./page_data.mjs";

/** A clip that is further from the film than this, in frames, jumps. */
const JUMP_FRAMES = 2;

export class Context {
  #film;
  #canvas = element("canvas", undefined, "overlay");
  #players;
  #cut = null;
  #range = [0, 0];
  #wanted = "draft";
  #onTime;

  /**
   * @param {import("./players.mjs").Players} players who have the cut's clips
   * @param {() => void} onTime another frame is shown
   */
  constructor(players, onTime) {
    this.#players = players;
    this.#onTime = onTime;
    const film = byId("context-film");
    this.#film = new FilmPlayer(film, played, () => this.#draw());
    film.addEventListener("click", () => this.toggle());
    film.parentElement.append(this.#canvas);
    this.#canvas.setAttribute("aria-hidden", "true");
    for (const clip of players.clips) clip.addEventListener("seeked", () => this.#draw());
  }

  get isOpen() {
    return this.#cut !== null;
  }

  get isRunning() {
    return this.#film.isRunning;
  }

  /** The frame of the film that is shown. */
  get frame() {
    return this.#film.frame;
  }

  /** Show a cut in context, and play. */
  open(cut) {
    this.#cut = cut;
    this.#wanted = isShowable(cut, "draft") ? "draft" : "original";
    this.#range = contextOf(cut, page.film, rate);
    byId("stage").classList.add("context");
    this.#film.seek(this.#range[0]);
    this.#film.play();
  }

  close() {
    this.#film.pause();
    this.#follow("");
    this.#cut = null;
    byId("stage").classList.remove("context");
  }

  toggle() {
    if (!this.isRunning && this.frame >= this.#range[1] - 1) this.#film.seek(this.#range[0]);
    this.#film.toggle();
  }

  step(frames) {
    this.#film.step(frames);
  }

  /** Show a frame of the film, as far as it is in the range. */
  seek(frame) {
    this.#film.pause();
    this.#film.seek(Math.min(this.#range[1] - 1, Math.max(this.#range[0], frame)));
  }

  /** The film was made again. */
  renew() {
    this.#film.renew();
  }

  hear(isSource) {
    this.#film.hear(isSource);
  }

  setVolume(volume) {
    this.#film.setVolume(volume);
  }

  setSpeed(speed) {
    this.#film.setSpeed(speed);
  }

  /** Show the other picture in the cut, if there is one: with the draft, or with the original. */
  exchange() {
    const other = this.#wanted === "draft" ? "original" : "draft";
    if (!isShowable(this.#cut, other)) return;
    this.#wanted = other;
    this.#draw();
  }

  /** What is seen in the cut: "draft" or "original". */
  get shown() {
    return this.#wanted;
  }

  #draw() {
    if (!this.#cut) return;
    if (this.isRunning && this.frame >= this.#range[1]) this.#film.pause();
    const side = overlayOf(this.#cut, this.#wanted, this.frame, this.#players.isCompared);
    this.#follow(side);
    this.#onTime();
  }

  /** Keep the clip that lies over the film with it, and stop the others. */
  #follow(side) {
    const clip = side && this.#players.pictures[side];
    for (const other of this.#players.clips) {
      if (other !== clip && !other.paused) other.pause();
    }
    this.#canvas.hidden = !clip || clip.readyState < 2;
    if (!clip) return;
    this.#keepUp(clip);
    if (!this.#canvas.hidden) this.#lay(clip);
  }

  #keepUp(clip) {
    const wanted = this.frame - this.#cut.first_frame;
    const shown = Math.floor(clip.currentTime * rate + 1e-3);
    const most = this.isRunning ? JUMP_FRAMES : 0;
    if (Math.abs(shown - wanted) > most && !clip.seeking) clip.currentTime = (wanted + 0.5) / rate;
    clip.muted = true;
    if (this.isRunning && clip.paused) clip.play().catch(() => {});
    if (!this.isRunning && !clip.paused) clip.pause();
  }

  #lay(clip) {
    const [width, height] = [clip.videoWidth, clip.videoHeight];
    if (this.#canvas.width !== width) [this.#canvas.width, this.#canvas.height] = [width, height];
    this.#canvas.getContext("2d").drawImage(clip, 0, 0, width, height);
  }
}
