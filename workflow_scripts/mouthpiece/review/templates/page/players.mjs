// The players: two for the whole page, given the chosen cut's clips.

import { byId, element, isPressed, setPressed } from "./dom.mjs";
import { page, rate } from "./page_data.mjs";

const SIDES = ["original", "draft"];

/** How much faster or slower a player runs to catch up with the other one. */
const CATCH_UP = 0.08;

/** A player that is further away than this, in seconds, jumps. */
const JUMP_S = 0.25;

/** The dub of a cut without a draft, which is the film's sound, may be so far off, in seconds. */
const DUB_LAG_S = 0.1;

/** As in responsive.css: a phone shows one picture at a time. */
const isNarrow = matchMedia("(max-width: 560px)");

export class Players {
  #cut = null;
  /** Side -> the player, where the cut has a clip. */
  #playing = {};
  #figures;
  #players;
  #onTime;
  #isCompared = false;
  #heard = "draft";
  #front = "draft";
  #speed = 1;
  #isRunning = false;
  #isBlinking = false;
  /** The film's sound, once it was asked for. */
  #film = null;
  #volume = 1;

  /** @param {() => void} onTime another frame is shown */
  constructor(onTime) {
    this.#onTime = onTime;
    const figures = byId("stage").querySelectorAll("figure");
    this.#figures = Object.fromEntries(
      [...figures].filter((f) => f.dataset.side).map((f) => [f.dataset.side, f]),
    );
    this.#players = Object.fromEntries(SIDES.map((side) => [side, this.#made(side)]));
    this.#wire();
  }

  #made(side) {
    const player = element("video");
    player.preload = "auto";
    player.playsInline = true;
    player.addEventListener("click", () => this.toggle());
    player.addEventListener("loadedmetadata", () => {
      const aspect = `${player.videoWidth} / ${player.videoHeight}`;
      const { style } = byId("stage");
      if (style.getPropertyValue("--aspect") !== aspect) style.setProperty("--aspect", aspect);
    });
    player.addEventListener("error", () => {
      if (!player.error || this.#playing[side] !== player) return; // that of a clip before
      player.parentElement.replaceChildren(element("span", "This clip cannot be played"));
      delete this.#playing[side];
      this.#draw();
    });
    player.addEventListener("ended", () => {
      if (player === this.#lead) this.#end();
    });
    for (const event of ["seeked", "timeupdate", "loadeddata"]) {
      player.addEventListener(event, () => this.#onTime());
    }
    return player;
  }

  #wire() {
    byId("play").addEventListener("click", () => this.toggle());
    byId("back").addEventListener("click", () => this.step(-1));
    byId("forth").addEventListener("click", () => this.step(1));
    const loop = byId("loop");
    loop.addEventListener("click", () => setPressed(loop, !isPressed(loop)));
    byId("blink").addEventListener("click", () => {
      this.#isBlinking = !this.#isBlinking;
      this.#front = "draft";
      this.#drawBlink();
    });
    isNarrow.addEventListener("change", () => this.#drawBlink());
    byId("exchange").addEventListener("click", () => this.exchange());
    byId("sound").addEventListener("click", () => {
      this.#heard = this.#heard === "draft" ? "original" : "draft";
      this.#draw();
      if (this.#isRunning) this.#startFilm();
    });
    byId("speed").addEventListener("change", () => {
      this.#speed = Number(byId("speed").value);
      this.#draw();
    });
  }

  /** All players, whether they have a clip or not. */
  get clips() {
    return Object.values(this.#players);
  }

  /** Side -> the player, where the cut has a clip. */
  get pictures() {
    return this.#playing;
  }

  /** Which sound is heard: "draft" is the dub, "original" the source's. */
  get heard() {
    return this.#heard;
  }

  /** Set how loud all sounds are, from 0 to 1. */
  setVolume(volume) {
    this.#volume = volume;
    for (const player of [...this.clips, this.#film]) if (player) player.volume = volume;
  }

  get isRunning() {
    return this.#isRunning;
  }

  get speed() {
    return this.#speed;
  }

  /** The player whose time counts. */
  get #lead() {
    return this.#playing.draft ?? this.#playing.original ?? null;
  }

  get #all() {
    return Object.values(this.#playing);
  }

  get #hasBoth() {
    return Boolean(this.#playing.draft && this.#playing.original);
  }

  /** Whether the dub is heard of a cut that has no draft: from the film. */
  get #hearsFilm() {
    return this.#heard === "draft" && !this.#playing.draft && Boolean(page.play.file);
  }

  /** The frame that is shown, counted from the start of the cut. */
  get frame() {
    const player = this.#lead;
    if (!player || !this.#cut) return 0;
    return Math.min(
      this.#cut.frames - 1,
      Math.max(0, Math.floor(player.currentTime * rate + 1e-3)),
    );
  }

  /** Show a cut's clips. */
  load(cut) {
    this.pause();
    this.#cut = cut;
    for (const side of SIDES) {
      const box = this.#figures[side].querySelector(".box");
      const clip = cut[`${side}_clip`];
      const player = this.#players[side];
      if (clip) {
        player.src = clip;
        player.setAttribute("aria-label", `${side} of cut ${cut.cut}`);
        this.#playing[side] = player;
        if (player.parentElement !== box) box.replaceChildren(player);
      } else {
        delete this.#playing[side];
        player.removeAttribute("src");
        player.load();
        box.replaceChildren(element("span", side === "draft" ? "No draft" : "No clip"));
      }
    }
    const delivered = cut.action === "lipsync" ? "Draft (delivered)" : "Draft (not delivered)";
    this.#isCompared = false;
    byId("original-name").textContent = "Original";
    byId("draft-name").textContent = cut.draft_clip ? delivered : "Draft";
    this.#heard = cut.draft_clip || page.play.file ? "draft" : "original";
    this.#draw();
  }

  /** Whether an earlier draft is shown in the original's place. */
  get isCompared() {
    return this.#isCompared;
  }

  /** What is shown in the original's place, in words. */
  get comparedName() {
    return this.#isCompared ? "earlier draft" : "original";
  }

  /**
   * Show another clip in place of the original, at the same frame.
   *
   * @param {{clip: string, name: string} | null} other null: the original again
   */
  compare(other) {
    this.#isCompared = other !== null;
    const { frame } = this;
    const clip = other?.clip ?? this.#cut.original_clip;
    const player = this.#players.original;
    if (!clip || player.getAttribute("src") === clip) return;
    this.pause();
    player.src = clip;
    player.setAttribute("aria-label", `${other?.name ?? "original"} of cut ${this.#cut.cut}`);
    this.#playing.original = player;
    byId("original-name").textContent = other ? "Earlier draft" : "Original";
    const box = this.#figures.original.querySelector(".box");
    if (player.parentElement !== box) box.replaceChildren(player);
    this.#draw();
    this.seek(frame);
  }

  toggle() {
    if (this.#isRunning) this.pause();
    else this.play();
  }

  async play() {
    if (!this.#lead) return;
    if (this.frame >= this.#cut.frames - 1) this.seek(0);
    this.#isRunning = true;
    const cut = this.#cut;
    this.#startFilm();
    await Promise.allSettled(this.#all.map((player) => player.play()));
    if (cut === this.#cut && this.#isRunning) requestAnimationFrame(() => this.#keepTogether());
  }

  pause() {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    for (const player of this.#all) player.pause();
    this.#film?.pause();
    this.seek(this.frame); // both on the same frame
  }

  /** The film was made again: its sound is loaded again. */
  renew() {
    this.#film?.pause();
    this.#film = null;
  }

  /** Begin to play the film's sound, where it is the cut's dub. */
  #startFilm() {
    if (!this.#hearsFilm) {
      this.#film?.pause();
      return;
    }
    if (!this.#film) {
      this.#film = new Audio();
      this.#film.src = page.play.file;
      this.#film.volume = this.#volume;
    }
    this.#followFilm(0);
    this.#film.play().catch(() => {});
  }

  /** Bring the film's sound to the picture, where it is further away than so many seconds. */
  #followFilm(lag_s) {
    this.#film.playbackRate = this.#speed;
    const time = this.#cut.first_frame / rate + this.#lead.currentTime;
    if (Math.abs(this.#film.currentTime - time) > lag_s) this.#film.currentTime = time;
  }

  /** Show a frame, counted from the start of the cut. */
  seek(frame) {
    if (!this.#lead) return;
    const time = (Math.min(this.#cut.frames - 1, Math.max(0, frame)) + 0.5) / rate;
    for (const player of this.#all) player.currentTime = time;
    this.#onTime();
  }

  step(frames) {
    this.pause();
    this.seek(this.frame + frames);
  }

  /** Show the other picture in front, where both are in one place. */
  exchange() {
    if (byId("exchange").hidden) return;
    this.#front = this.#front === "draft" ? "original" : "draft";
    this.#drawBlink();
  }

  #end() {
    if (!this.#isRunning) return;
    if (!isPressed(byId("loop"))) {
      this.pause();
      return;
    }
    for (const player of this.#all) player.currentTime = 0;
    this.#film?.pause();
    this.play();
  }

  /** The other player is brought back when it is more than half a frame from the leading one. */
  #keepTogether() {
    if (!this.#isRunning) return;
    const lead = this.#lead;
    for (const player of this.#all) {
      if (player === lead || player.seeking || lead.ended) continue;
      const lag = lead.currentTime - player.currentTime;
      if (Math.abs(lag) > JUMP_S) player.currentTime = lead.currentTime;
      else if (Math.abs(lag) > 0.5 / rate) {
        player.playbackRate = this.#speed * (1 + Math.sign(lag) * CATCH_UP);
      } else player.playbackRate = this.#speed;
    }
    if (this.#film && !this.#film.paused) this.#followFilm(DUB_LAG_S);
    this.#onTime();
    requestAnimationFrame(() => this.#keepTogether());
  }

  #draw() {
    for (const side of SIDES) {
      const player = this.#playing[side];
      const isHeard = side === this.#heard && Boolean(player);
      if (player) {
        player.muted = !isHeard;
        player.playbackRate = this.#speed;
      }
      const tag = this.#figures[side].querySelector(".sound");
      tag.textContent = isHeard ? "♪ heard" : "";
      tag.classList.toggle("heard", isHeard);
    }
    byId("sound").textContent = this.#heard === "draft" ? "Sound: dub" : "Sound: source";
    byId("blink").disabled = !this.#hasBoth;
    byId("sound").disabled = !this.#hasBoth && !page.play.file;
    for (const id of ["play", "back", "forth"]) byId(id).disabled = !this.#lead;
    this.#drawBlink();
  }

  /** Both pictures in one place, where there are two. */
  #drawBlink() {
    const isOn = (this.#isBlinking || isNarrow.matches) && this.#hasBoth;
    setPressed(byId("blink"), this.#isBlinking);
    byId("stage").classList.toggle("blink", isOn);
    byId("exchange").hidden = !isOn;
    for (const [side, figure] of Object.entries(this.#figures)) {
      figure.classList.toggle("behind", isOn && side !== this.#front);
    }
  }
}
