import { randomUUID } from "node:crypto";
import { errorStatuses } from "@sayso/catalogue";
import {
  DomainError,
  listOwnOrganizations,
  type Context,
  type Services,
  type Session,
} from "@sayso/core";
import { isObject } from "@sayso/exact-json";
import { urlencoded, type Request, type RequestHandler, type Response } from "express";
import type { Assets } from "./assets.ts";
import { csrfToken, isCsrfToken } from "../html/csrf.ts";
import { html } from "../html/html.ts";
import { layout, type Page } from "../html/layout.ts";
import type { Whereabouts } from "../html/navigation.ts";
import { clearSessionCookie, isSameOrigin, readSession, renewSessionCookie } from "./session.ts";

/** The log for errors of pages. pino fits. */
export interface PagesLog {
  error(fields: object, message: string): void;
}

/** The parts that all pages share. */
export interface Site extends Assets {
  services: Services;
  log: PagesLog;
}

/** One request for a page, and the ways to answer it. */
export interface Visit {
  site: Site;
  services: Services;
  request: Request;
  session: Session | null;
  /** Returns the text of a field of the form, "" if it is missing; the first of several. */
  field(name: string): string;
  /** Returns all values of this name in the form, such as the ticked boxes of a group. */
  fields(name: string): readonly string[];
  show(page: Page, status?: number): void;
  /** Answers with 303 See Other: the browser then requests `path` with GET. */
  redirect(path: string): void;
  response: Response;
}

/** A visit of somebody who is signed in. */
export interface MemberVisit extends Visit {
  session: Session;
  context: Context;
  csrf: string;
}

/** A refusal that is a page by itself. */
class PageError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const FORM_BYTES_MAX = 64 * 1024;
const parseForm = urlencoded({
  extended: false,
  limit: FORM_BYTES_MAX,
  parameterLimit: 50,
  inflate: false,
});

/**
 * Serves a page for everybody. Its forms must come from a page of Sayso, and carry their own proof, such as a password
 * or a link's token.
 */
export function publicPage(
  site: Site,
  handle: (visit: Visit) => Promise<void> | void,
): RequestHandler {
  return (request, response) => answer(site, request, response, handle);
}

type HandleMember = (visit: MemberVisit) => Promise<void> | void;

/**
 * Serves a page for signed-in people, whose forms must carry their session's token. Everybody else is sent to sign in
 * first, and then to `returnTo` (default: the requested page).
 */
export function memberPage(
  site: Site,
  handle: HandleMember,
  returnTo: (request: Request) => string = (request) => request.originalUrl,
): RequestHandler {
  return (request, response) =>
    answer(site, request, response, asMember(request, handle, returnTo));
}

