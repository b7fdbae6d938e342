// A refusal binds to frames: the same rule as review/refusals.py.

export const REFUSAL = "passthrough";

/** The frames of a cut, from its id ("000120-000219"): the first, and the one after the last. */
export const framesOf = (id) => {
  const [first, last] = id.split("-").map(Number);
  return [first, Math.max(first, last + 1)];
};

const overlap = ([start, end], [otherStart, otherEnd]) =>
  Math.max(0, Math.min(end, otherEnd) - Math.max(start, otherStart));

/**
 * The ids of the cuts that a refusal refuses: those with at least half of their frames among the
 * refused ones, and that (or those) with the most of them.
 *
 * @param {string} refusal the id of the cut that was refused
 * @param {string[]} ids those of the film's cuts
 */
export const carriedTo = (refusal, ids) => {
  const frames = framesOf(refusal);
  const shared = ids.map((id) => overlap(frames, framesOf(id)));
  const most = Math.max(0, ...shared);
  return ids.filter((id, index) => {
    const [start, end] = framesOf(id);
    return shared[index] > 0 && (shared[index] === most || 2 * shared[index] >= end - start);
  });
};
