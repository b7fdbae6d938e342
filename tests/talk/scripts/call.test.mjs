import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Call } from "../../../workflow_scripts/mouthpiece/talk/templates/page/call.mjs";

/** What tells of events; some parts of a browser's connection. */
class Channel extends EventTarget {
  sent = [];
  send = (text) => this.sent.push(JSON.parse(text));
}

class Connection extends EventTarget {
  static made = [];
  iceGatheringState = "complete";
  connectionState = "new";
  channel = new Channel();
  sender = { tracks: [], replaceTrack: async (track) => this.sender.tracks.push(track) };
  isClosed = false;

  constructor(settings) {
    super();
    this.settings = settings;
    Connection.made.push(this);
  }
  addTransceiver = () => ({ sender: this.sender });
  createDataChannel = () => this.channel;
  createOffer = async () => ({ type: "offer", sdp: "offer" });
  setLocalDescription = async (description) => {
    this.localDescription = description;
  };
  setRemoteDescription = async (description) => {
    this.remoteDescription = description;
  };
  close = () => {
    this.isClosed = true;
  };
}

const RealTimer = globalThis.setTimeout;

beforeEach(() => {
  Connection.made = [];
  globalThis.RTCPeerConnection = Connection;
  globalThis.setTimeout = (done, ms) => RealTimer(done, ms).unref();
});

/** A call, what it told, and what the server was asked. */
const calling = (enter = async () => ({ visit: "v", sdp: "answer" })) => {
  const told = [];
  const left = [];
  const server = { enter, leave: (visit) => left.push(visit) };
  const call = new Call(server, {
    shown: (stream) => told.push(["shown", stream]),
    told: (event) => told.push(["told", event]),
    opened: () => told.push(["opened"]),
    ended: () => told.push(["ended"]),
  });
  return { call, told, left, connection: Connection.made[0] };
};

test("no server of addresses is asked", () => {
  assert.deepEqual(calling().connection.settings, { iceServers: [] });
});

test("an offer is answered", async () => {
  const { call, connection } = calling(async (avatar, sdp) => {
    assert.deepEqual([avatar, sdp], ["Ada", "offer"]);
    return { visit: "v", sdp: "answer" };
  });
  await call.start("Ada");
  assert.deepEqual(connection.remoteDescription, { type: "answer", sdp: "answer" });
});

test("a refusal goes to who started, and nobody leaves who was not in", async () => {
  const { call, left } = calling(async () => {
    throw new Error("somebody is talking here");
  });
  await assert.rejects(call.start("Ada"), { message: "somebody is talking here" });
  call.end();
  assert.deepEqual(left, []);
});

test("texts and silence are asked for over the channel", () => {
  const { call, connection } = calling();
  call.say("hello");
  call.stop();
  assert.deepEqual(connection.channel.sent, [{ act: "say", text: "hello" }, { act: "stop" }]);
});

test("what the server tells arrives as objects", () => {
  const { told, connection } = calling();
  const event = { kind: "state", text: "idle" };
  connection.channel.dispatchEvent(
    Object.assign(new Event("message"), { data: JSON.stringify(event) }),
  );
  connection.dispatchEvent(Object.assign(new Event("track"), { streams: ["stream"] }));
  assert.deepEqual(told, [
    ["told", event],
    ["shown", "stream"],
  ]);
});

test("a call ends once, however it ends", async () => {
  const { call, told, left, connection } = calling();
  await call.start("Ada");
  connection.connectionState = "failed";
  connection.dispatchEvent(new Event("connectionstatechange"));
  connection.channel.dispatchEvent(new Event("close"));
  call.end();
  assert.deepEqual(left, ["v"]);
  assert.deepEqual(told, [["ended"]]);
  assert.ok(connection.isClosed);
});

test("the microphone is asked for when it is wanted, and let go", async () => {
  const asked = [];
  const track = {
    isStopped: false,
    stop() {
      this.isStopped = true;
    },
  };
  const getUserMedia = async (wanted) => {
    asked.push(wanted);
    return { getAudioTracks: () => [track] };
  };
  Object.defineProperty(globalThis, "navigator", {
    value: { mediaDevices: { getUserMedia } },
    configurable: true,
  });
  const { call, connection } = calling();
  assert.equal(asked.length, 0);
  await call.hear();
  assert.equal(asked[0].audio.echoCancellation, true);
  await call.unhear();
  assert.deepEqual(connection.sender.tracks, [track, null]);
  assert.ok(track.isStopped);
});
