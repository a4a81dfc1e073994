import type { ConnectionPreset } from "../connections/connection.ts";
import { invalidInput } from "../errors.ts";

/** `web`: the app's server keeps a secret. `native`: the app runs on a person's device and can't (RFC 8252). */
export type ClientKind = "web" | "native";

const REDIRECT_URIS_MAX = 10;
const LENGTH_MAX = 2000;
const loopbacks = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether an address leads to the device that it is opened on. */
export const isLoopback = (address: string): boolean => loopbacks.has(new URL(address).hostname);

/**
 * Refuses addresses that a code must never be sent to. A web app needs http(s). A native app needs https, http on a
 * loopback address (any port is accepted there later), or a private-use scheme with a dot in it (RFC 8252 §7). No
 * address can have a fragment, user name, wildcard, space or control character.
 *
 * @throws DomainError `validation_failed` at `redirect_uris`
 */
export function checkRedirectUris(redirectUris: readonly string[], kind: ClientKind): void {
  const refuse = (message: string) => invalidInput({ field: "redirect_uris", message });
  if (redirectUris.length > REDIRECT_URIS_MAX)
    throw refuse(`redirect_uris may hold at most ${REDIRECT_URIS_MAX} addresses`);
  if (new Set(redirectUris).size < redirectUris.length)
    throw refuse("redirect_uris holds an address twice");
  for (const text of redirectUris) {
    const fault = findFault(text, kind);
    if (fault) throw refuse(`${JSON.stringify(text.slice(0, 200))} ${fault}`);
  }
}

function findFault(text: string, kind: ClientKind): string | null {
  if (text.length > LENGTH_MAX) return `is longer than ${LENGTH_MAX} characters`;
  if (/[\s\p{C}\\*]/u.test(text))
    return "may hold no space, backslash, wildcard or control character";
  if (!URL.canParse(text)) return "is no absolute address";
  const { protocol, hostname, username, password } = new URL(text);
  if (text.includes("#")) return "may have no fragment (#)";
  if (username || password || /^[a-z][\w+.-]*:\/\/[^/?]*@/i.test(text))
    return "may hold no user name";
  if (protocol === "https:") return null;
  if (protocol === "http:") {
    return kind === "web" || loopbacks.has(hostname)
      ? null
      : "must use https, unless it is a loopback address";
  }
  if (kind === "web") return "must begin with https:// or http://";
  return protocol.includes(".")
    ? null
    : "must use https, http on a loopback address, or a scheme of the app's own like com.example.app:";
}

/**
 * Returns the addresses at which each platform takes codes: n8n at its own address, Zapier at the app's own path, Make
 * at one of two.
 *
 * @param given.n8nUrl the address at which the person opens n8n: `https://n8n.example.com`
 * @param given.zapierAppId the number in `App123CLIAPI`, as `zapier describe` and Zapier's dashboard show it
 * @throws DomainError `validation_failed` at `n8n_url` or `zapier_app_id`
 */
export function presetRedirectUris(
  preset: ConnectionPreset,
  given: { n8nUrl?: string; zapierAppId?: string },
): string[] {
  switch (preset) {
    case "n8n": {
      const text = given.n8nUrl?.trim() ?? "";
      const url = URL.canParse(text) ? new URL(text) : null;
      if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash) {
        throw invalidInput({
          field: "n8n_url",
          message: "n8n_url must be the address of your n8n, such as https://n8n.example.com",
        });
      }
      return [`${url.origin}${url.pathname.replace(/\/+$/, "")}/rest/oauth2-credential/callback`];
    }
    case "zapier": {
      const id = /^(?:App)?(\d{1,12})(?:CLIAPI)?$/.exec(given.zapierAppId?.trim() ?? "")?.[1];
      if (!id) {
        throw invalidInput({
          field: "zapier_app_id",
          message: "zapier_app_id must be your Zapier app's number, such as 123456",
        });
      }
      return [`https://zapier.com/dashboard/auth/oauth/return/App${id}CLIAPI/`];
    }
    case "make":
      return ["https://www.make.com/oauth/cb/app", "https://www.integromat.com/oauth/cb/app"];
  }
}
