/** The addresses that an app needs, relative to the server's own. */
export const oauthEndpoints = {
  authorization: "/oauth/authorize",
  token: "/api/v1/oauth/token",
  revocation: "/api/v1/oauth/revoke",
} as const;

/** An app as it is registered with Sayso. */
export interface RegisteredApp {
  /** The app's client_id. */
  id: string;
  /** The platform that the app runs on. Null: another program that uses OAuth 2.0. */
  preset: "n8n" | "zapier" | "make" | null;
  scopes: readonly string[];
}

/** One line of the form that a platform shows its user. */
export interface AppSetting {
  label: string;
  value: string;
  /** True if the setting is a choice in the platform's form, false if it is a value to paste. */
  isChoice: boolean;
}

/** The form in which a platform asks for Sayso's values, with the form's own labels in its order. */
export interface AppSettings {
  /** The place of that form, in a sentence or two. */
  where: string;
  settings: AppSetting[];
}

/**
 * Returns the values to fill in at the platform that an app runs on.
 *
 * @param publicUrl the server's address, without a trailing slash
 * @param secret null leaves its line out, because a secret is shown only once, or because there is none
 */
export function settingsOf(
  app: RegisteredApp,
  publicUrl: string,
  secret: string | null,
): AppSettings {
  const authorize = publicUrl + oauthEndpoints.authorization;
  const token = publicUrl + oauthEndpoints.token;
  const scope = app.scopes.join(" ");
  const credentials = [
    paste("Client ID", app.id),
    ...(secret === null ? [] : [paste("Client Secret", secret)]),
  ];
  switch (app.preset) {
    case "n8n":
      return {
        where:
          "In n8n, open Credentials, Create credential, Sayso OAuth2 API. The community node n8n-nodes-sayso provides it.",
        settings: [paste("Server Address", publicUrl), ...credentials],
      };
    case "zapier":
      return {
        where: "In Zapier's developer platform, open your app, Authentication, OAuth v2.",
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
          "In Make, open your app's connection, or create a connection of the HTTP module (OAuth 2.0).",
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
        where: `Enter these where your program asks for OAuth 2.0. Most programs discover the URLs at ${publicUrl}.`,
        settings: [
          paste("Authorization endpoint", authorize),
          paste("Token endpoint", token),
          paste("Revocation endpoint", publicUrl + oauthEndpoints.revocation),
          ...credentials,
          paste("Scope", scope),
          choose("PKCE", "required, S256"),
        ],
      };
  }
}

const paste = (label: string, value: string): AppSetting => ({ label, value, isChoice: false });
const choose = (label: string, value: string): AppSetting => ({ label, value, isChoice: true });
