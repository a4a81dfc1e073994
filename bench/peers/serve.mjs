// The HTTP server of all hosts of peers. It does as little as possible, so that the bench measures the peer.
import { Agent, createServer, request } from "node:http";

const agent = new Agent({ keepAlive: true });

/** Sends the callback to the asker over a kept-alive connection. */
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
 * Serves `POST /requests {callback_url}` → `{id, handle}`, and `POST /decisions {handle}` → `{}` once the answer is
 * stored safely.
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
