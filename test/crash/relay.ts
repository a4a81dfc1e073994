import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/**
 * A fault of a relay's connections. `silent`: the relay accepts data and passes nothing on, in either direction.
 * `deaf`: the relay passes data to the database and drops the database's answers. `cut`: the relay closes its
 * connections and refuses new ones.
 */
export type Fault = "silent" | "deaf" | "cut";

/** A relay to the database whose connections can fail in every way in which connections fail. */
export interface Relay {
  /** The URL of the database through the relay. */
  url: string;
  /** Breaks all open connections, and those that are opened from now on. */
  break: (fault: Fault) => void;
  /** Breaks them when a message to the database contains this text, before the relay passes that message on. */
  breakAt: (text: string, fault: Fault) => Promise<void>;
  /** Lets new connections work again. Broken connections stay broken, because their lost data can't be sent again. */
  heal: () => void;
  close: () => void;
}

interface Link {
  near: Socket;
  far: Socket;
  fault: Fault | null;
}

/** @param to the URL of the database */
export async function openRelay(to: URL): Promise<Relay> {
  const links = new Set<Link>();
  let current: Fault | null = null;
  let awaited: { text: string; fault: Fault; met: () => void } | null = null;

  const breakAll = (fault: Fault) => {
    current = fault;
    for (const link of links) {
      link.fault ??= fault;
      if (fault === "cut") link.near.destroy();
    }
  };
  const pass = (link: Link, data: Buffer, isSaid: boolean) => {
    if (isSaid && awaited && data.includes(awaited.text)) {
      breakAll(awaited.fault);
      awaited.met();
      awaited = null;
    }
    if (link.fault === null || (link.fault === "deaf" && isSaid))
      (isSaid ? link.far : link.near).write(data);
  };

  const server = createServer((near) => {
    const link: Link = {
      near,
      far: connect(Number(to.port), to.hostname),
      fault: current,
    };
    links.add(link);
    near.on("data", (data) => pass(link, data, true));
    link.far.on("data", (data) => pass(link, data, false));
    for (const side of [near, link.far]) side.on("error", () => undefined);
    // Through a silent connection the database doesn't notice the end either.
    near.on("close", () => link.fault === "silent" || link.far.destroy());
    link.far.on("close", () => {
      links.delete(link);
      if (link.fault === null) near.destroy();
    });
    if (current === "cut") near.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(to);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    break: breakAll,
    breakAt: (text, fault) =>
      new Promise((met) => {
        awaited = { text, fault, met };
      }),
    heal() {
      current = null;
      awaited = null;
    },
    close() {
      for (const { near, far } of links) {
        near.destroy();
        far.destroy();
      }
      server.close();
    },
  };
}
