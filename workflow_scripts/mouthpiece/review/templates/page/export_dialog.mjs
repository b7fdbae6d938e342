// The dialog that hands out decisions or edits as a table.

import { byId, element } from "./dom.mjs";

const URL_KEPT_MS = 10_000;
const COPIED_SHOWN_MS = 1500;

/** Hand out a text as a file. */
export const download = (text, name) => {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/tab-separated-values" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), URL_KEPT_MS);
};

/**
 * @param {() => string} table the rows as text
 * @param {string} name of the file
 * @param {string} prefix of the ids of the elements
 */
export const wireExport = (table, name, prefix = "") => {
  const own = (id) => byId(prefix + id);
  own("export").addEventListener("click", () => {
    own("export-text").value = table();
    own("exporting").showModal();
  });
  own("download").addEventListener("click", () => download(table(), name));
  own("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(table());
    } catch {
      own("export-text").select();
      document.execCommand("copy");
    }
    own("copy").textContent = "Copied";
    setTimeout(() => {
      own("copy").textContent = "Copy";
    }, COPIED_SHOWN_MS);
  });
};
