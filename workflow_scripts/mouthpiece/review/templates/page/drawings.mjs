// The drawings under the pictures: the dub's level, and the score over time.

import { byId } from "./dom.mjs";
import { page } from "./page_data.mjs";

const { gate } = page;

const two = (number) => number.toFixed(2);

/** A canvas at the screen's own resolution, empty. */
const prepared = (canvas) => {
  const scale = devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  return { context, width, height, scale };
};

const drawLevel = (cut, frame, style) => {
  const { context, width, height, scale } = prepared(byId("level"));
  const bar = width / cut.frames;
  context.fillStyle = style.getPropertyValue("--pass");
  for (const [first, end] of cut.speech) {
    context.globalAlpha = 0.12;
    context.fillRect(first * bar, 0, (end - first) * bar, height);
    context.globalAlpha = 0.9;
    context.fillRect(first * bar, height - 3 * scale, (end - first) * bar, 3 * scale);
  }
  context.fillStyle = style.getPropertyValue("--accent");
  cut.levels.forEach((level, index) => {
    const size = Math.max(1, (level / 99) * height * 0.9);
    const gap = bar > 3 * scale ? scale : 0;
    context.globalAlpha = index <= frame ? 0.95 : 0.45;
    context.fillRect(index * bar, (height - size) / 2, Math.max(1, bar - gap), size);
  });
  context.globalAlpha = 1;
  context.fillStyle = style.getPropertyValue("--text");
  context.fillRect((frame + 0.5) * bar - scale / 2, 0, Math.max(1, scale), height);
};

/** The score over time, and the limits drawn in. */
const drawCourse = (cut, frame, style) => {
  byId("course").hidden = !cut.course.length;
  if (!cut.course.length) return;
  const { context, width, height, scale } = prepared(byId("curve"));
  const high = Math.max(2 * cut.passes_from, ...cut.course);
  const share = (value) => Math.min(high, Math.max(0, value)) / high;
  const y = (value) => height - share(value) * (height - 4 * scale) - 2 * scale;
  context.lineWidth = scale;
  const limits = [
    [cut.passes_from, "--pass", [7, 3]],
    [gate.fail, "--fail", [2, 3]],
  ];
  for (const [limit, name, dash] of limits) {
    context.strokeStyle = style.getPropertyValue(name);
    context.setLineDash(dash.map((length) => length * scale));
    context.beginPath();
    context.moveTo(0, y(limit));
    context.lineTo(width, y(limit));
    context.stroke();
  }
  context.setLineDash([]);
  context.lineWidth = 1.5 * scale;
  context.strokeStyle = style.getPropertyValue("--accent");
  context.beginPath();
  cut.course.forEach((value, index) => {
    context.lineTo(((index + 0.5) / cut.course.length) * width, y(value));
  });
  context.stroke();
  context.fillStyle = style.getPropertyValue("--text");
  const x = ((frame + 0.5) / cut.frames) * width;
  context.fillRect(x - scale / 2, 0, Math.max(1, scale), height);
  // The limits' names stand at their lines, a line of text apart at least.
  const middle = (y(cut.passes_from) + y(gate.fail)) / (2 * scale);
  const apart = Math.max(12, (y(gate.fail) - y(cut.passes_from)) / scale);
  byId("bound-pass").style.top = `${middle - apart / 2}px`;
  byId("bound-fail").style.top = `${middle + apart / 2}px`;
};

/** What is drawn before the next paint; null: all is drawn. */
let next = null;

const draw = () => {
  const { cut, frame } = next;
  next = null;
  const style = getComputedStyle(document.documentElement);
  drawLevel(cut, frame, style);
  drawCourse(cut, frame, style);
};

/** Draw a cut while a frame of it is shown: once a paint, when the page has its layout. */
export const drawCut = (cut, frame) => {
  if (!next) requestAnimationFrame(draw);
  next = { cut, frame };
};

/** What the drawings of a cut show, for who does not see them. */
export const describeDrawings = (cut) => {
  const speechS = cut.row.speech_s;
  const judged = speechS ? ` · speech ${speechS} s, judged from ${gate.speech_s} s` : "";
  const movingS = Number(cut.row.mouth_in_silence_s);
  const moving = movingS ? ` · mouth moves ${movingS} s in silence` : "";
  byId("level-tag").textContent = `dub level${judged}${moving}`;
  const spans = cut.speech.map(([first, end]) => `${first + 1} to ${end}`).join(", ");
  const silent = speechS ? "no speech" : "not scored";
  const speech = spans ? `speech in frames ${spans}` : silent;
  byId("level").setAttribute("aria-label", `Level of the dub over ${cut.frames} frames; ${speech}`);
  if (!cut.course.length) return;
  const range = `${two(Math.min(...cut.course))} to ${two(Math.max(...cut.course))}`;
  const limits = `${two(cut.passes_from)} passes, under ${two(gate.fail)} fails`;
  byId("course-tag").textContent = `score over time · ${range}`;
  byId("curve").setAttribute("aria-label", `Score over time: ${range}; ${limits}`);
  byId("bound-pass").textContent = `${two(cut.passes_from)} passes`;
  byId("bound-fail").textContent = `${two(gate.fail)} fails`;
};
