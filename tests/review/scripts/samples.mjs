// Cuts of a page, as the modules take them.

/** A cut as the page knows it. */
export const cutOf = (first, frames, changed = {}) => ({
  cut: [first, first + frames - 1].map((frame) => String(frame).padStart(6, "0")).join("-"),
  first_frame: first,
  frames,
  verdict: "fail",
  reason: "off_sync=4",
  brief: "4 frames late",
  sentences: ["The lips are 4 frames behind the voice."],
  confidence: 0.2,
  offset: 4,
  draft: "0123456789ab",
  stands_for: [],
  draft_clip: "clips/draft.mp4",
  decision: "",
  decision_state: "",
  carried_from: "",
  preset: "",
  tier: "",
  note: "",
  ...changed,
});

/** A row of the table as the server sends it. */
export const rowOf = (changed = {}) => ({
  decision: "",
  draft: "0123456789ab",
  preset: "",
  tier: "",
  note: "",
  revision: "r1",
  ...changed,
});
