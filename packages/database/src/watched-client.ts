import { Socket } from "node:net";
import pg from "pg";

/** What a client is given beside pg's own options. */
export interface WatchedClientConfig extends pg.ClientConfig {
  /** How long a query may wait while nothing comes. */
  silentMillisMax: number;
  /** The clients of one pool: when one of them hears nothing, those that have heard nothing since end with it. */
  siblings?: Set<WatchedClient>;
  /** For statements that may take longer: asked then, and again after the same time. False: give up. */
  isAtWork?: () => Promise<boolean>;
}

/** pg says by it whether a query is under way; its types leave it out. */
type Inside = { readyForQuery?: boolean };

/**
 * A client whose link may be cut or fall silent at any time without harm. When nothing has come for `silentMillisMax`
 * while a query waits, the connection ends: the query rejects with `ETIMEDOUT`, every later one at once, and what was
 * not sent yet is discarded. (pg's own `query_timeout` gives up the query but keeps the connection, on which the next
 * query then waits for the lost answer.) A loss while nobody waits is no unhandled error either: whoever uses the
 * client next hears of it.
 *
 * What the query did is unknown then: it may have been carried out and only its answer lost.
 */
export class WatchedClient extends pg.Client {
  readonly #link: Socket;
  readonly #config: WatchedClientConfig;
  /** Bytes sent when it was found idle for that long; with more since then it is in use again. */
  #quietAtBytes = -1;

  constructor(config: WatchedClientConfig) {
    const link = new Socket();
    super({ ...config, stream: () => link });
    this.#link = link;
    this.#config = config;
    config.siblings?.add(this);
    this.on("error", () => undefined);
    // Node counts from the last byte in either direction, without a timer for each query.
    link.setTimeout(config.silentMillisMax);
    link.on("timeout", () => void this.#hearNothing());
    link.once("close", () => config.siblings?.delete(this));
  }

  /** Ends the connection at once, without a goodbye. */
  #giveUp(): void {
    const error = new Error(
      `Nothing came from the database for ${this.#config.silentMillisMax} ms; the connection was given up`,
    );
    // A mere close would go on sending for minutes, and the query be carried out long after its caller was told.
    // Only TCP can be reset, once it is connected; a local socket has no address.
    if (this.#link.remoteAddress !== undefined) this.#link.resetAndDestroy();
    this.connection.emit("error", Object.assign(error, { code: "ETIMEDOUT" }));
    this.#link.destroy();
  }

  /** The link itself, or TLS over it. */
  get #stream(): Socket {
    return this.connection.stream as Socket;
  }

  async #hearNothing(): Promise<void> {
    const { bytesRead, bytesWritten, writableEnded: isEnding } = this.#stream;
    if ((this as Inside).readyForQuery === true && !isEnding) {
      this.#quietAtBytes = bytesWritten;
      return;
    }
    const { isAtWork, siblings, silentMillisMax } = this.#config;
    if (!isEnding && isAtWork) {
      const mayWait = await isAtWork();
      if (this.#stream.bytesRead !== bytesRead) return;
      if (mayWait) return void this.#link.setTimeout(silentMillisMax);
    }
    this.#giveUp();
    for (const sibling of siblings ?? []) if (sibling.#isQuiet()) sibling.#giveUp();
  }

  #isQuiet(): boolean {
    return this.#quietAtBytes === this.#stream.bytesWritten;
  }
}
