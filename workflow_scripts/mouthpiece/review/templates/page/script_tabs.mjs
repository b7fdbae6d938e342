// The two parts of the page of a film whose dub is made: its cuts and its script.

import { byId } from "./dom.mjs";

const PARTS = {
  cuts: ["cuts", "cuts-foot", "ribbon", "limits-open", "help-open"],
  script: ["script", "script-foot", "line-keys"],
};

const HASH = "#script";

/** @param {(name: string) => void} onShow a part is shown */
export const wireTabs = (onShow) => {
  const show = (name) => {
    for (const [part, ids] of Object.entries(PARTS)) {
      byId(`tab-${part}`).setAttribute("aria-current", String(part === name));
      for (const id of ids) byId(id).toggleAttribute("hidden", part !== name);
    }
    onShow(name);
  };
  const choose = (name) => {
    const address = name === "script" ? HASH : location.pathname + location.search;
    try {
      history.replaceState(null, "", address);
    } catch {
      // a page in the frame of a report has no address of its own
    }
    show(name);
  };
  for (const name of Object.keys(PARTS)) {
    byId(`tab-${name}`).addEventListener("click", (event) => {
      choose(name);
      if (event.detail) event.target.closest("button").blur(); // letters and space act as keys
    });
  }
  show(location.hash === HASH ? "script" : "cuts");
  addEventListener("hashchange", () => show(location.hash === HASH ? "script" : "cuts"));
};
