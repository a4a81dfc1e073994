import { isAdmin, type Session } from "@sayso/core";
import { csrfField } from "./csrf.ts";
import { html, type Html, type HtmlValue } from "./html.ts";
import { personIcon } from "./logo.ts";
import { oneLine } from "./untrusted-text.ts";

/** The person who sees a page, and the page's place in Sayso. */
export interface Whereabouts {
  session: Session;
  csrf: string;
  /** The requested path. */
  path: string;
  /** All organizations of the person. */
  organizations: readonly { id: string; name: string }[];
}

interface Place {
  href: string;
  label: string;
  /** Returns true if a path belongs to this place. */
  holds: (path: string) => boolean;
}

const waiting: Place = {
  href: "/waiting",
  label: "Waiting",
  holds: (path) => path === "/waiting" || path.startsWith("/requests/"),
};
const goals: Place = {
  href: "/app/goals",
  label: "Goals",
  holds: () => false,
};
const account: Place = {
  href: "/account",
  label: "Account",
  holds: (path) => /^\/account(\/|$)/.test(path),
};
const organization: Place = {
  href: "/app/people",
  label: "Organization",
  holds: () => false,
};

/** Renders the links to Sayso's pages, and the menu of the signed-in person. The menu opens without a script. */
export function navigation(whereabouts: Whereabouts): Html {
  const { session, path } = whereabouts;
  const places = isAdmin(session.actor)
    ? [waiting, goals, account, organization]
    : [waiting, goals, account];
  return html`<nav class="places" aria-label="Sayso">
      <ul>
        ${places.map(
          ({ href, label, holds }) =>
            html`<li><a href="${href}" ${currentIf(holds(path), href === path)}>${label}</a></li>`,
        )}
      </ul>
    </nav>
    <details class="who">
      <summary>
        ${personIcon}<span class="name"
          >${oneLine(session.personName)}<small>${oneLine(session.organizationName)}</small></span
        >
      </summary>
      <div class="menu">
        <p class="name">
          ${oneLine(session.personName)}<small>${oneLine(session.organizationName)}</small>
        </p>
        ${switcher(whereabouts)}
        <form method="post" action="/sign-out">
          ${csrfField(whereabouts.csrf)}<button class="wide">Sign out</button>
        </form>
      </div>
    </details>`;
}

/** Renders `aria-current` of a link: "page" on the very page, "true" on those below it. */
export const currentIf = (isWithin: boolean, isExact: boolean): HtmlValue =>
  isWithin && (isExact ? html`aria-current="page"` : html`aria-current="true"`);

/** Renders a button for each other organization of the person; nothing if there is none. */
function switcher({ session, organizations, csrf }: Whereabouts): HtmlValue {
  const others = organizations.filter(({ id }) => id !== session.organizationId);
  if (others.length === 0) return null;
  return html`<form method="post" action="/account/organization">
    ${csrfField(csrf)}
    <p class="hint" id="switch">Switch to</p>
    <ul aria-labelledby="switch">
      ${others.map(
        ({ id, name }) =>
          html`<li>
            <button class="wide" name="organization" value="${id}">${oneLine(name)}</button>
          </li>`,
      )}
    </ul>
  </form>`;
}
