// Earlier drafts of cuts, which the review server keeps: what they are called, and which there are.

import { isOffLimit, offsetText } from "./wording.mjs";

/** The decision that delivers an earlier draft. */
export const RESTORE = "restore";

/** The draft that a decision on a cut is about. */
export const draftOf = (cut, { decision, draft }) => (decision === RESTORE ? draft : cut.draft);

/** What a reviewer who decides asks for: to approve a draft that was restored is to keep it so. */
export const asked = (cut, decision) =>
  decision === "approve" && cut.decision === RESTORE && !cut.decision_state
    ? { decision: RESTORE, draft: cut.draft }
    : { decision };

/** The settings in which an earlier draft differs from the present one, in words. */
const difference = ({ settings }, cut) => {
  let now = {};
  try {
    now = JSON.parse(cut.row.settings);
  } catch {
    // a row without settings
  }
  return Object.entries(settings)
    .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(now[key]))
    .map(([key, value]) => `${key.replaceAll("_", " ")} ${value}`)
    .join(", ");
};

/**
 * What an earlier draft is called.
 *
 * @param {object} version as the server sends it
 * @param {object} cut
 * @param {{offset: number}} gate
 */
export const versionName = (version, cut, gate) => {
  const { confidence, offset, seen_s } = version;
  const when = new Date(seen_s * 1000).toLocaleString(undefined, {
    dateStyle: "short",
    timeStyle: "short",
  });
  return [
    `Draft of ${when}`,
    typeof confidence === "number" && confidence.toFixed(2),
    typeof offset === "number" && isOffLimit(offset, gate) && offsetText(offset),
    difference(version, cut),
  ]
    .filter(Boolean)
    .join(" · ");
};

/** The earlier drafts of a film's cuts, as the server last listed them. */
export class Versions {
  #of = new Map();

  /** @param {Record<string, object[]>} listed cut id -> its earlier drafts, the newest first */
  take(listed) {
    this.#of = new Map(Object.entries(listed));
  }

  of(cut) {
    return this.#of.get(cut.cut) ?? [];
  }

  /** The draft that is compared next: each of the earlier ones, then none, which is null. */
  after(cut, version) {
    const all = [null, ...this.of(cut)];
    const at = all.findIndex((one) => one?.draft === version?.draft);
    return all[(at + 1) % all.length];
  }
}
