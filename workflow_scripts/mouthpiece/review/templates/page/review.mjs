// The review page: a reviewer goes through a film's cuts and decides on them.

import { hasLetters, recalled, remember } from "../templating/preferences.mjs";
import { wireTheme } from "../templating/theme.mjs";
import { hashOf, targetOf } from "./address.mjs";
import { Apply } from "./apply.mjs";
import { orders } from "./cut_list.mjs";
import { drawNoteKey, wirePanel } from "./decision_panel.mjs";
import { drawEverything } from "./details.mjs";
import { byId, setText } from "./dom.mjs";
import { download, wireExport } from "./export_dialog.mjs";
import { FilmTab } from "./film_tab.mjs";
import { drawSteps } from "./footer.mjs";
import { KeptSteps } from "./kept_steps.mjs";
import { showKeys } from "./key_hints.mjs";
import { wireKeyboard } from "./keyboard.mjs";
import { page } from "./page_data.mjs";
import { wireRetryDialog } from "./retry_dialog.mjs";
import { Session } from "./session.mjs";
import { putAddress, showPart, wireTabs } from "./tabs.mjs";
import { decisionsTable } from "./tsv.mjs";
import { wireVolume } from "./volume.mjs";
import { wireName } from "./who.mjs";
import { wireWholeScreen } from "./whole_screen.mjs";

const session = new Session();

const wireScope = () => {
  const scope = byId("scope");
  const scrub = (event) => {
    if (event.type === "pointermove" && !event.buttons) return;
    const box = scope.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    session.watching.seek(Math.floor(share * session.current.frames));
  };
  for (const event of ["pointerdown", "pointermove"]) scope.addEventListener(event, scrub);
};

/** A choice that is made with the mouse goes back to the list, where letters act as keys. */
const wireSelects = () => {
  for (const field of ["sort", "speed", "severity", "reason"].map(byId)) {
    let isByPointer = false;
    field.addEventListener("pointerdown", () => {
      isByPointer = true;
    });
    field.addEventListener("keydown", () => {
      isByPointer = false;
    });
    field.addEventListener("change", () => {
      if (isByPointer) session.leaveField();
    });
  }
};

const drawKeys = () => {
  drawNoteKey();
  showKeys(document, hasLetters());
};

const wirePreferences = () => {
  const onward = byId("onward");
  onward.checked = recalled("onward") === "on";
  onward.addEventListener("change", () => remember("onward", onward.checked ? "on" : "off"));
  wireName();
  wireTheme(byId("theme"), () => session.watching.drawTime());
  const letters = byId("letters");
  letters.checked = hasLetters();
  letters.addEventListener("change", () => {
    const now = letters.checked ? "on" : "off";
    document.documentElement.dataset.letters = now;
    remember("letters", now);
    drawKeys();
  });
  drawKeys();
};

const wireDecisions = () => {
  wirePanel({
    onChoose: (decision) =>
      decision === "retry" ? session.deciding.retry() : session.deciding.choose(decision),
    onTier: () => session.deciding.markFinal(),
    onClear: () => session.deciding.choose(""),
    onNote: (note) => session.deciding.decide({ note }),
    onNoteLeft: () => {
      if (session.sync.hasUnsaved) session.sync.flush();
    },
    onRemark: (change) => session.deciding.decide(change),
    onFrame: () => session.showRemark(),
    onSettle: (isMine) => session.conflicts.settle(isMine),
  });
  wireRetryDialog();
  const byFrame = orders(page.order, () => false).film;
  const cuts = page.cuts.slice().sort(byFrame);
  wireExport(
    () => decisionsTable(page.film, cuts, session.book, page.stray_refusals),
    "decisions.tsv",
  );
  byId("export").addEventListener("click", () => {
    const text = session.remedies.table();
    byId("remedy-text").value = text;
    byId("export-remedies").hidden = byId("download-remedies").hidden = !text;
  });
  byId("download-remedies").addEventListener("click", () =>
    download(session.remedies.table(), "overrides.tsv"),
  );
  byId("remedy-reset").addEventListener("click", () => session.remedies.reset());
  byId("forget").addEventListener("click", () => {
    const count = session.book.size;
    if (confirm(`Discard ${count} decision(s) and note(s) kept in this browser?`)) {
      session.discard();
    }
  });
};

