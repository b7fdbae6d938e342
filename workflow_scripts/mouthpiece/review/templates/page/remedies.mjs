// Remedies: settings of a single cut that a reviewer changes; rows of overrides.tsv.

import { Book } from "./book.mjs";
import { cell } from "./tsv.mjs";
import { isOffLimit, plain, shiftText } from "./wording.mjs";

/** Offsets of scorers are in frames of 25 fps. */
const SCORE_RATE = 25;

/** Settings that are shared by all languages of the film. */
export const FACE = "guard.face";
export const SPEAKER = "speaker.mode";

/** Values of `SPEAKER`: the face speaks, whatever the source's sound says; it does not. */
export const SPEAKS = "off";
export const SILENT = "not_speaking";

/** Whether a cut gets a final, in this language: "all" or "off". */
export const FINAL = "final.of";

const sorted = (settings) =>
  Object.fromEntries(Object.entries(settings).sort(([one], [other]) => (one < other ? -1 : 1)));

const textOf = (settings) => JSON.stringify(sorted(settings));

/** The settings that reviewers want of the cuts of a film. */
export class RemedyBook extends Book {
  #inForce;

  /** @param {Record<string, Record<string, string>>} inForce cut id -> settings, as the run knew */
  constructor(inForce) {
    super("cut");
    this.#inForce = inForce;
  }

  /** The film was made again, with other settings in force. */
  renew(inForce) {
    this.#inForce = inForce;
  }

