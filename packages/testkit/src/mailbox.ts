import { createServer, type AddressInfo, type Socket } from "node:net";
import { until } from "./until.ts";

/** A mail as it arrived. */
export interface ReceivedMail {
  /** The envelope: the sender and the recipients. */
  from: string;
  to: string[];
  /** The headers by lower-case name, unfolded, not decoded. */
  headers: ReadonlyMap<string, string>;
  text: string;
  html: string;
  /** The mail as it was sent. */
  raw: string;
  /** The user who signed in before; null for nobody. */
  user: string | null;
}

/** The answer of a mailbox that refuses a mail. It can be changed at any time. */
export interface Refusal {
  at: "MAIL" | "RCPT" | "DATA" | "AUTH";
  answer: string;
}

/** A mail server on 127.0.0.1 that accepts every mail and stores it (RFC 5321, without TLS). */
export interface Mailbox {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  refusal: Refusal | null;
  /** Resolves with the mails to this address, once there are so many. */
  to: (address: string, count?: number) => Promise<ReceivedMail[]>;
  stop: () => Promise<void>;
}

/** Starts a mailbox. @param options.password demands AUTH PLAIN with any user and this password. */
export async function startMailbox(
  options: { port?: number; password?: string } = {},
): Promise<Mailbox> {
  const mails: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket)).on("error", () => undefined);
    converse(socket, mailbox, options.password, (mail) => mails.push(mail));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const mailbox: Mailbox = {
    port: (server.address() as AddressInfo).port,
    mails,
    refusal: null,
    async to(address, count = 1) {
      const found = () => mails.filter((mail) => mail.to.includes(address));
      await until(() => found().length >= count, `${count} mails to ${address}`);
      return found();
    },
    async stop() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return mailbox;
}

function converse(
  socket: Socket,
  mailbox: Mailbox,
  password: string | undefined,
  take: (mail: ReceivedMail) => void,
): void {
  let envelope = { from: "", to: [] as string[] };
  let user: string | null = null;
  let isInData = false;
  let rest = "";
  const say = (line: string) => void socket.write(`${line}\r\n`);
  const addressIn = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? "";

  const obey = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase();
    const { refusal } = mailbox;
    if (refusal?.at === verb) return say(refusal.answer);
    if (verb === "EHLO")
      return say(`250-mailbox\r\n250${password ? "-AUTH PLAIN\r\n250" : ""} 8BITMIME`);
    if (verb === "AUTH") {
      const [, name = "", given] = Buffer.from(line.split(" ")[2] ?? "", "base64")
        .toString()
        .split("\0");
      if (given !== password) return say("535 5.7.8 wrong user or password");
      user = name;
      return say("235 welcome");
    }
    if (password && user === null && verb === "MAIL") return say("530 5.7.0 sign in first");
    if (verb === "MAIL") envelope = { from: addressIn(line), to: [] };
    if (verb === "RCPT") envelope.to.push(addressIn(line));
    if (verb === "DATA") isInData = true;
    if (verb === "QUIT") return void socket.end("221 bye\r\n");
    say(verb === "DATA" ? "354 go on" : "250 ok");
  };

  const receive = (): void => {
    const end = isInData ? rest.indexOf("\r\n.\r\n") : rest.indexOf("\r\n");
    if (end === -1) return;
    const text = rest.slice(0, end);
    rest = rest.slice(end + (isInData ? 5 : 2));
    if (isInData) {
      isInData = false;
      take({ ...envelope, user, ...readMessage(text.replaceAll(/^\.\./gm, ".")) });
      say("250 taken");
    } else obey(text);
    receive();
  };

  say("220 mailbox");
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    rest += chunk;
    receive();
  });
}

function readMessage(raw: string): Pick<ReceivedMail, "headers" | "text" | "html" | "raw"> {
  const { headers, body } = split(raw);
  const boundary = /boundary="?([^";]+)/.exec(headers.get("content-type") ?? "")?.[1];
  const parts = boundary === undefined ? [] : body.split(`--${boundary}`).slice(1, -1).map(split);
  const part = (type: string) => {
    const found = parts.find((each) => each.headers.get("content-type")?.startsWith(type));
    return found ? decode(found) : "";
  };
  return { headers, raw, text: part("text/plain"), html: part("text/html") };
}

interface Part {
  headers: Map<string, string>;
  body: string;
}

function split(text: string): Part {
  const [, head = "", body = ""] = /^(?:\r\n)?([^]*?)\r\n\r\n([^]*)$/.exec(text) ?? [];
  const lines = head.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n");
  return {
    headers: new Map(
      lines.map((line) => [
        line.slice(0, line.indexOf(":")).toLowerCase(),
        line.slice(line.indexOf(":") + 1).trim(),
      ]),
    ),
    body,
  };
}

function decode({ headers, body }: Part): string {
  const encoding = headers.get("content-transfer-encoding");
  if (encoding === "base64") return Buffer.from(body, "base64").toString();
  const bytes =
    encoding === "quoted-printable"
      ? body
          .replaceAll(/=\r\n/g, "")
          .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      : body;
  return Buffer.from(bytes, "latin1").toString().replaceAll("\r\n", "\n");
}
