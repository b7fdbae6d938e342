import assert from "node:assert/strict";
import { test } from "node:test";
import { FilmPlayer } from "../../../workflow_scripts/mouthpiece/review/templates/page/film_player.mjs";

/** A player of a browser, whose time is set by the test. */
class Media extends EventTarget {
  src = "";
  currentTime = 0;
  muted = false;
  paused = true;

  async play() {
    this.paused = false;
  }

  pause() {
    this.paused = true;
  }
}

const setUp = () => {
  const [film, sound, frames] = [new Media(), new Media(), []];
  globalThis.Audio = new Proxy(class {}, { construct: () => sound });
  globalThis.requestAnimationFrame = (act) => frames.push(act);
  const about = { file: "film.mp4", source_sound: "source.m4a", frames: 100, rate: 25 };
  let drawn = 0;
  const player = new FilmPlayer(film, about, () => {
    drawn += 1;
  });
  return { film, sound, player, next: () => frames.shift()?.(), drawn: () => drawn };
};

test("a film is loaded when it is looked at, and shows the middle of a frame", () => {
  const { film, player } = setUp();
  assert.equal(film.src, "");
  player.seek(10.9);
  assert.deepEqual([film.src, film.currentTime, player.frame], ["film.mp4", 10.5 / 25, 10]);
  player.seek(1e6);
  assert.equal(player.frame, 99);
  player.step(-1000);
  assert.equal(player.frame, 0);
});

test("the source is heard instead of the film, and kept with the picture", async () => {
  const { film, sound, player, next, drawn } = setUp();
  player.setSpeed(0.5);
  player.hear(true);
  await player.play();
  assert.ok(player.isRunning && film.muted && !film.paused && !sound.paused);
  assert.equal(film.playbackRate, 0.5);
  film.currentTime = 1;
  const before = drawn();
  next();
  assert.equal(sound.currentTime, 1);
  assert.ok(drawn() > before);
  player.hear(false);
  assert.ok(!film.muted && sound.paused);
  film.dispatchEvent(new Event("ended"));
  assert.ok(!player.isRunning && film.paused);
});
