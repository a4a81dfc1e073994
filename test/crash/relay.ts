import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/**
 * What a relay does with its links. `silent`: takes what comes and hands nothing on, in either direction. `deaf`: hands
 * on what is said to the database and swallows what it answers. `cut`: ends links and refuses new ones.
 */
export type Fault = "silent" | "deaf" | "cut";

/** A relay to the database whose links can be broken in every way in which links break. */
export interface Relay {
  /** Of the database, through the relay. */
  url: string;
  /** Breaks all links and those that are made from now on. */
  break: (fault: Fault) => void;
  /** Breaks them when something with this text in it is said to the database, and before it is handed on. */
  breakAt: (text: string, fault: Fault) => Promise<void>;
  /** New links work again. Those that were broken stay so: they have lost what can't be said again. */
  heal: () => void;
  close: () => void;
}

interface Link {
  near: Socket;
  far: Socket;
  fault: Fault | null;
}

/** @param to the database */
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
    // Over a silent link the database doesn't hear of the end either.
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
