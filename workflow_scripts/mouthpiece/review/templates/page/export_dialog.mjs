// The dialog that hands out the decisions as decisions.tsv.

import { byId, element } from "./dom.mjs";

const URL_KEPT_MS = 10_000;
const COPIED_SHOWN_MS = 1500;

/** @param {() => string} table the decisions as text */
export const wireExport = (table) => {
  byId("export").addEventListener("click", () => {
    byId("export-text").value = table();
    byId("exporting").showModal();
  });
  byId("download").addEventListener("click", () => {
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([table()], { type: "text/tab-separated-values" }));
    link.download = "decisions.tsv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), URL_KEPT_MS);
  });
  byId("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(table());
    } catch {
      byId("export-text").select();
      document.execCommand("copy");
    }
    byId("copy").textContent = "Copied";
    setTimeout(() => {
      byId("copy").textContent = "Copy";
    }, COPIED_SHOWN_MS);
  });
};
