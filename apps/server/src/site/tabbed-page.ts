import { html, type HtmlValue } from "../html/html.ts";
import { banner, type Page } from "../html/layout.ts";
import { currentIf } from "../html/navigation.ts";
import type { Visit } from "./site.ts";

/** A page within a part of Sayso that has several: their links stand above it. */
export interface PartPage {
  /** Plain text, for the tab and the heading. */
  title: string;
  /** What the heading says instead, where it holds somebody else's text. */
  heading?: HtmlValue;
  /** A link to where this page was opened from. */
  back?: { href: string; label: string };
  banner?: HtmlValue;
  lead?: HtmlValue;
  main: HtmlValue;
}

/** The pages of one part of Sayso, in the order of their links. */
export interface Part {
  label: string;
  pages: readonly { href: string; label: string }[];
}

/** @param path where the page is: the link of the page, or of the one above it, is marked */
export function partPage(part: Part, path: string, page: PartPage): Page {
  const isHere = (href: string) => path === href || path.startsWith(`${href}/`);
  // The first page of a part may stand above all others.
  const here = part.pages.filter(({ href }) => isHere(href)).at(-1);
  return {
    title: page.title,
    shape: "list",
    main: html`<nav class="tabs" aria-label="${part.label}">
        <ul>
          ${part.pages.map(
            ({ href, label }) =>
              html`<li>
                <a href="${href}" ${currentIf(href === here?.href, href === path)}>${label}</a>
              </li>`,
          )}
        </ul>
      </nav>
      ${page.banner}
      ${page.back && html`<p class="back"><a href="${page.back.href}">${page.back.label}</a></p>`}
      <div class="heading"><h1>${page.heading ?? page.title}</h1></div>
      ${page.lead && html`<p class="lead">${page.lead}</p>`} ${page.main}`,
  };
}

/** Where a redirect after a form ends up: what was done, said in one of these sentences. */
export function doneBanner(visit: Visit, sentences: Readonly<Record<string, string>>): HtmlValue {
  const { done } = visit.request.query;
  if (typeof done !== "string" || !Object.hasOwn(sentences, done)) return null;
  return banner("good", html`<p>${sentences[done]}</p>`);
}
