// Where the overview lies in a report of Snakemake, what it leads to and shows lies elsewhere.

/** In `report.zip` each result has a folder in data/raw. */
const isInReport = /\/data\/raw\/[0-9a-f]{16}\/[^/]+$/.test(location.pathname);

/** A report of one file shows the page without an address from which others could be found. */
const isAlone = !["file:", "http:", "https:"].includes(location.protocol);

/** The place of a result in the report; empty: it is not in it. */
const placeOf = (element) =>
  isInReport && element.dataset.report ? `../${element.dataset.report}` : "";

if (isInReport || isAlone) {
  for (const link of document.querySelectorAll("a[href]")) {
    const place = placeOf(link);
    if (place) link.href = place;
    else link.replaceWith(`${link.textContent} (not in this report)`);
  }
}

// A picture has no address until its place is known: the browser would ask for the wrong one.
for (const picture of document.querySelectorAll("img")) {
  const place = isInReport || isAlone ? placeOf(picture) : picture.dataset.picture;
  if (place) picture.src = place;
  else picture.remove();
}
