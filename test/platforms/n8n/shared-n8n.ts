import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startN8n, type N8nHost } from "./n8n-host.ts";
import { openN8n, setUpOwner, type N8n } from "./n8n.ts";

/** The addresses and the cookie with which a test joins the n8n that all tests share. */
export interface SharedN8n {
  url: string;
  folder: string;
  /** The owner's cookie. */
  cookie: string;
  /** The address of the process that started n8n. It accepts orders there. */
  controlUrl: string;
}

type Verb = "stop" | "start" | "restart" | "crash" | "command";

/**
 * Starts the n8n of a whole run, because it takes a core, most of a gigabyte and ten seconds to start. The process that
 * started it owns it; tests in other processes stop and start it through a small server.
 */
export async function startSharedN8n(tarball: string) {
  const host = await startN8n({ tarball });
  const control = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { verb, args } = JSON.parse(Buffer.concat(chunks).toString()) as {
        verb: Verb;
        args: never[];
      };
      (host[verb] as (...given: never[]) => Promise<unknown>)(...args).then(
        (result) => response.end(JSON.stringify({ result })),
        (error: unknown) => response.writeHead(500).end((error as Error).stack),
      );
    });
  }).listen(0, "127.0.0.1");
  const shared: SharedN8n = {
    url: host.url,
    folder: host.folder,
    cookie: await setUpOwner(host.url),
    controlUrl: `http://127.0.0.1:${(control.address() as AddressInfo).port}`,
  };
  return {
    shared,
    async close() {
      control.close();
      await host.close();
    },
  };
}

/** Joins the shared n8n as its owner. A test that stops n8n also starts it again. n8n ends with the run. */
export function joinN8n({ url, folder, cookie, controlUrl }: SharedN8n): N8n {
  const order = async (verb: Verb, ...args: unknown[]) => {
    const body = JSON.stringify({ verb, args });
    const headers = { connection: "close" };
    const response = await fetch(controlUrl, { method: "POST", headers, body });
    const text = await response.text();
    if (!response.ok) throw new Error(`n8n, ${verb}: ${text}`);
    return (JSON.parse(text) as { result?: string }).result ?? "";
  };
  const sender = (verb: Verb) => async () => void (await order(verb));
  const host: N8nHost = {
    url,
    folder,
    stop: sender("stop"),
    start: sender("start"),
    restart: sender("restart"),
    crash: sender("crash"),
    command: (...args) => order("command", ...args),
    close: () => Promise.resolve(),
  };
  return openN8n(host, cookie);
}
