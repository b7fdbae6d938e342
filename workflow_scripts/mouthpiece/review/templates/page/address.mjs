// Addresses of a cut and a frame: "#000150-000199" or "#000150-000199@160".

/** The end of the address that leads to a frame of a cut. */
export const hashOf = ({ cut, first_frame }, frame) =>
  frame === first_frame ? `#${cut}` : `#${cut}@${frame}`;

/**
 * What an address leads to.
 *
 * @param {string} hash
 * @param {object[]} cuts
 * @returns {{cut: object, frame: number} | null} null: to no cut of the film
 */
export const targetOf = (hash, cuts) => {
  const [, id, at] = hash.match(/^#(\d{6,9}-\d{6,9})(?:@(\d{1,9}))?$/) ?? [];
  const cut = id && cuts.find((one) => one.cut === id);
  if (!cut) return null;
  const frame = at === undefined ? cut.first_frame : Number(at);
  const last = cut.first_frame + cut.frames - 1;
  return { cut, frame: Math.min(last, Math.max(cut.first_frame, frame)) };
};
