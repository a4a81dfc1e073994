import { html, type Html, type HtmlValue } from "./html.ts";
import { favicon, logo } from "./logo.ts";
import { navigation, type Whereabouts } from "./navigation.ts";

/** A page as a route returns it. The frame around it is the same for all. */
export interface Page {
  /** Plain text for the tab; "Sayso" is added. */
  title: string;
  main: HtmlValue;
  /** `form`: one narrow column in the middle. `request`: two columns where there is room. */
  shape?: "form" | "list" | "request";
  /** The targets of its forms besides Sayso, as CSP sources: an app's origin, or its scheme. */
  formTargets?: readonly string[];
  /** The script of the page, one of Sayso's own. Without one, the page's policy forbids scripts. */
  scriptPath?: string;
}

export interface Frame {
  stylePath: string;
  /** Null: nobody is signed in. */
  whereabouts: Whereabouts | null;
}

/** Renders the whole document. */
export function layout(page: Page, frame: Frame): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${page.title} · Sayso</title>
        <link rel="icon" href="${favicon}" />
        <link rel="stylesheet" href="${frame.stylePath}" />
        ${page.scriptPath && html`<script type="module" src="${page.scriptPath}"></script>`}
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="top">
          <a class="brand" href="/">${logo}<span>Sayso</span></a>
          ${frame.whereabouts && navigation(frame.whereabouts)}
        </header>
        <main id="main" class="${page.shape ?? "list"}" tabindex="-1">${page.main}</main>
      </body>
    </html> `;
}

/** Renders a message above everything else. It takes the focus when the page opens, so that it is read out. */
export const banner = (kind: "good" | "bad" | "note", content: HtmlValue): Html =>
  html` <div
    class="banner ${kind}"
    role="${kind === "bad" ? "alert" : "status"}"
    tabindex="-1"
    autofocus
  >
    ${content}
  </div>`;

/** Renders one labelled line of input, with its fault and the value that was typed before. */
export function field(input: {
  name: string;
  label: string;
  type: "text" | "email" | "password" | "url";
  autocomplete: string;
  value?: string;
  hint?: HtmlValue;
  placeholder?: string;
  fault?: string;
  maxlength?: number;
  autofocus?: boolean;
}): Html {
  const { name, hint, fault } = input;
  const described = [fault && `${name}-fault`, hint && `${name}-hint`].filter(Boolean).join(" ");
  return html` <div class="field">
    <label for="${name}">${input.label}</label>
    ${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
    <input
      id="${name}"
      name="${name}"
      type="${input.type}"
      autocomplete="${input.autocomplete}"
      value="${input.value}"
      required${
        input.maxlength ? html` maxlength="${input.maxlength}"` : ""
      }${input.placeholder ? html` placeholder="${input.placeholder}"` : ""}${described ? html` aria-describedby="${described}"` : ""}${fault ? html` aria-invalid="true"` : ""}${
        fault || input.autofocus ? html` autofocus` : ""
      }
    />
    ${fault && html`<p class="fault" id="${name}-fault">${fault}</p>`}
  </div>`;
}
