// The page: its buttons, what was said, and the avatar.

import { Call } from "./call.mjs";
import { Server } from "./server.mjs";

const STATES = {
  away: "not connected",
  connecting: "connecting",
  idle: "ready",
  listening: "listening",
  thinking: "thinking",
  speaking: "speaking",
};

const byId = (id) => document.getElementById(id);

const server = new Server((...request) => fetch(...request));
let call = null;

const setState = (state) => {
  byId("state").dataset.state = state;
  byId("state").textContent = STATES[state];
  if (state !== "speaking") byId("caption").hidden = true;
  // Who talks over it does not hear what the browser has received already.
  byId("picture").muted = state === "listening";
};

const setProblem = (text) => {
  byId("problem").textContent = text;
  byId("problem").hidden = !text;
};

const add = (text, who) => {
  const line = document.createElement("p");
  line.textContent = text;
  line.className = who;
  const name = document.createElement("span");
  name.className = "sr";
  name.textContent = who === "you" ? "You: " : "Avatar: ";
  line.prepend(name);
  const log = byId("log");
  log.append(line);
  log.scrollTop = log.scrollHeight;
};

const setConnected = (isOn) => {
  for (const id of ["text", "say", "stop", "microphone"]) {
    const control = byId(id);
    if (control) control.disabled = !isOn;
  }
  byId("start").hidden = isOn;
  byId("end").hidden = !isOn;
  byId("avatar").disabled = isOn;
  byId("invitation").hidden = isOn;
};

const setHeard = (isOn) => byId("microphone")?.setAttribute("aria-pressed", String(isOn));

const tell = ({ kind, text }) => {
  if (kind === "state") setState(text);
  if (kind === "heard") add(text, "you");
  if (kind === "problem") setProblem(text);
  if (kind === "caption") {
    byId("caption").textContent = text;
    byId("caption").hidden = false;
    add(text, "avatar");
  }
};

const show = (stream) => {
  const picture = byId("picture");
  if (picture.srcObject === stream) return;
  picture.srcObject = stream;
  picture.play().catch(() => {
    if (picture.srcObject !== stream) return; // the call ended before its first picture
    setProblem("The browser does not play the picture: press Start again.");
  });
};

/** Give the stage the form of the picture. */
const fit = () => {
  const { videoWidth, videoHeight } = byId("picture");
  if (videoWidth) byId("stage").style.setProperty("--aspect", String(videoWidth / videoHeight));
};

const end = () => {
  const hadFocus = document.activeElement === byId("end");
  call = null;
  byId("picture").srcObject = null;
  setConnected(false);
  setHeard(false);
  setState("away");
  if (hadFocus) byId("start").focus();
};

const start = async () => {
  setProblem("");
  setState("connecting");
  byId("start").disabled = true;
  call = new Call(server, {
    shown: show,
    told: tell,
    opened: () => {
      setConnected(true);
      setState("idle");
      byId("text").focus();
    },
    ended: end,
  });
  try {
    await call.start(byId("avatar").value);
  } catch (error) {
    call.end();
    setProblem(error.message);
  } finally {
    byId("start").disabled = false;
  }
};

const say = () => {
  const text = byId("text").value.trim();
  if (!text || !call) return;
  setProblem("");
  add(text, "you");
  call.say(text);
  byId("text").value = "";
};

const exchangeMicrophone = async () => {
  const isOn = byId("microphone").getAttribute("aria-pressed") === "true";
  try {
    if (isOn) await call.unhear();
    else await call.hear();
    setHeard(!isOn);
  } catch {
    setProblem("The browser gives no microphone: allow it for this page, or type.");
  }
};

byId("picture").addEventListener("resize", fit);
byId("start").addEventListener("click", start);
byId("end").addEventListener("click", () => call?.end());
byId("stop").addEventListener("click", () => call?.stop());
byId("microphone")?.addEventListener("click", exchangeMicrophone);
byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  say();
});
byId("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    say();
  }
});
addEventListener("pagehide", () => call?.end());
