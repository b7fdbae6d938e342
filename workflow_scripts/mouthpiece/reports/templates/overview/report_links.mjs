// Where the overview lies in a report of Snakemake, the pages that it leads to lie elsewhere.

/** In `report.zip` each result has a folder in data/raw. */
const isInReport = /\/data\/raw\/[0-9a-f]{16}\/[^/]+$/.test(location.pathname);

/** A report of one file shows the page without an address from which others could be found. */
const isAlone = !["file:", "http:", "https:"].includes(location.protocol);

/** Lead to the result in the report, or say that it is not in it. */
const relocate = (element, attribute) => {
  const place = isInReport && element.dataset.report;
  if (place) element.setAttribute(attribute, `../${place}`);
  else
    element.replaceWith(attribute === "href" ? `${element.textContent} (not in this report)` : "");
};

if (isInReport || isAlone) {
  for (const link of document.querySelectorAll("a[href]")) relocate(link, "href");
  for (const picture of document.querySelectorAll("img")) relocate(picture, "src");
}