function asMember(
  request: Request,
  handle: HandleMember,
  returnTo: (request: Request) => string,
): (visit: Visit) => Promise<void> | void {
  return (visit) => {
    const { session, services } = visit;
    if (!session) {
      const next = returnTo(request);
      return visit.redirect(
        next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`,
      );
    }
    const isForm = request.method === "POST";
    if (isForm && !isCsrfToken(services, session, visit.field("csrf"))) throw notOurForm();
    const context = contextOf(services, session);
    return handle({ ...visit, session, context, csrf: csrfToken(services, session) });
  };
}

const contextOf = (services: Services, session: Session): Context => ({
  services,
  organizationId: session.organizationId,
  actor: session.actor,
});

async function answer(
  site: Site,
  request: Request,
  response: Response,
  handle: (visit: Visit) => Promise<void> | void,
): Promise<void> {
  const { services } = site;
  response.set(securityHeaders);
  let session: Session | null = null;
  let organizations: Whereabouts["organizations"] = [];
  const send = (page: Page, status: number) => {
    const whereabouts = session && {
      session,
      csrf: csrfToken(services, session),
      path: request.path,
      organizations,
    };
    response.set("Content-Security-Policy", contentPolicy(page));
    response
      .status(status)
      .type("html")
      .send(layout(page, { stylePath: site.stylePath, whereabouts }).text);
  };
  try {
    const isForm = request.method === "POST";
    if (isForm && !isSameOrigin(request, services.publicUrl)) throw notOurForm();
    const fields = isForm ? await readForm(request, response) : new Map<string, string[]>();
    // Read only now, because a session can end while the form arrives.
    session = await readSession(request, services);
    if (session?.isRenewed) renewSessionCookie(request, response, services);
    const shown: [page: Page, status: number][] = [];
    await handle({
      site,
      services,
      request,
      response,
      session,
      show: (page, status = 200) => void shown.push([page, status]),
      field: (name) => fields.get(name)?.[0] ?? "",
      fields: (name) => fields.get(name) ?? [],
      redirect: (path) => response.redirect(303, path),
    });
    if (!shown[0]) return;
    if (session) organizations = await listOwnOrganizations(contextOf(services, session));
    send(...shown[0]);
  } catch (error) {
    showError(site, error, response, send);
  }
}

/** Renders a page outside of any visit, for people who are not signed in. Returns the answer's headers and body. */
export const renderStrangersPage = (
  site: Site,
  page: Page,
): { headers: Record<string, string>; body: string } => ({
  headers: { ...securityHeaders, "Content-Type": "text/html; charset=utf-8" },
  body: layout(page, { stylePath: site.stylePath, whereabouts: null }).text,
});

/** Removes the session from the browser. The caller deletes its row. */
export const forgetSession = ({ response, services }: Visit): void =>
  clearSessionCookie(response, services);

const notOurForm = (): PageError =>
  new PageError(
    403,
    "Sayso can't verify where this form came from. Go back, reload the page and try again.",
  );

/**
 * Returns the policy of a page: no frames and no other origins. It allows the one style sheet, inline images and, on a
 * page with a script, Sayso's own scripts and their calls to this server. `form-action` lists the redirect targets of
 * forms, too, because browsers check those against it.
 */
const contentPolicy = ({ formTargets = [], scriptPath }: Partial<Page> = {}): string =>
  `default-src 'none'; ${scriptPath ? "script-src 'self'; connect-src 'self'; " : ""}style-src 'self'; img-src 'self' data:; form-action ${["'self'", ...formTargets].join(" ")}; frame-ancestors 'none'; base-uri 'none'`;

const securityHeaders = {
  "Content-Security-Policy": contentPolicy(),
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  // Not no-referrer, because browsers would then send `Origin: null` with our own forms (Fetch, "append a request
  // Origin header").
  "Referrer-Policy": "same-origin",
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

type Fields = Map<string, string[]>;

async function readForm(request: Request, response: Response): Promise<Fields> {
  if (!request.is("application/x-www-form-urlencoded"))
    throw new PageError(415, "This page accepts only form data.");
  await new Promise<void>((resolve, reject) =>
    parseForm(request, response, (error?: { status?: number }) => {
      if (!error) return resolve();
      const isTooLarge = error.status === 413;
      reject(
        new PageError(
          error.status ?? 400,
          isTooLarge ? "The form is too large." : "Sayso can't read this form.",
        ),
      );
    }),
  );
  const fields: Fields = new Map();
  const body: unknown = request.body;
  for (const [name, value] of Object.entries(isObject(body) ? body : {})) {
    const texts = [value].flat().filter((text) => typeof text === "string");
    if (texts.some((text) => text.includes("\0")))
      throw new PageError(400, "A field contains a NUL character, which can't be stored.");
    fields.set(
      name,
      texts.map((text) => text.replace(/\r\n?/g, "\n")),
    );
  }
  return fields;
}

const titles: Record<number, string> = {
  403: "Not allowed",
  404: "Not found",
  429: "Too many requests",
  503: "Temporarily unavailable",
};

function showError(
  site: Site,
  error: unknown,
  response: Response,
  show: (page: Page, status: number) => void,
): void {
  const isPublic = error instanceof PageError || error instanceof DomainError;
  const status =
    error instanceof PageError
      ? error.status
      : error instanceof DomainError
        ? errorStatuses[error.code]
        : 500;
  const requestId = String(response.getHeader("X-Request-Id") ?? randomUUID());
  if (status >= 500) site.log.error({ err: error, requestId }, "a page failed");
  if (response.headersSent) return void response.destroy();
  if (status === 503 || status === 429) response.set("Retry-After", retryAfter(error));
  show(
    errorPage(
      status,
      isPublic ? error.message : `Something went wrong in Sayso. Request ID: ${requestId}.`,
    ),
    status,
  );
}

/** Returns the seconds until the next try, as the header's text. */
export function retryAfter(error: unknown): string {
  const seconds = error instanceof DomainError ? error.details?.retry_after_seconds : undefined;
  return typeof seconds === "number" ? String(seconds) : "5";
}

/** The page for an address that doesn't exist, or belongs to another organization. */
export const notFoundPage = (): Page =>
  errorPage(404, "This page doesn't exist, or you have no access to it.");

function errorPage(status: number, message: string): Page {
  const title = titles[status] ?? "Something went wrong";
  return {
    title,
    shape: "form",
    main: html`<div class="card">
      <p class="code">${status}</p>
      <h1>${title}</h1>
      <p>${message}</p>
      <p><a class="button" href="/waiting">Open your requests</a></p>
    </div>`,
  };
}
