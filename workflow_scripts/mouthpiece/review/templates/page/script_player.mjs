// The player of the tab "Script": the film at a line, with its own sound or the source's.

import { byId, element } from "./dom.mjs";
import { rate } from "./page_data.mjs";
import { script } from "./script_data.mjs";
import { timecode } from "./timecode.mjs";

/** How long after a line the film goes on, in seconds. */
const AFTER_S = 0.25;

/** A picture that is further from the sound than this, in seconds, is put right. */
const LAG_S = 0.12;

/** The bar shows so much around a line, as a share of its slot. */
const AROUND = 0.35;

export class ScriptPlayer {
  #line = null;
  #film = byId("line-film");
  #source = null;
  /** "take", "source", or "" while nothing plays. */
  #playing = "";
  #end_s = 0;
  #isBroken = !script.film;

  constructor() {
    this.#film.addEventListener("click", () => this.toggle("take"));
    this.#film.addEventListener("loadedmetadata", () => {
      const { videoWidth, videoHeight } = this.#film;
      byId("line-box").style.setProperty("--film-aspect", `${videoWidth} / ${videoHeight}`);
    });
    this.#film.addEventListener("seeked", () => this.#draw());
    this.#film.addEventListener("error", () => this.#break());
    this.#film.addEventListener("ended", () => this.pause());
    byId("line-play").addEventListener("click", () => this.toggle("take"));
    byId("line-play-source").addEventListener("click", () => this.toggle("source"));
    byId("line-speed").addEventListener("change", () => this.#setSpeed());
    if (this.#isBroken) this.#break();
  }

  /** Load the film: not before it is looked at. */
  open() {
    if (this.#isBroken || this.#film.src) return;
    this.#film.src = script.film;
    this.#source = new Audio();
    this.#source.preload = "auto";
    this.#source.src = script.source_sound;
    this.#setSpeed();
    if (this.#line) this.show(this.#line);
  }

  /** Show the film at a line. */
  show(line) {
    this.pause();
    this.#line = line;
    this.#drawBar();
    byId("line-play").disabled = this.#isBroken || !line.take_s;
    byId("line-play-source").disabled = this.#isBroken || !script.source_sound;
    if (!this.#isBroken) this.#film.currentTime = this.#range("take")[0] + 0.5 / rate;
    this.#draw();
  }

  /** Play the take or the source of the line, or stop. */
  toggle(what) {
    if (this.#playing === what) this.pause();
    else this.play(what);
  }

  async play(what) {
    this.pause();
    const button = byId(what === "take" ? "line-play" : "line-play-source");
    if (this.#isBroken || !this.#line || button.disabled) return;
    const [start_s, end_s] = this.#range(what);
    const line = this.#line;
    this.#playing = what;
    this.#end_s = end_s + AFTER_S;
    this.#film.muted = what === "source";
    this.#film.currentTime = start_s;
    this.#drawButtons();
    const players = [this.#film];
    if (what === "source") {
      this.#source.currentTime = start_s;
      players.push(this.#source);
    }
    await Promise.allSettled(players.map((player) => player.play()));
    if (line === this.#line && this.#playing === what) requestAnimationFrame(() => this.#follow());
  }

  pause() {
    if (!this.#playing) return;
    this.#playing = "";
    this.#film.pause();
    this.#source?.pause();
    this.#drawButtons();
    this.#draw();
  }

  /** From when to when a line is to be heard, in seconds. */
  #range(what) {
    const { heard_s, take_s, start_frame, frames } = this.#line;
    if (what === "source") return heard_s;
    return take_s ?? [start_frame / rate, (start_frame + frames) / rate];
  }

  #follow() {
    if (!this.#playing) return;
    const isSource = this.#playing === "source";
    const now = isSource ? this.#source.currentTime : this.#film.currentTime;
    if (isSource && Math.abs(now - this.#film.currentTime) > LAG_S && !this.#film.seeking) {
      this.#film.currentTime = now;
    }
    if (now >= this.#end_s) this.pause();
    else requestAnimationFrame(() => this.#follow());
    this.#draw();
  }

  #setSpeed() {
    const speed = Number(byId("line-speed").value);
    this.#film.playbackRate = this.#film.defaultPlaybackRate = speed;
    if (this.#source) this.#source.playbackRate = this.#source.defaultPlaybackRate = speed;
  }

  #break() {
    this.#isBroken = true;
    this.#film.remove();
    byId("line-box").replaceChildren(element("span", "The film cannot be played here"));
    for (const id of ["line-play", "line-play-source"]) byId(id).disabled = true;
  }

  #drawButtons() {
    const key = (name) => element("kbd", name);
    const [take, source] = [byId("line-play"), byId("line-play-source")];
    take.textContent = this.#playing === "take" ? "Stop" : "Play take";
    source.replaceChildren(this.#playing === "source" ? "Stop " : "Play source ", key("s"));
  }

  #draw() {
    if (!this.#line || this.#isBroken) return;
    const now = this.#film.currentTime;
    byId("line-clock").textContent = timecode(Math.floor(now * rate + 1e-3), rate);
    byId("line-bar").querySelector(".now").style.left = `${100 * this.#place(now)}%`;
  }

  /** Where a time is on the bar, from 0 to 1. */
  #place(time_s) {
    const { start_frame, frames } = this.#line;
    const [start, length] = [start_frame / rate, Math.max(frames, 1) / rate];
    return (time_s - start + AROUND * length) / (length * (1 + 2 * AROUND));
  }

  /** Draw slot and take to scale. */
  #drawBar() {
    const { start_frame, frames, take_s } = this.#line;
    const put = (name, range) => {
      const made = byId("line-bar").querySelector(name);
      made.hidden = !range;
      if (!range) return;
      const [start, end] = range.map((time) => 100 * this.#place(time));
      made.style.left = `${start}%`;
      made.style.width = `${end - start}%`;
    };
    put(".slot", [start_frame / rate, (start_frame + frames) / rate]);
    put(".take", take_s);
  }
}
