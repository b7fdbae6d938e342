// The film at a glance: one part a cut, or one a stretch of a long film.

/** The most parts that are drawn: more cannot be told apart on a screen. */
export const MOST_PARTS = 400;

/** One outcome for several cuts: that which the most of their frames have. */
const most = (cuts, outcomeOf) => {
  const frames = new Map();
  for (const cut of cuts) {
    const outcome = outcomeOf(cut);
    frames.set(outcome, (frames.get(outcome) ?? 0) + cut.frames);
  }
  return [...frames].reduce((one, other) => (other[1] > one[1] ? other : one))[0];
};

/** The worst verdict of some cuts. */
export const worst = (cuts, verdicts) =>
  verdicts[Math.min(...cuts.map((cut) => verdicts.indexOf(cut.verdict)))];

/**
 * Divide a film into the parts of the ribbon.
 *
 * @param {object[]} cuts in the order of the film
 * @param {string[]} verdicts the worst first
 * @returns {{cuts: object[], verdict: string, frames: number}[]} each part's cuts and its worst
 *   verdict: one a cut, or, of a longer film, neighbours together
 */
export const ribbonParts = (cuts, verdicts, most_parts = MOST_PARTS) => {
  const frames = cuts.reduce((sum, cut) => sum + cut.frames, 0);
  const least = cuts.length > most_parts ? frames / most_parts : 0;
  const parts = [];
  for (const cut of cuts) {
    const last = parts.at(-1);
    if (last && last.frames < least) {
      last.cuts.push(cut);
      last.frames += cut.frames;
    } else parts.push({ cuts: [cut], frames: cut.frames });
  }
  for (const part of parts) part.verdict = worst(part.cuts, verdicts);
  return parts;
};

/**
 * What a part shows now.
 *
 * @param {{cuts: object[]}} part
 * @param {object} of
 * @param {(cut: object) => string} of.outcome
 * @param {(cut: object) => boolean} of.isStale
 * @param {(cut: object) => boolean} of.isDecided
 */
export const partState = ({ cuts }, of) => ({
  outcome: cuts.some(of.isStale) ? "stale" : most(cuts, of.outcome),
  isDecided: cuts.every(of.isDecided),
});

/** The cut that a frame of the film belongs to. */
export const cutAt = (cuts, frame) =>
  cuts.find((cut) => frame >= cut.first_frame && frame < cut.first_frame + cut.frames);
