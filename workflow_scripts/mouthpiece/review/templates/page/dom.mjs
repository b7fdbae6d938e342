// Elements of the page.

export const byId = (id) => document.getElementById(id);

export const element = (tag, text, className) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
};

export const svgElement = (tag, attributes, text) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};

/** Set the text of an element; one that is the same is left alone, so it is not announced again. */
export const setText = (made, text) => {
  if (made.textContent !== text) made.textContent = text;
};

export const isPressed = (button) => button.getAttribute("aria-pressed") === "true";

export const setPressed = (button, isOn) => button.setAttribute("aria-pressed", String(isOn));

/** Fill a table with a row for each name and value. */
export const fillTable = (table, pairs) =>
  table.replaceChildren(
    ...pairs.map(([name, value]) => {
      const row = element("tr");
      const head = element("th", name);
      head.scope = "row";
      row.append(head, element("td", value));
      return row;
    }),
  );

/** Tell who uses a screen reader; with `isSeen` also who looks, beside the decision. */
export const announce = (text, { isSeen = false } = {}) => {
  byId("live").textContent = text;
  byId("live").classList.toggle("seen", isSeen);
};

/** What was last announced. */
export const announced = () => byId("live").textContent;

/** Something else is done since: what was announced is not to be seen any more. */
export const endNews = () => byId("live").classList.remove("seen");

/** What was last announced, where it is to be seen; "": it is not. */
export const newsToSee = () => (byId("live").classList.contains("seen") ? announced() : "");
