import { Socket } from "node:net";
import pg from "pg";

/** Options of a `WatchedClient` beside pg's own. */
export interface WatchedClientConfig extends pg.ClientConfig {
  /** The longest time that a query waits while nothing comes. */
  silentMillisMax: number;
  /** The clients of one pool. When one of them gives up, those that have heard nothing since end with it. */
  siblings?: Set<WatchedClient>;
  /** For statements that can take longer: called after that time, and again after the same time. False: give up. */
  isAtWork?: () => Promise<boolean>;
}

/**
 * A client whose link can be cut or fall silent at any time without harm. When nothing has come for `silentMillisMax`
 * while a query waits, the connection ends: the query rejects with `ETIMEDOUT`, every later one rejects at once, and
 * unsent data is discarded. (pg's own `query_timeout` gives up the query but keeps the connection. The next query on it
 * then waits for the lost answer.) A loss while no query waits is no unhandled error either: the next use of the client
 * rejects.
 *
 * The effect of the query is unknown then: it can have been carried out with only its answer lost.
 */
export class WatchedClient extends pg.Client {
  /** pg's own flag: no query is under way. Its types leave it out. */
  declare readonly readyForQuery?: boolean;
  readonly #link: Socket;
  readonly #config: WatchedClientConfig;
  /** The bytes sent when the link was idle for that long. With more bytes since, it is in use again. */
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

  /** Ends the connection at once, without closing it properly. */
  #giveUp(): void {
    const error = new Error(
      `The database sent nothing for ${this.#config.silentMillisMax} ms; the connection was closed`,
    );
    // A mere close would go on sending for minutes, so the query could be carried out long after its caller got the
    // error. Only a connected TCP link can be reset; a local socket has no address.
    if (this.#link.remoteAddress !== undefined) this.#link.resetAndDestroy();
    this.connection.emit("error", Object.assign(error, { code: "ETIMEDOUT" }));
    this.#link.destroy();
  }

  /** The link itself, or TLS over it. */
  get #stream(): Socket {
    const { stream } = this.connection;
    return stream instanceof Socket ? stream : this.#link;
  }

  async #hearNothing(): Promise<void> {
    const { bytesRead, bytesWritten, writableEnded: isEnding } = this.#stream;
    if (this.readyForQuery === true && !isEnding) {
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
