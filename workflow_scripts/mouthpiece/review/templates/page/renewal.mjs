// Puts a film that was made again into the page: only what changed, where the reviewer is.

import { byId } from "./dom.mjs";
import { changesOf, remembered, renewed } from "./page_changes.mjs";
import { page, played } from "./page_data.mjs";
import { newsText } from "./run_words.mjs";

/** What the page says once it is loaded again. */
const NEWS = "mouthpiece.news";

/** Parts of the page that are exchanged as they are. */
const WHOLE = ["about", "verdict-chips", "limits-in-force"];

const fetched = async () => {
  const answer = await fetch("index.html", { cache: "no-store" });
  if (!answer.ok) return null;
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  const data = made.getElementById("data");
  return data && { made, data: JSON.parse(data.textContent) };
};

const scriptOf = (made) => made.getElementById("script-data")?.textContent ?? "";

const nameOf = (verdict) => page.verdicts[verdict][0];

/** What a page that was loaded again has to say; "": nothing. */
export const newsBefore = () => {
  try {
    const news = sessionStorage.getItem(NEWS) ?? "";
    sessionStorage.removeItem(NEWS);
    return news;
  } catch {
    return "";
  }
};

export class Renewal {
  #session;
  #film;
  #onNews;
  #seen = remembered(page);
  #script = scriptOf(document);

  /**
   * @param {import("./session.mjs").Session} session
   * @param {import("./film_tab.mjs").FilmTab | undefined} film
   * @param {(text: string, cut: object | undefined, mustReload: boolean) => void} onNews what
   *   changed, and the first cut that did
   */
  constructor(session, film, onNews) {
    this.#session = session;
    this.#film = film;
    this.#onNews = onNews;
  }

  /** Show the film as it was made again; returns whether the page shows it. */
  async renew(revision) {
    let fresh = null;
    try {
      fresh = await fetched();
    } catch {
      // the server does not answer
    }
    if (fresh?.made.documentElement.dataset.revision !== revision) return false;
    const { isOther, cuts } = changesOf(this.#seen, fresh.data);
    if (isOther || scriptOf(fresh.made) !== this.#script) {
      this.#loadAgain(newsText(this.#named(cuts)));
      return true;
    }
    const changes = this.#named(cuts);
    this.#take(fresh, cuts, revision);
    const first = cuts.length ? this.#cutOf(cuts[0]) : undefined;
    this.#onNews(newsText(changes), first, false);
    return true;
  }

  #cutOf({ cut }) {
    return page.cuts.find((one) => one.cut === cut);
  }

  /** The verdicts of cuts before and now, by name. */
  #named(cuts) {
    return cuts.map((fresh) => {
      const shown = this.#cutOf(fresh);
      const before = shown ? nameOf(shown.verdict) : "";
      return { cut: fresh.cut, before, now: nameOf(fresh.verdict) };
    });
  }

  #take({ made, data }, cuts, revision) {
    this.#seen = remembered(data);
    for (const id of WHOLE) {
      const open = byId(id).querySelector("details[open]");
      byId(id).replaceChildren(...made.getElementById(id).childNodes);
      if (open) byId(id).querySelector("details")?.setAttribute("open", "");
    }
    Object.assign(page.gate, data.gate);
    const { in_force, set_elsewhere } = data.remedies;
    Object.assign(page.remedies, { in_force, set_elsewhere });
    page.stray_refusals = data.stray_refusals;
    page.play.subtitles = data.play.subtitles;
    for (const name of ["file", "source_sound"]) {
      page.play[name] = played[name] = renewed(data.play[name], revision);
    }
    const changed = cuts.map((fresh) => {
      const cut = this.#cutOf(fresh);
      const draft = cut.draft;
      Object.assign(cut, fresh);
      for (const name of ["original_clip", "draft_clip", "thumbnail"]) {
        cut[name] = renewed(fresh[name], revision);
      }
      const row = made.querySelector(`tr[data-cut="${fresh.cut}"]`);
      this.#session.list.renew(cut, row);
      return { cut, isDrawnAgain: cut.draft !== draft };
    });
    this.#session.renew(changed);
    this.#film?.renew();
  }

  /** Load the page again, unless something would be lost: then the reviewer is asked to. */
  #loadAgain(news) {
    const leaving = new CustomEvent("leaving", { cancelable: true });
    const isTyping = document.activeElement?.closest("textarea, input, dialog");
    if (!document.dispatchEvent(leaving) || isTyping) {
      this.#onNews(news, undefined, true);
      return;
    }
    loadAgain(news);
  }
}

/** Load the page again; it says the news then. */
export const loadAgain = (news) => {
  try {
    sessionStorage.setItem(NEWS, news);
  } catch {
    // no storage: nothing is said
  }
  location.reload();
};
