/** The settings for sending mail. */
export interface MailConfig {
  smtp: {
    host: string;
    port: number;
    /** True: TLS from the first byte. */
    secure: boolean;
    auth: { user: string; pass: string } | undefined;
  };
  from: { name: string; address: string };
}

/** Reads a mail server's address, such as `smtps://user:password@smtp.example.com`; null: the text is none. */
export function readSmtpUrl(text: string): MailConfig["smtp"] | null {
  if (!/^smtps?:\/\/./.test(text) || !URL.canParse(text)) return null;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  if (!hostname || (pathname !== "" && pathname !== "/") || search || hash) return null;
  const secure = protocol === "smtps:";
  try {
    return {
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: port === "" ? (secure ? 465 : 587) : Number(port),
      secure,
      auth:
        username === ""
          ? undefined
          : { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    };
  } catch {
    return null;
  }
}

/** Reads `sayso@example.com` or `Sayso <sayso@example.com>`; null: the text is neither. */
export function readSender(text: string): MailConfig["from"] | null {
  const [, name = "", address = ""] =
    /^(?:([^<>\p{C}]*?)\s*<([^<>]+)>|.*)$/u.exec(text.trim()) ?? [];
  const found = address === "" ? { name: "", address: text.trim() } : { name, address };
  return /^[^\s@<>"(),:;\\\p{C}]+@[^\s@<>"(),:;\\\p{C}]+$/u.test(found.address) ? found : null;
}

/** Returns true if a host's name or address means this machine. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
}
