// Addresses of a cut and a frame: "#000150-000199" or "#000150-000199@160".

import { framesOf } from "./refusals.mjs";
import { cutAt } from "./ribbon_parts.mjs";

/** The end of the address that leads to a frame of a cut. */
export const hashOf = ({ cut, first_frame }, frame) =>
  frame === first_frame ? `#${cut}` : `#${cut}@${frame}`;

/**
 * What an address leads to.
 *
 * @param {string} hash
 * @param {object[]} cuts
 * @returns {{cut: object | undefined, frame: number, news: string} | null} null: it names no cut;
 *   `news`: what is said where the film does not have the one that it names. The cut is the one
 *   that shows the frame now; undefined: none does
 */
export const targetOf = (hash, cuts) => {
  const [, id, at] = hash.match(/^#(\d{6,9}-\d{6,9})(?:@(\d{1,9}))?$/) ?? [];
  if (!id) return null;
  const wanted = at === undefined ? framesOf(id)[0] : Number(at);
  const named = cuts.find((one) => one.cut === id);
  if (named) {
    const last = named.first_frame + named.frames - 1;
    const frame = Math.min(last, Math.max(named.first_frame, wanted));
    return { cut: named, frame, news: "" };
  }
  const cut = cutAt(cuts, wanted);
  const rest = cut ? `: ${cut.cut} shows its frame ${wanted}` : ", nor its frame";
  return { cut, frame: wanted, news: `This film has no cut ${id}${rest}.` };
};
