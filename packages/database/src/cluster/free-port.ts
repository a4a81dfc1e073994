import { createServer } from "node:net";

const LOWEST = 20_000;
const COUNT = 10_000;

/**
 * Returns a free TCP port on 127.0.0.1: `preferred` if it is free, otherwise one of 20000–29999. Those are below the
 * range from which systems take ports for outgoing connections. In that range, a client that keeps dialling a database
 * that is down could be given the database's own port, connect to itself and block the restart.
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port on 127.0.0.1 between ${LOWEST} and ${LOWEST + COUNT - 1}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
