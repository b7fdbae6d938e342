// What differs between the page that is shown and one that was written since.

const textOf = (value) => JSON.stringify(value);

/** The data of a page as text, part by part. */
export const remembered = (page) => ({
  cuts: new Map(page.cuts.map((cut) => [cut.cut, textOf(cut)])),
  // What modules keep of the page: another one is a page of its own.
  frame: textOf([
    ...[page.film, page.guard, page.presets, page.verdicts, page.order, page.part],
    { ...page.remedies, in_force: undefined },
  ]),
});

/**
 * Compare what was shown with a fresh page.
 *
 * @param {{cuts: Map<string, string>, frame: string}} seen see `remembered`
 * @param {object} fresh the data of the fresh page
 * @returns {{isOther: boolean, cuts: object[]}} whether it has other cuts, so that the page has to
 *   be loaded again; and those of the fresh cuts that changed
 */
export const changesOf = (seen, fresh) => {
  const now = remembered(fresh);
  const isOther =
    now.frame !== seen.frame ||
    now.cuts.size !== seen.cuts.size ||
    [...now.cuts.keys()].some((cut) => !seen.cuts.has(cut));
  const cuts = fresh.cuts.filter(({ cut }) => now.cuts.get(cut) !== seen.cuts.get(cut));
  return { isOther, cuts };
};

/** An address that no browser has kept: the file has other content since. */
export const renewed = (address, revision) => address && `${address}?${revision}`;
