// Which lines the list shows, and in which order.

const byFrame = (one, other) =>
  one.start_frame - other.start_frame || one.line.localeCompare(other.line);

/** How much a line wants to be looked at; 0: most. */
export const rank = (line, severities) => {
  const severity = severities.indexOf(line.severity);
  const verdict = ["fail", "review"].indexOf(line.verdict);
  const doubt = line.doubts ? 0 : 1;
  return (
    [severity, verdict].map((at) => (at < 0 ? 9 : at)).reduce((a, b) => a * 10 + b, 0) * 2 + doubt
  );
};

/** Whether a person should look at a line; as `FilmLine.is_to_review`. */
export const isToReview = (line) =>
  line.verdict === "fail" ||
  line.verdict === "review" ||
  (line.verdict === "unjudged" && line.doubts > 0);

/**
 * Orders of the list by name.
 *
 * @param {string[]} severities the worst first
 * @param {import("./script_edits.mjs").EditBook} book
 */
export const lineOrders = (severities, book) => {
  const flags = (a, b) => rank(a, severities) - rank(b, severities) || byFrame(a, b);
  return {
    flags,
    film: byFrame,
    speaker: (a, b) => a.speaker.localeCompare(b.speaker, "en", { numeric: true }) || byFrame(a, b),
    changed: (a, b) => book.isChanged(b) - book.isChanged(a) || flags(a, b),
  };
};

/**
 * The lines that fit a filter.
 *
 * @param {object[]} lines
 * @param {{hidden: Set<string>, isOpenOnly: boolean, search: string}} filter `hidden`: the verdicts
 *   that are left out
 * @param {import("./script_edits.mjs").EditBook} book
 */
export const filteredLines = (lines, { hidden, isOpenOnly, search }, book) => {
  const words = search.trim().toLowerCase();
  const searched = (line) => {
    const { target, voice, note } = book.of(line);
    return [
      ...[line.line, line.start, line.speaker, line.source, line.target, line.brief],
      ...[line.severity, line.voice, target, voice, note, ...line.sentences],
    ]
      .join("\n")
      .toLowerCase();
  };
  return lines.filter(
    (line) =>
      !hidden.has(line.verdict) &&
      (!isOpenOnly || !book.isApproved(line)) &&
      (!words || searched(line).includes(words)),
  );
};
