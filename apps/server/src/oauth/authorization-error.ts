import type { Configuration } from "oidc-provider";
import { html } from "../html/html.ts";
import type { Page } from "../html/layout.ts";
import { renderStrangersPage, type Site } from "../site/site.ts";
import { oneLine } from "../html/untrusted-text.ts";

type RenderError = NonNullable<Configuration["renderError"]>;

/**
 * Renders the page for an app's request that can't be answered to the app, because of a wrong address in it or an old
 * tab.
 */
export function showAuthorizationError(site: Site): RenderError {
  return (context, { error, error_description: description = error }) => {
    const isOurs = context.status >= 500;
    const { headers, body } = renderStrangersPage(site, errorPage(description, isOurs));
    context.set(headers);
    context.body = body;
  };
}

const errorPage = (description: string, isOurs: boolean): Page => ({
  title: "This app could not be connected",
  shape: "form",
  main: html` <div class="card">
    <h1>This app could not be connected</h1>
    <p>
      ${
        isOurs
          ? "Something went wrong in Sayso. Go back to the app and connect it again in a moment."
          : "The app sent a request that Sayso can't allow. Go back to the app and try again. If that doesn't help, send this message to the person who set it up:"
      }
    </p>
    ${!isOurs && html`<p><strong>${oneLine(description)}</strong></p>`}
    <p><a class="button" href="/">Go to Sayso</a></p>
  </div>`,
});
