import { createServer, type AddressInfo, type Socket } from "node:net";
import { must } from "@sayso/must";
import { afterEach, describe, expect, test } from "vitest";
import { readSmtpUrl } from "../mail-config.ts";
import { createMailSender, type MailSender } from "./mail-sender.ts";

const mail = {
  id: "0197f4a0-0000-7000-8000-000000000000",
  organizationId: "0197f4a0-0000-7000-8000-000000000001",
  recipient: "grace@example.com",
  subject: "Hello",
  body: { paragraphs: ["Hello <b>Grace</b>,"], action: null, closing: [] },
  attempt: 1,
};
const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A mail server that sends the result of `answer` for each line; null: it stays silent. */
async function startTalker(greeting: string | null, answer: (line: string) => string | null) {
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    if (greeting) socket.write(`${greeting}\r\n`);
    socket.on("error", () => undefined).setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      for (const line of chunk.split("\r\n").filter(Boolean)) {
        lines.push(line);
        const said = answer(line);
        if (said !== null) socket.write(`${said}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    sockets.forEach((socket) => socket.destroy());
    return new Promise((resolve) => server.close(() => resolve()));
  });
  return { port: (server.address() as AddressInfo).port, lines };
}

function senderTo(url: string): MailSender {
  const from = { name: "", address: "sayso@example.com" };
  const sender = createMailSender({ smtp: must(readSmtpUrl(url)), from });
  closing.push(() => sender.close());
  return sender;
}

const plain = (line: string): string | null =>
  line.startsWith("EHLO") ? "250-talker\r\n250 AUTH PLAIN LOGIN" : "250 ok";

describe("a password", () => {
  test("is kept from a server that offers no TLS, unless it is on this machine", async () => {
    const talker = await startTalker("220 talker", plain);
    // Linux takes this address for the machine itself; Sayso does not.
    const away = await senderTo(`smtp://ada:hunter2@0.0.0.0:${talker.port}`).send(mail);
    expect(away).toMatchObject({ ok: false, isFinal: false });
    expect(talker.lines.join("\n")).not.toMatch(/AUTH|aHVudGVyMg/);
    await senderTo(`smtp://ada:hunter2@127.0.0.1:${talker.port}`).send(mail);
    expect(talker.lines.join("\n")).toMatch(/^AUTH PLAIN/m);
  });
});

describe("a server", () => {
  test("that says nothing is left when the sender is closed", async () => {
    const talker = await startTalker(null, () => null);
    const sender = senderTo(`smtp://127.0.0.1:${talker.port}`);
    const outcome = sender.send(mail);
    sender.close();
    expect(await outcome).toMatchObject({ ok: false, isFinal: false });
  });

  test.each([
    ["MAIL FROM", "550 we don't know you", false],
    ["RCPT TO", "451 come back later", false],
    ["RCPT TO", "550 nobody of this name", true],
    ["DATA", "554 we don't like it", true],
    ["EHLO", "421 too busy", false],
  ])("that answers %s with %s is final: %s", async (command, said, isFinal) => {
    const talker = await startTalker("220 talker", (line) =>
      line.startsWith(command) || line.startsWith(command.replace("EHLO", "HELO"))
        ? said
        : plain(line),
    );
    const outcome = await senderTo(`smtp://127.0.0.1:${talker.port}`).send(mail);
    expect(outcome).toMatchObject({ ok: false, isFinal });
    expect(outcome.ok ? "" : outcome.error).toContain(said.slice(4));
  });

  test("that wants another password is the operator's matter, and tried again", async () => {
    const talker = await startTalker("220 talker", (line) =>
      line.startsWith("AUTH") ? "535 wrong password" : plain(line),
    );
    const outcome = await senderTo(`smtp://ada:hunter2@127.0.0.1:${talker.port}`).send(mail);
    expect(outcome).toMatchObject({ ok: false, isFinal: false });
    expect(JSON.stringify(outcome)).not.toContain("hunter2");
  });
});

test.each(["a,eve@example.com", "eve@example.com>,<grace@example.com", 'x"<eve@example.com'])(
  "the addressee %j is one, and no other than that",
  async (recipient) => {
    const talker = await startTalker("220 talker", (line) =>
      line === "DATA" ? "354 go on" : plain(line),
    );
    await senderTo(`smtp://127.0.0.1:${talker.port}`).send({ ...mail, recipient });
    const recipients = talker.lines.filter((line) => line.startsWith("RCPT TO"));
    expect(recipients.length).toBeLessThanOrEqual(1);
    expect(recipients.join()).not.toMatch(/<(eve|grace)@example\.com>/);
  },
);
