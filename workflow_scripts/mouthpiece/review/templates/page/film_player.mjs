// A film as it is delivered, with its own sound or the source's.

/** A sound that is further from the picture than this, in seconds, is put right. */
const LAG_S = 0.1;

export class FilmPlayer {
  #film;
  #source = null;
  #about;
  #onTime;
  #isRunning = false;
  #isSourceHeard = false;
  #speed = 1;
  #volume = 1;

  /**
   * @param {HTMLVideoElement} film
   * @param {{file: string, source_sound: string, frames: number, rate: number}} about
   * @param {() => void} onTime another frame is shown, or it began or stopped
   */
  constructor(film, about, onTime) {
    this.#film = film;
    this.#about = about;
    this.#onTime = onTime;
    for (const event of ["seeked", "loadeddata"]) film.addEventListener(event, onTime);
    film.addEventListener("ended", () => this.pause());
  }

  get isRunning() {
    return this.#isRunning;
  }

  get isSourceHeard() {
    return this.#isSourceHeard;
  }

  /** The frame that is shown. */
  get frame() {
    const { frames, rate } = this.#about;
    const frame = Math.floor(this.#film.currentTime * rate + 1e-3);
    return Math.min(Math.max(0, frames - 1), Math.max(0, frame));
  }

  /** Load the film: not before it is looked at. */
  load() {
    if (this.#film.src) return;
    this.#film.src = this.#about.file;
    this.#source = new Audio();
    this.#source.src = this.#about.source_sound;
  }

  /** Load the film again, at the same place, where it was loaded: it was made again. */
  renew() {
    if (!this.#film.src) return;
    const { frame } = this;
    this.pause();
    this.#film.src = this.#about.file;
    this.#source.src = this.#about.source_sound;
    this.seek(frame);
  }

  toggle() {
    if (this.#isRunning) this.pause();
    else this.play();
  }

  async play() {
    this.load();
    this.#isRunning = true;
    this.#hear();
    const players = this.#isSourceHeard ? [this.#film, this.#source] : [this.#film];
    await Promise.allSettled(players.map((player) => player.play()));
    requestAnimationFrame(() => this.#follow());
  }

  pause() {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#film.pause();
    this.#source.pause();
    this.#onTime();
  }

  /** Show a frame of the film. */
  seek(frame) {
    this.load();
    const { frames, rate } = this.#about;
    const wanted = Math.min(Math.max(0, frames - 1), Math.max(0, Math.floor(frame)));
    this.#film.currentTime = (wanted + 0.5) / rate;
  }

  step(frames) {
    this.pause();
    this.seek(this.frame + frames);
  }

  setSpeed(speed) {
    this.#speed = speed;
    this.#hear();
  }

  /** Set how loud the sounds are, from 0 to 1. */
  setVolume(volume) {
    this.#volume = volume;
    this.#hear();
  }

  /** Hear the source's sound, or the film's own. */
  hear(isSource) {
    this.#isSourceHeard = isSource;
    this.load();
    this.#hear();
    if (!this.#isRunning) return;
    if (isSource) this.#source.play();
    else this.#source.pause();
  }

  #hear() {
    if (!this.#source) return;
    this.#film.muted = this.#isSourceHeard;
    this.#film.volume = this.#source.volume = this.#volume;
    this.#film.playbackRate = this.#source.playbackRate = this.#speed;
    this.#source.currentTime = this.#film.currentTime;
  }

  #follow() {
    if (!this.#isRunning) return;
    const lag = Math.abs(this.#source.currentTime - this.#film.currentTime);
    if (this.#isSourceHeard && lag > LAG_S) this.#source.currentTime = this.#film.currentTime;
    this.#onTime();
    requestAnimationFrame(() => this.#follow());
  }
}