const wireViews = () => {
  byId("in-context").addEventListener("click", () => session.watching.turnContext());
  byId("sound").addEventListener("click", () => {
    session.watching.context.hear(session.watching.players.heard === "original");
  });
  byId("speed").addEventListener("change", () =>
    session.watching.context.setSpeed(session.watching.players.speed),
  );
  wireWholeScreen(byId("whole"), byId("viewer"), () => session.watching.drawTime());
};

/** How long after the last step the address says what is looked at. */
const ADDRESS_MS = 300;

/** Addresses of cuts and frames: the page's own says what is looked at. */
const wireAddress = () => {
  /** The cut that is shown in place of one that the film does not have. */
  let astray = null;
  const goTo = () => {
    const target = targetOf(location.hash, page.cuts);
    if (!target) return;
    showPart("cuts");
    if (target.cut) session.show(target.cut, target.frame);
    astray = target.news && session.current;
    setText(byId("astray"), target.news);
    byId("astray").hidden = !target.news;
  };
  let timer = 0;
  session.watching.onLook = (cut, frame) => {
    clearTimeout(timer);
    if (cut !== astray) byId("astray").hidden = true;
    timer = setTimeout(() => {
      if (!byId("cuts").hidden) putAddress(hashOf(cut, frame));
    }, ADDRESS_MS);
  };
  goTo();
  addEventListener("hashchange", goTo);
};

/** The tabs; a page without a film beside it has the cuts alone. */
const wireParts = () => {
  const film =
    page.play.file &&
    new FilmTab((cut, frame) => {
      putAddress("");
      showPart("cuts");
      session.show(cut, frame);
    });
  document.addEventListener("part", ({ detail: name }) => {
    if (name !== "cuts") session.watching.pause();
    if (film && name === "film") film.open(session.watching.frame);
    else if (film) film.close();
    if (name === "cuts") session.watching.drawTime();
  });
  const { players, context } = session.watching;
  const sliders = document.querySelectorAll(".volume input");
  wireVolume([...sliders], [players, context, film].filter(Boolean));
  session.onRibbon = (frame) => film?.isOpen && film.seek(frame);
  if (document.querySelector(".tabs")) wireTabs();
  return film;
};

/** On a phone, search and sort are in a drawer. */
const wireDrawer = () => {
  const button = byId("filters");
  button.addEventListener("click", () => {
    const isOpen = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!isOpen));
  });
};

/** Steps outlive the page in its tab; they are known once the tables say what became of them. */
const wireSteps = async () => {
  const { history, keeper, remedies, boundaries } = session;
  const keepers = { decisions: keeper, remedies: remedies.keeper, cuts: boundaries.edits };
  const kept = new KeptSteps(() => sessionStorage, page.film, page.cuts, keepers);
  await session.saveAll();
  history.restore(kept.read());
  drawSteps(history, session.deciding.inSync.length);
  addEventListener("pagehide", () => kept.write(history));
};

const wirePage = () => {
  wireDrawer();
  byId("everything").addEventListener("toggle", () => drawEverything(session.current));
  byId("help-open").addEventListener("click", () => byId("help").showModal());
  byId("limits-open").addEventListener("click", () => byId("limits").showModal());
  byId("films").addEventListener("click", () => {
    location.href = "../../";
  });
  byId("undo-step").addEventListener("click", () => session.travel(true));
  byId("redo-step").addEventListener("click", () => session.travel(false));
  byId("cut-here").addEventListener("click", () => session.cutHere());
  byId("select").addEventListener("click", () => session.several.turnPicking());
  byId("select-all").addEventListener("click", () => session.several.selectAll());
  byId("unselect").addEventListener("click", () => session.several.clear());
  byId("approve-all").addEventListener("click", () => session.deciding.approveInSync());
  byId("again").addEventListener("click", () => session.sync.retry());
  byId("clash").addEventListener("click", () => session.conflicts.showNext());
  addEventListener("resize", () => session.watching.drawTime());
  addEventListener("focus", () => session.refresh());
  document.addEventListener("visibilitychange", () => session.refresh());
  addEventListener("storage", (event) => {
    if (!session.isServed && session.store.owns(event.key)) session.reload();
  });
  addEventListener("beforeunload", (event) => {
    if (session.isPending) event.preventDefault();
  });
};

wireScope();
wireSelects();
wirePreferences();
wireDecisions();
wirePage();
wireKeyboard(session);
session.start();
wireSteps();
wireViews();
const film = wireParts();
wireAddress();
new Apply(session, film || undefined).start();
