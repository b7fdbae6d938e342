// The scores of a cut on their scales.

import { byId, element, svgElement } from "./dom.mjs";
import { page } from "./page_data.mjs";
import { confidenceText, offsetVerdict } from "./wording.mjs";

const { gate } = page;

const OFFSET_FRAMES = 15;

const two = (number) => number.toFixed(2);

/** The end of the scale of confidences, the same for all cuts. */
const highest = () =>
  Math.max(2 * gate.pass, 1.1 * Math.max(0, ...page.cuts.map((cut) => cut.confidence ?? 0)));

/**
 * A value on a scale.
 *
 * @param {string} title
 * @param {number} value
 * @param {string} text the value in words
 * @param {[number, number]} scale
 * @param {[number, number, string][]} bands from, to, and the verdict whose colour they have
 * @param {[number, string, string][]} limits at, name, and the name's text-anchor
 */
const gauge = (title, value, text, [low, high], bands, limits) => {
  const box = element("div", undefined, "gauge");
  const top = element("div", undefined, "top");
  top.append(element("span", title), element("span", text, "num"));
  const at = (x) => (100 * (Math.min(high, Math.max(low, x)) - low)) / (high - low);
  const chart = svgElement("svg", { role: "img", "aria-label": `${title} ${text}` });
  const rect = (attributes) => svgElement("rect", { y: 4, height: 8, ...attributes });
  chart.append(rect({ class: "track", x: 0, width: "100%", rx: 2 }));
  for (const [from, to, verdict] of bands) {
    const place = { x: `${at(from)}%`, width: `${at(to) - at(from)}%` };
    chart.append(rect({ class: `f-${verdict}`, "fill-opacity": 0.35, ...place }));
  }
  for (const [limit, name, anchor] of limits) {
    const x = `${at(limit)}%`;
    chart.append(svgElement("line", { class: "limit", x1: x, x2: x, y1: 2, y2: 14 }));
    chart.append(svgElement("text", { x, y: 24, "text-anchor": anchor }, name));
  }
  const dot = { fill: "var(--text)", stroke: "var(--panel)", "stroke-width": 2 };
  chart.append(svgElement("circle", { cx: `${at(value)}%`, cy: 8, r: 5, ...dot }));
  box.append(top, chart);
  return box;
};

const confidenceGauge = (cut) => {
  const [low, high] = [Math.min(0, cut.confidence), highest()];
  const source = cut.row.source_confidence;
  const beside = source ? ` · source ${two(Number(source))}` : "";
  const text = `${cut.confidence.toFixed(3)}, ${confidenceText(cut, gate)}${beside}`;
  return gauge(
    "Confidence (LSE-C)",
    cut.confidence,
    text,
    [low, high],
    [
      [low, gate.fail, "fail"],
      [gate.fail, cut.passes_from, "review"],
      [cut.passes_from, high, "pass"],
    ],
    [
      [gate.fail, two(gate.fail), "end"],
      [cut.passes_from, two(cut.passes_from), "start"],
    ],
  );
};

const offsetGauge = (cut) => {
  const edge = gate.offset + 0.5;
  return gauge(
    "Offset (of 25 fps)",
    cut.offset,
    offsetVerdict(cut.offset, gate),
    [-OFFSET_FRAMES, OFFSET_FRAMES],
    [
      [-OFFSET_FRAMES, -edge, "fail"],
      [-edge, edge, "pass"],
      [edge, OFFSET_FRAMES, "fail"],
    ],
    [
      [-OFFSET_FRAMES, `−${OFFSET_FRAMES}`, "start"],
      [-edge, `−${gate.offset}`, "end"],
      [edge, `+${gate.offset}`, "start"],
      [OFFSET_FRAMES, `+${OFFSET_FRAMES}`, "end"],
    ],
  );
};

/** Show the scores of a cut. */
export const drawScores = (cut) => {
  const parts = [];
  if (cut.confidence !== null) parts.push(confidenceGauge(cut));
  if (cut.offset !== null) parts.push(offsetGauge(cut));
  if (cut.distance !== null) {
    parts.push(element("p", `Distance (LSE-D) ${cut.distance.toFixed(3)}`, "dim"));
  }
  if (!parts.length) parts.push(element("p", "Not scored.", "dim"));
  byId("gauges").replaceChildren(...parts);
};
