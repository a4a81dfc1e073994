import type { ConnectionPreset, OAuthClient } from "@sayso/core";
import { oauthPaths } from "./paths.ts";
import { html, type Html, type HtmlValue } from "../html/html.ts";

/** What can be connected: the platforms that Sayso knows, or anything else that speaks OAuth 2.0. */
export type Platform = ConnectionPreset | "other";

/** In the order of the page. */
export const platforms: Readonly<Record<Platform, { name: string; about: string }>> = {
  n8n: { name: "n8n", about: "Your own n8n, or n8n Cloud" },
  zapier: { name: "Zapier", about: "A Zapier app of your own" },
  make: { name: "Make", about: "A Make app, or its HTTP module" },
  other: { name: "Something else", about: "Any program that speaks OAuth 2.0" },
};

export const isPlatform = (text: unknown): text is Platform =>
  typeof text === "string" && Object.hasOwn(platforms, text);

/** One line of the form that a platform shows its user. */
export interface Setting {
  label: string;
  value: string;
  /** A choice of the platform's form rather than something to paste. */
  isChoice?: boolean;
}

/** How a platform asks for what Sayso gives, word for word as its form has it. */
export interface Recipe {
  /** Where that form is. */
  where: HtmlValue;
  settings: Setting[];
}

/**
 * What to fill in where.
 *
 * @param client its secret is given only where it is shown at all; null leaves its line out
 */
export function recipeFor(client: OAuthClient, publicUrl: string, secret: string | null): Recipe {
  const authorize = publicUrl + oauthPaths.authorization;
  const token = publicUrl + oauthPaths.token;
  const scope = client.scopes.join(" ");
  const paste = (label: string, value: string): Setting => ({ label, value });
  const choose = (label: string, value: string): Setting => ({ label, value, isChoice: true });
  const credentials = [
    paste("Client ID", client.id),
    ...(secret === null ? [] : [paste("Client Secret", secret)]),
  ];
  switch (client.preset) {
    case "n8n":
      return {
        where: html`In n8n: Credentials, Create credential, Sayso OAuth2 API. It comes with the
          community node <code>n8n-nodes-sayso</code>.`,
        settings: [paste("Server Address", publicUrl), ...credentials],
      };
    case "zapier":
      return {
        where: "In Zapier's developer platform: your app, Authentication, OAuth v2.",
        settings: [
          ...credentials,
          paste("Authorization URL", authorize),
          paste("Scope", scope),
          paste("Access Token Request (POST)", token),
          paste("Refresh Token Request (POST)", token),
          choose("PKCE", "on"),
        ],
      };
    case "make":
      return {
        where:
          "In Make: your app's connection, or a new connection of the HTTP module (OAuth 2.0).",
        settings: [
          choose("Flow type", "Authorization Code, with PKCE (S256)"),
          paste("Authorize URI", authorize),
          paste("Token URI", token),
          paste("Scope", scope),
          choose("Scope separator", "space"),
          ...credentials,
        ],
      };
    case null:
      return {
        where: html`Where your program asks for OAuth 2.0. Most find the addresses by themselves, at
          <code>${publicUrl}</code>.`,
        settings: [
          paste("Authorization endpoint", authorize),
          paste("Token endpoint", token),
          paste("Revocation endpoint", publicUrl + oauthPaths.revocation),
          ...credentials,
          paste("Scope", scope),
          choose("PKCE", "required, S256"),
        ],
      };
  }
}

/** "n8n", or nothing for an app of another kind. */
export const platformName = (preset: ConnectionPreset | null): Html | null =>
  preset && html`${platforms[preset].name}`;
