import { createHmac } from "node:crypto";
import { createSecretBox } from "@sayso/core";
import { must } from "@sayso/must";
import { testSecret, type TestPerson, type TestServices } from "@sayso/testkit";

/** A page as it arrived. */
export interface Seen {
  status: number;
  headers: Headers;
  html: string;
  /** The target of a redirect, without the origin. */
  location: string | null;
  /** Returns the hidden fields of the form that is sent to `action`. */
  hidden(action: string): Record<string, string>;
}

/** A person with a browser that keeps cookies, follows no redirects and runs no scripts. */
export interface Visitor {
  cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<Seen>;
  /** Sends a form as a browser does from a page of `url`. `headers` replace the browser's own. */
  post(
    path: string,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Seen>;
  send(method: string, path: string, init?: RequestInit): Promise<Seen>;
  signIn(person: Pick<TestPerson, "email" | "password">): Promise<Seen>;
  /** Opens the request, fills in the decision form and sends it. */
  decide(
    requestId: string,
    decision: "approve" | "reject",
    more?: Record<string, string>,
  ): Promise<Seen>;
}

export function createVisitor(url: string): Visitor {
  const cookies = new Map<string, string>();
  const send = async (method: string, path: string, init: RequestInit = {}): Promise<Seen> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url + path, {
      ...init,
      method,
      redirect: "manual",
      headers: { ...(cookie && { cookie }), ...(init.headers as Record<string, string>) },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const [name = "", value = ""] = pair.split("=");
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    const html = await response.text();
    const location = response.headers.get("location");
    return {
      status: response.status,
      headers: response.headers,
      html,
      location: location?.startsWith(url) ? location.slice(url.length) : location,
      hidden: (action) => readHidden(html, action),
    };
  };
  const get = (path: string, headers?: Record<string, string>) => send("GET", path, { headers });
  const post = (
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = { origin: url },
  ) => send("POST", path, { headers, body: new URLSearchParams(fields) });
  return {
    cookies,
    get,
    post,
    send,
    signIn: ({ email, password }) => post("/sign-in", { email, password, next: "/" }),
    async decide(requestId, decision, more = {}) {
      const action = `/requests/${requestId}/decision`;
      const page = await get(`/requests/${requestId}`);
      return post(action, { ...page.hidden(action), decision, comment: "", ...more });
    },
  };
}

function readHidden(html: string, action: string): Record<string, string> {
  const form = html.split("<form").find((part) => part.includes(`action="${action}"`));
  if (form === undefined) throw new Error(`there is no form to ${action}`);
  const inputs = must(form.split("</form>")[0]).matchAll(/<input\s[^>]*?type="hidden"[^>]*>/g);
  const fields: Record<string, string> = Object.fromEntries(
    [...inputs].map(([tag]) => [
      /name="([^"]*)"/.exec(tag)?.[1] ?? "",
      /value="([^"]*)"/.exec(tag)?.[1] ?? "",
    ]),
  );
  // Moves the time of showing back, as if the person had read the page first.
  const requestId = /^\/requests\/([^/]+)\/decision$/.exec(action)?.[1];
  if (fields.shown !== undefined && requestId !== undefined)
    fields.shown = markShown(Date.now() - 10_000, {
      csrf: must(fields.csrf),
      version: must(fields.version),
      requestId,
    });
  return fields;
}

const shownKey = createSecretBox(testSecret).deriveKey("time at which a page was shown");

/** Returns the mark of a page that the server showed at this time, in milliseconds since 1970. */
export function markShown(
  at: number,
  page: { csrf: string; requestId: string; version: string },
): string {
  const code = createHmac("sha256", shownKey)
    .update(`${page.csrf} ${page.requestId} ${page.version} ${at}`)
    .digest("base64url");
  return `${at}.${code}`;
}

/** Returns a visitor who is signed in as this person, without the slow check of a password. */
export async function signedIn(url: string, person: TestPerson): Promise<Visitor> {
  const visitor = createVisitor(url);
  visitor.cookies.set("sayso_session", await person.signIn());
  return visitor;
}

/** Counts all rows that a vote, comment, sign-in or sign-out would add or remove. */
export async function countTraces(services: TestServices): Promise<Record<string, number>> {
  const [row] = await services.sql<Record<string, number>>(
    `select (select count(*)::int from votes) as votes, (select count(*)::int from comments) as comments,
            (select count(*)::int from events) as events, (select count(*)::int from sessions) as sessions,
            (select count(*)::int from one_time_links where used_at is not null) as used_links,
            (select count(*)::int from sign_in_throttles) as throttles,
            (select coalesce(sum(version), 0)::int from requests) as versions`,
  );
  return must(row);
}