  ofRun(cut) {
    return { settings: this.#inForce[cut.cut] ?? {} };
  }

  ofTable(_cut, row) {
    const { reviewer = "", time = "" } = row ?? {};
    return { settings: row ? JSON.parse(row.settings) : {}, reviewer, time };
  }

  isSame(one, other) {
    return textOf(one.settings) === textOf(other.settings);
  }

  /** Whether a value may be settings: what a browser stored may be damaged. */
  isState(value) {
    const settings = value?.settings;
    const isObject = typeof settings === "object" && settings !== null;
    return isObject && Object.values(settings).every((one) => typeof one === "string");
  }

  sent(cut) {
    const { settings, reviewer = "" } = this.of(cut);
    return { settings: textOf(settings), reviewer };
  }
}

/** The value that a cut was drawn with; the usual one where it is not known. */
const drawnWith = (cut, { setting, usual }) => {
  try {
    return Number(JSON.parse(cut.row.settings)[setting.split(".").at(-1)] ?? usual);
  } catch {
    return usual;
  }
};

/**
 * The dials of a cut, each with what the cut has `without` a row: what it was drawn with, or, where
 * that was by a row, what all cuts of the film have; undefined where something else may set it.
 *
 * @param {object} cut
 * @param {object} remedies
 * @param {Record<string, object[]>} remedies.dials engine -> its dials
 * @param {Record<string, string[]>} [remedies.set_elsewhere] cut id -> settings that other rows
 *   give it, too
 * @param {Record<string, string>} inForce the settings that it was made with
 */
export const dialsOn = (cut, { dials, set_elsewhere = {} }, inForce) => {
  const isSetElsewhere = ({ setting }) =>
    cut.preset !== "" || (set_elsewhere[cut.cut] ?? []).includes(setting);
  return (dials[cut.drawn_by] ?? []).map((dial) => {
    if (!(dial.setting in inForce)) return { ...dial, without: drawnWith(cut, dial) };
    return { ...dial, without: isSetElsewhere(dial) ? undefined : dial.unset };
  });
};

const amountOf = (value) =>
  ["true", "false"].includes(value) ? Number(value === "true") : Number(value);

/**
 * Settings after a turn, without the rows that it leaves equal to what the cut has without them. A
 * row that says what it said in the run stays.
 *
 * @param {{before: object, after: object, inForce: object}} settings
 * @param {object[]} dials see `dialsOn`
 */
export const needed = ({ before, after, inForce }, dials) => {
  const isSaid = ([setting, value]) =>
    [before[setting], inForce[setting]].includes(value) ||
    dials.find((one) => one.setting === setting)?.without !== amountOf(value);
  return Object.fromEntries(Object.entries(after).filter(isSaid));
};

/**
 * Whether the next run draws a cut again, as the key of its draft tells, and not its rows alone; in
 * doubt it does.
 *
 * @param {object} cut
 * @param {Record<string, string>} inForce the settings that it was made with
 * @param {Record<string, string>} wanted those that are wanted now
 * @param {object[]} dials see `dialsOn`
 */
export const isDrawnAgain = (cut, inForce, wanted, dials) => {
  const isDrawing = (setting) => {
    const value = wanted[setting];
    if (setting === FACE) return true;
    if (setting === SPEAKER) return !cut.draft_clip || Number(cut.row.second_face) > 0;
    if (!cut.draft_clip) return false;
    if (setting === FINAL) return value !== "off" && !cut.row.final;
    const dial = dials.find((one) => one.setting === setting);
    const amount = value === undefined ? dial?.without : amountOf(value);
    return dial === undefined || amount !== drawnWith(cut, dial);
  };
  const all = Object.keys({ ...inForce, ...wanted });
  return all.some((setting) => inForce[setting] !== wanted[setting] && isDrawing(setting));
};

/** The value that is wanted of a dial now. */
export const dialValue = (cut, dial, settings) =>
  dial.setting in settings
    ? Number(settings[dial.setting])
    : (dial.without ?? drawnWith(cut, dial));

/** The settings with a dial turned by so much, from what is wanted now. */
export const turned = (cut, dial, settings, by) =>
  set(dial, settings, dialValue(cut, dial, settings) + by);

/** The settings with a dial at a value, within what the engine takes. */
const set = (dial, settings, wanted) => {
  const value = Math.min(dial.most, Math.max(dial.least, wanted));
  return { ...settings, [dial.setting]: String(Number(value.toFixed(3))) };
};

/** The kind of dial that is a switch. */
const HUSH = "hush";

/* Remedies, each `(cut, settings, offered) => settings`; null: the cut has no such remedy. */

/** Turn the dial of a kind by so many steps. */
export const turnedBy =
  (kind, steps) =>
  (cut, settings, { dials }) => {
    const dial = dials.find((one) => one.kind === kind);
    return dial ? turned(cut, dial, settings, steps * dial.step) : null;
  };

/** Correct the offset that the gate found, from what the draft was drawn with. */
export const corrected = (gate, rate) => (cut, settings, offered) => {
  const dial = offered.dials.find((one) => one.kind === "timing");
  const frames = correction(cut, gate, rate);
  return dial && frames ? set(dial, settings, drawnWith(cut, dial) + frames) : null;
};

/** Close the mouth in silence, or not any more. */
export const hushed =
  (isOn) =>
  (cut, settings, { dials }) => {
    const dial = dials.find((one) => one.kind === HUSH);
    if (!dial) return null;
    const off = (dial.without ?? drawnWith(cut, dial)) ? "false" : ""; // else the row is taken out
    return withValue(settings, dial.setting, isOn ? "true" : off);
  };

/** Redraw one of several faces, which is the speaker's then; "": not any more. */
export const facing =
  (face) =>
  (_cut, settings, { hasFaces }) => {
    if (!hasFaces) return null;
    const faced = withValue(settings, FACE, face);
    return face && isSilenced(faced) ? withValue(faced, SPEAKER, "") : faced;
  };

/** Say that the face `SPEAKS`, or that it is `SILENT` and no face is redrawn; "": neither. */
export const speaking =
  (mode) =>
  (_cut, settings, { speaker }) => {
    if (mode ? !speaker.includes(mode) : !(SPEAKER in settings)) return null;
    const said = withValue(settings, SPEAKER, mode);
    return mode === SILENT ? withValue(said, FACE, "") : said;
  };

/** Whether it is said that the face of a cut does not speak: it is passed through. */
export const isSilenced = (settings) => settings[SPEAKER] === SILENT;

/** Have the cut drawn by the final engine ("all") or not ("off"); "": as the config says. */
export const finalOf =
  (value) =>
  (_cut, settings, { hasFinal }) =>
    hasFinal ? withValue(settings, FINAL, value) : null;

/** Settings with one that is set; "": taken out. */
const withValue = (settings, setting, value) => {
  const { [setting]: _now, ...rest } = settings;
  return value ? { ...rest, [setting]: value } : rest;
};

/** Whether the mouth of a cut is to be closed in silence. */
export const isHushed = (cut, dial, settings) =>
  dial.setting in settings
    ? settings[dial.setting] === "true"
    : Boolean(dial.without ?? drawnWith(cut, dial));

/**
 * By how many frames of the film the lips are to be moved so that the found offset is gone; 0: it
 * is within the limit.
 */
export const correction = ({ offset }, gate, rate) =>
  offset === null || !isOffLimit(offset, gate) ? 0 : -Math.round((offset * rate) / SCORE_RATE);

/** Whether a draft was gated out by its offset alone: with that corrected it may pass. */
export const isOffsetAlone = ({ row }) => /^off_sync=[^;]*$/.test(row.gate_reasons ?? "");

const hasReason = (cut, ...codes) =>
  (cut.row.guard_reasons ?? "").split(";").some((reason) => codes.includes(reason.split("=")[0]));

/** What may be said of the face of a cut: see `speaking`. */
const speakerOf = (cut, settings) => {
  const modes = new Set();
  if (hasReason(cut, "not_speaking", "still_lips")) modes.add(SPEAKS);
  if (SPEAKER in settings) modes.add(settings[SPEAKER]); // so that it is taken back
  if (cut.draft_clip) modes.add(SILENT);
  return [...modes];
};

/**
 * What is offered for a cut.
 *
 * @param {object} cut
 * @param {Record<string, string>} settings those that are wanted now
 * @param {{dials: Record<string, object[]>, cuts: Set<string>, final_engine?: string}} remedies
 * @param {Record<string, string>} inForce the settings that it was made with
 * @returns {{dials: object[], hasFaces: boolean, speaker: string[], hasFinal: boolean}} the dials
 *   of the engine that drew it, whether another face may be chosen, what may be said of who speaks,
 *   and whether it may have a final
 */
export const offeredFor = (cut, settings, remedies, inForce = {}) => {
  const { cuts, final_engine } = remedies;
  if (!cuts.has(cut.cut)) return { dials: [], hasFaces: false, speaker: [], hasFinal: false };
  return {
    dials: cut.draft_clip ? dialsOn(cut, remedies, inForce) : [],
    hasFinal: Boolean(final_engine && cut.draft_clip) || FINAL in settings,
    hasFaces: hasReason(cut, "two_faces") || Number(cut.row.second_face) > 0 || FACE in settings,
    speaker: speakerOf(cut, settings),
  };
};

/** The settings that all languages share: their rows have the language "*". */
export const sharedOf = (dials) => [
  FACE,
  SPEAKER,
  ...Object.values(dials).flatMap((some) =>
    some.filter((dial) => dial.shared).map((dial) => dial.setting),
  ),
];

/** A frame count with its sign. */
const signed = (value) => (value > 0 ? `+${value}` : String(value).replace("-", "−"));

/** A dial's value in words. */
export const dialText = (dial, value) =>
  dial.kind === "timing"
    ? `${signed(value)} ${Math.abs(value) === 1 ? "frame" : "frames"}`
    : String(value);

/** A setting in words. */
const inWords = (setting, value) => {
  const key = setting.split(".").at(-1);
  if (setting === SPEAKER) return value === SILENT ? "not the speaker" : "this face speaks";
  if (setting === FINAL) return value === "off" ? "no final" : "final tier";
  if (key === "hush_pauses")
    return value === "true" ? "closed in silence" : "not closed in silence";
  if (key === "lip_offset_frames")
    return Number(value) ? `lips ${shiftText(Number(value))}` : "lips not moved";
  return `${plain(key)} ${value}`;
};

/** The settings that are wanted, in words: rows of the table. */
export const settingsText = (settings) =>
  Object.entries(sorted(settings))
    .map(([setting, value]) => inWords(setting, value))
    .join(", ");

/**
 * Rows of overrides.tsv, each a list of cells without the video.
 *
 * @param {object} cut
 * @param {{settings: Record<string, string>, reviewer?: string, time?: string}} state
 * @param {string} language the key of the dub
 * @param {string[]} shared the settings that all languages share
 */
export const overrideRows = (cut, { settings, reviewer = "", time = "" }, language, shared) =>
  Object.entries(sorted(settings)).map(([setting, value]) => [
    shared.includes(setting) ? "*" : language,
    cut.cut,
    setting,
    value,
    cell(reviewer),
    time,
  ]);
