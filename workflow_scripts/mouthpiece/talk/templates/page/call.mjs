// The connection to the avatar: its picture and sound, what happens, and the microphone.

const MICROPHONE = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

/** All addresses that this browser will offer are known, or will not be. */
const gathered = (connection) =>
  new Promise((resolve) => {
    if (connection.iceGatheringState === "complete") resolve();
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState === "complete") resolve();
    });
    setTimeout(resolve, 1000);
  });

/** One conversation, from its start to its end. */
export class Call {
  #server;
  #connection = new RTCPeerConnection({ iceServers: [] });
  #channel;
  #speaker;
  #microphone = null;
  #visit = "";
  #isEnded = false;
  #ended;

  /**
   * @param {Server} server
   * @param {{shown: (stream: MediaStream) => void, told: (event: object) => void,
   *   opened: () => void, ended: () => void}} watcher
   */
  constructor(server, watcher) {
    this.#server = server;
    this.#ended = watcher.ended;
    const connection = this.#connection;
    connection.addTransceiver("video", { direction: "recvonly" });
    this.#speaker = connection.addTransceiver("audio", { direction: "sendrecv" }).sender;
    this.#channel = connection.createDataChannel("talk");
    this.#channel.addEventListener("open", watcher.opened);
    this.#channel.addEventListener("message", ({ data }) => watcher.told(JSON.parse(data)));
    this.#channel.addEventListener("close", () => this.end());
    connection.addEventListener("track", ({ streams }) => watcher.shown(streams[0]));
    connection.addEventListener("connectionstatechange", () => {
      if (["failed", "closed"].includes(connection.connectionState)) this.end();
    });
  }

  /** Connect; an Error says why that is refused. */
  async start(avatar) {
    const connection = this.#connection;
    await connection.setLocalDescription(await connection.createOffer());
    await gathered(connection);
    const { visit, sdp } = await this.#server.enter(avatar, connection.localDescription.sdp);
    this.#visit = visit;
    await connection.setRemoteDescription({ type: "answer", sdp });
  }

  /** Ask for an answer to a text. */
  say(text) {
    this.#channel.send(JSON.stringify({ act: "say", text }));
  }

  /** Ask for silence. */
  stop() {
    this.#channel.send(JSON.stringify({ act: "stop" }));
  }

  /** Let the microphone be heard. */
  async hear() {
    const stream = await navigator.mediaDevices.getUserMedia(MICROPHONE);
    this.#microphone = stream.getAudioTracks()[0];
    await this.#speaker.replaceTrack(this.#microphone);
  }

  /** Let the microphone not be heard any more. */
  async unhear() {
    this.#microphone?.stop();
    this.#microphone = null;
    await this.#speaker.replaceTrack(null);
  }

  /** End the conversation. */
  end() {
    if (this.#isEnded) return;
    this.#isEnded = true;
    if (this.#visit) this.#server.leave(this.#visit);
    this.#microphone?.stop();
    this.#connection.close();
    this.#ended();
  }
}
