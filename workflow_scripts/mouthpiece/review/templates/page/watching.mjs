// What is looked at of the chosen cut: its clips, its mouths enlarged, or the cut in context.

import { Context } from "./context.mjs";
import { byId, setPressed, setText } from "./dom.mjs";
import { drawCut } from "./drawings.mjs";
import { Loupe } from "./loupe.mjs";
import { rate } from "./page_data.mjs";
import { Players } from "./players.mjs";
import { markHere } from "./ribbon.mjs";
import { timecode } from "./timecode.mjs";

const drawContext = (context, players) => {
  byId("stage").classList.remove("enlarged");
  const shown = context.shown === "original" ? players.comparedName : context.shown;
  setText(byId("context-name"), `In context, with the ${shown}`);
};

export class Watching {
  players = new Players(() => this.drawTime());
  context = new Context(this.players, () => this.drawTime());
  loupe = new Loupe(() => this.drawTime());
  current = null;

  /** A person looks at a cut and a frame of the film; it is not played. */
  onLook = () => {};

  /** Show a cut. */
  load(cut) {
    this.closeContext();
    this.current = cut;
    this.players.load(cut);
  }

  /** What is played: the cut's clips, or the cut in context. */
  get seen() {
    return this.context.isOpen ? this.context : this.players;
  }

  /** Show an earlier draft in place of the original; null: the original again. */
  compare(other) {
    this.closeContext();
    this.players.compare(other);
    this.drawTime();
  }

  /** Play the chosen cut in context, or its clips again. */
  turnContext() {
    if (this.context.isOpen) {
      this.closeContext();
      this.players.seek(this.players.frame);
      return;
    }
    this.players.pause();
    this.context.setSpeed(this.players.speed);
    this.context.hear(this.players.heard === "original");
    this.context.open(this.current);
    setPressed(byId("in-context"), true);
  }

  closeContext() {
    if (this.context.isOpen) this.context.close();
    setPressed(byId("in-context"), false);
  }

  /** The frame of the film that is shown. */
  get frame() {
    if (!this.current) return 0;
    if (this.context.isOpen) return this.context.frame;
    return this.current.first_frame + this.players.frame;
  }

  /** The film was made again. */
  renew() {
    this.players.renew();
    this.context.renew();
  }

  pause() {
    this.players.pause();
    this.closeContext();
  }

  /** Show a frame of the chosen cut, counted from its start. */
  seek(frame) {
    this.players.pause();
    if (this.context.isOpen) this.context.seek(this.current.first_frame + frame);
    else this.players.seek(frame);
  }

  drawTime() {
    const cut = this.current;
    if (!cut || byId("cuts").hidden) return;
    const { isOpen } = this.context;
    const at = this.frame;
    const frame = at - cut.first_frame;
    const place = isOpen ? "in context" : `${frame + 1}/${cut.frames}`;
    setText(byId("clock"), `${timecode(at, rate)} · frame ${at} · ${place}`);
    setText(byId("play"), this.seen.isRunning ? "Pause" : "Play");
    markHere(cut, at);
    if (!this.seen.isRunning) this.onLook(cut, at);
    drawCut(cut, frame);
    if (isOpen) drawContext(this.context, this.players);
    else this.loupe.draw(cut, frame, this.players.pictures);
  }
}
