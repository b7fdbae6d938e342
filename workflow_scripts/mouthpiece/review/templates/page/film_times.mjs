// Times of a film: what is said at a frame, and what is played around a cut.

/** How much of the neighbours is played, in seconds. */
export const AROUND_S = 2;

/**
 * The text that a track of subtitles shows at a frame.
 *
 * @param {[number, number, string][]} track first frame, the frame after the last, and the text
 * @param {number} frame
 */
export const subtitleAt = (track, frame) =>
  track.find(([first, end]) => frame >= first && frame < end)?.[2] ?? "";

/**
 * The frames that are played of a cut in context: the first one, and the one after the last.
 *
 * @param {{first_frame: number, frames: number}} cut
 * @param {{frames: number}} film
 * @param {number} rate frames per second
 */
export const contextOf = ({ first_frame, frames }, film, rate) => {
  const around = Math.round(AROUND_S * rate);
  return [Math.max(0, first_frame - around), Math.min(film.frames, first_frame + frames + around)];
};

const isDelivered = (cut, side) => side === (cut.action === "lipsync" ? "draft" : "original");

/**
 * Whether there is a picture of a cut to be seen in context: the film's own, or a clip.
 *
 * @param {object} cut
 * @param {string} side "draft" or "original"
 */
export const isShowable = (cut, side) => isDelivered(cut, side) || Boolean(cut[`${side}_clip`]);

/**
 * Which clip of a cut lies over the film at a frame; "": the film itself is seen.
 *
 * @param {object} cut
 * @param {string} wanted "draft" or "original"
 * @param {number} frame of the film
 * @param {boolean} isCompared whether an earlier draft is in the original's place
 */
export const overlayOf = (cut, wanted, frame, isCompared = false) => {
  const isInside = frame >= cut.first_frame && frame < cut.first_frame + cut.frames;
  if (!isInside) return "";
  if (isCompared && wanted === "original") return wanted;
  return !isDelivered(cut, wanted) && cut[`${wanted}_clip`] ? wanted : "";
};
