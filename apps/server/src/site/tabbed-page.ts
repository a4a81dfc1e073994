import { html, type HtmlValue } from "../html/html.ts";
import { banner, type Page } from "../html/layout.ts";
import { currentIf } from "../html/navigation.ts";
import type { Visit } from "./site.ts";

/** A page of a part of Sayso that has several pages. Their links stand above it. */
export interface PartPage {
  /** Plain text, for the tab and the heading. */
  title: string;
  /** The heading, if it holds somebody else's text. */
  heading?: HtmlValue;
  /** A link to the page from which this page was opened. */
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

/** @param path the page's path: the page's own link, or that of the page above it, is marked */
export function partPage(part: Part, path: string, page: PartPage): Page {
  const isHere = (href: string) => path === href || path.startsWith(`${href}/`);
  // The path of a part's first page can be a prefix of all others, so the last match counts.
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

/** Renders the banner on the page after a form: the sentence for the action that was done. */
export function doneBanner(visit: Visit, sentences: Readonly<Record<string, string>>): HtmlValue {
  const { done } = visit.request.query;
  if (typeof done !== "string" || !Object.hasOwn(sentences, done)) return null;
  return banner("good", html`<p>${sentences[done]}</p>`);
}
