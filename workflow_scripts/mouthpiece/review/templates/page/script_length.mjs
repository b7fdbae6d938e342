// Whether a text fits its slot: an estimate while it is typed. The run measures it.

/** What an estimate may be beyond the slot and still fit it, as a share. */
const TOLERANCE = 0.03;

const segmenter = globalThis.Intl?.Segmenter ? new Intl.Segmenter() : null;

/** How many characters a text has, as a reader counts them. */
export const characters = (text) =>
  segmenter ? [...segmenter.segment(text.trim())].length : [...text.trim()].length;

/** Seconds a character of a line: as its take is spoken, or as the film's takes are. */
const pace = (line, pace_s) => {
  const count = characters(line.target);
  return line.take_s && count ? ((line.take_s[1] - line.take_s[0]) * line.speed) / count : pace_s;
};

/**
 * Estimate how long a text takes.
 *
 * @param {object} line
 * @param {string} text
 * @param {{pace_s: number, fastest: number}} voices the usual seconds a character, and how much
 *   faster than usual a line may be spoken
 * @returns {{count: number, seconds: number, share: number, kind: string, over: number}} `share`:
 *   of the slot; `kind`: "fits", "fast": spoken faster, or into the pause, or "long"; `over`: how
 *   many characters are too many
 */
export const estimate = (line, text, { pace_s, fastest }) => {
  const count = characters(text);
  const each = pace(line, pace_s);
  const seconds = count * each;
  const most = (line.slot_s + line.pause_s) * fastest;
  const kind =
    seconds <= line.slot_s * (1 + TOLERANCE) ? "fits" : seconds <= most ? "fast" : "long";
  const over = Math.max(0, Math.ceil((seconds - most) / each));
  return { count, seconds, share: line.slot_s ? seconds / line.slot_s : 0, kind, over };
};

/** The estimate in words. */
export const lengthText = (line, { count, seconds, kind, over }) => {
  if (!count) return "nothing is spoken";
  const letters = `${count} ${count === 1 ? "character" : "characters"}`;
  const length = `${letters}, about ${seconds.toFixed(1)} s of ${line.slot_s.toFixed(1)} s`;
  if (kind === "long") return `${length}: about ${over} too many`;
  return kind === "fast" ? `${length}: faster, or into the pause` : length;
};
