// What all hosts of peers share: as little HTTP as possible, so that what is measured is the peer.
import { Agent, createServer, request } from "node:http";

const agent = new Agent({ keepAlive: true });

/** Tells the one who asked, over a connection that is kept. */
export const callBack = (url, body) =>
  new Promise((resolve, reject) => {
    const payload = JSON.stringify(body);
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(payload),
    };
    const sent = request(url, { agent, method: "POST", headers }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    });
    sent.on("error", reject).end(payload);
  });

/**
 * `POST /requests {callback_url}` → `{id, handle}`; `POST /decisions {handle}` → `{}` once the answer is safe.
 *
 * @param ask, decide the peer's part
 */
export function serve({ ask, decide }) {
  const server = createServer(async (incoming, response) => {
    try {
      let text = "";
      for await (const chunk of incoming.setEncoding("utf8")) text += chunk;
      const body = text === "" ? {} : JSON.parse(text);
      const answer =
        incoming.url === "/requests"
          ? await ask(body.callback_url)
          : incoming.url === "/decisions"
            ? ((await decide(body.handle)) ?? {})
            : {};
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    } catch (error) {
      response.writeHead(500).end(String(error?.stack ?? error));
    }
  });
  server.keepAliveTimeout = 120_000;
  server.listen(Number(process.env.PORT), "127.0.0.1");
}
