// The parts of the page: its cuts, the film, and the script of a film whose dub is made.

import { byId } from "./dom.mjs";

const PARTS = {
  cuts: ["cuts", "cuts-foot", "ribbon", "limits-open", "help-open"],
  film: ["film", "cuts-foot", "ribbon", "help-open"],
  script: ["script", "script-foot", "line-keys"],
};

const OWN = [...new Set(Object.values(PARTS).flat())];

/** Whether this page has a part. */
const has = (name) => Boolean(byId(`tab-${name}`));

/** Put what is looked at into the address, where the page has one of its own. */
export const putAddress = (hash) => {
  try {
    history.replaceState(null, "", hash || location.pathname + location.search);
  } catch {
    // a page in the frame of a report has no address of its own
  }
};

/** Show a part of the page; a `part` event of the document says so. */
export const showPart = (name) => {
  for (const part of Object.keys(PARTS).filter(has)) {
    byId(`tab-${part}`).setAttribute("aria-current", String(part === name));
  }
  for (const id of OWN) byId(id)?.toggleAttribute("hidden", !PARTS[name].includes(id));
  document.dispatchEvent(new CustomEvent("part", { detail: name }));
};

/** Which part an address asks for. */
const partOf = (hash) => Object.keys(PARTS).find((name) => hash === `#${name}` && has(name));

export const wireTabs = () => {
  for (const name of Object.keys(PARTS).filter(has)) {
    byId(`tab-${name}`).addEventListener("click", (event) => {
      putAddress(name === "cuts" ? "" : `#${name}`);
      showPart(name);
      if (event.detail) event.target.closest("button").blur(); // letters and space act as keys
    });
  }
  const show = () => showPart(partOf(location.hash) ?? "cuts");
  show();
  addEventListener("hashchange", show);
};
