import { scopes, type Scope } from "@sayso/catalogue";
import type { MakeComponent } from "./make-component.ts";
import type { MakeParameter } from "./make.ts";

/** The places of the server's message, in the order of preference. Each API has its own envelope, and OAuth has one. */
const said = ["body.error.message", "body.error_description", "body.message", "body.error", "body"];
const message = `[{{statusCode}}] {{${said.reduceRight((rest, one) => `ifempty(${one}, ${rest})`)}}}`;

const errorOf = (type: string) => ({ type, message });

/**
 * The consequences of a refusal (help.make.com, "Types of errors"). Make itself repeats calls whose errors can pass
 * (429, 5xx), and stores bundles that can't be processed.
 */
const errors = {
  type: "RuntimeError",
  message,
  400: errorOf("DataError"),
  401: errorOf("InvalidAccessTokenError"),
  404: errorOf("DataError"),
  409: errorOf("DataError"),
  429: errorOf("RateLimitError"),
  500: errorOf("ConnectionError"),
  502: errorOf("ConnectionError"),
  503: errorOf("ConnectionError"),
  504: errorOf("ConnectionError"),
};

/**
 * The common part of all modules, RPCs and webhooks. The address comes from the connection, because every user has a
 * server of their own.
 */
export const base = {
  baseUrl: "{{connection.url}}",
  headers: { authorization: "Bearer {{connection.accessToken}}" },
  response: { error: errors },
  log: {
    sanitize: [
      "request.headers.authorization",
      "request.body.callback_headers",
      "response.body.secret",
      "response.headers.set-cookie",
    ],
  },
};

/** The server's address without a slash at its end. */
const url = "{{replace(parameters.url, '/[/]+$/', '')}}";

const serverAddress: MakeParameter = {
  name: "url",
  label: "Server Address",
  type: "url",
  required: true,
  help: "The URL of your Sayso server, such as https://sayso.example.com",
};

const info = (address: string, token: string) => ({
  url: `${address}/api/v1/org`,
  method: "GET",
  headers: { authorization: `Bearer ${token}` },
});

/** The error handling of a connection, whose code doesn't inherit from the base (developers.make.com, "OAuth 2.0"). */
const answered = { error: errors };

/** Checks that Sayso answers at that address: credentials are valid where the answer names the organization. */
const isSayso = {
  valid: {
    condition: "{{if(body.id, true, false)}}",
    type: "DataError",
    message: "[{{statusCode}}] This URL is not a Sayso server. Check the URL.",
  },
};

/** The connection that uses a connection's key. */
const apiKey: MakeComponent = {
  kind: "connection",
  id: "apiKey",
  manifest: { label: "Sayso (API Key)", connectionType: "basic" },
  code: {
    communication: {
      ...info(url, "{{parameters.apiKey}}"),
      response: {
        ...isSayso,
        ...answered,
        data: { url, accessToken: "{{parameters.apiKey}}" },
        uid: "{{body.id}}",
        metadata: { type: "text", value: "{{body.name}}" },
      },
      log: { sanitize: ["request.headers.authorization"] },
    },
    params: [
      serverAddress,
      {
        name: "apiKey",
        label: "API Key",
        type: "password",
        required: true,
        help: 'The API key that "sayso key create" printed, or that Connections showed in the dashboard',
      },
    ] satisfies MakeParameter[],
  },
};

/** RFC 7636 §4.1 requires at least 43 characters, and one UUID has 36. */
const codeVerifier = "{{uuid}}{{uuid}}";
/** RFC 7636 §4.2, S256: base64url of the SHA-256, without padding. */
const codeChallenge =
  "{{replace(replace(replace(sha256(temp.codeVerifier, 'base64'), '+', '-'), '/', '_'), '=', '')}}";

const token = (address: string, body: Record<string, string>) => ({
  url: `${address}/api/v1/oauth/token`,
  method: "POST",
  type: "urlencoded",
  body: {
    client_id: "{{parameters.clientId}}",
    client_secret: "{{parameters.clientSecret}}",
    ...body,
  },
  log: {
    sanitize: [
      "request.body.client_secret",
      "request.body.code",
      "request.body.code_verifier",
      "request.body.refresh_token",
      "response.body.access_token",
      "response.body.refresh_token",
    ],
  },
});

const tokens = {
  accessToken: "{{body.access_token}}",
  refreshToken: "{{body.refresh_token}}",
  expires: "{{addSeconds(now, body.expires_in)}}",
};

/**
 * The connection that uses OAuth 2.0 with PKCE. Its OAuth client belongs to the user's server, because Make is
 * registered on each server separately.
 */
function oauth(used: readonly Scope[]): MakeComponent {
  return {
    kind: "connection",
    id: "oauth",
    manifest: { label: "Sayso", connectionType: "oauth" },
    code: {
      communication: {
        authorize: {
          temp: { codeVerifier },
          url: `${url}/oauth/authorize`,
          qs: {
            response_type: "code",
            client_id: "{{parameters.clientId}}",
            redirect_uri: "{{oauth.localRedirectUri}}",
            scope: "{{join(oauth.scope, ' ')}}",
            code_challenge: codeChallenge,
            code_challenge_method: "S256",
          },
          response: { temp: { code: "{{query.code}}" } },
        },
        token: {
          condition: "{{if(temp.code, true, false)}}",
          ...token(url, {
            grant_type: "authorization_code",
            code: "{{temp.code}}",
            code_verifier: "{{temp.codeVerifier}}",
            redirect_uri: "{{oauth.localRedirectUri}}",
          }),
          response: { ...answered, data: { url, ...tokens, email: "{{body.user_email}}" } },
        },
        info: {
          ...info("{{connection.url}}", "{{connection.accessToken}}"),
          response: {
            ...isSayso,
            ...answered,
            uid: "{{body.id}}",
            metadata: { type: "text", value: "{{connection.email}} ({{body.name}})" },
          },
          log: { sanitize: ["request.headers.authorization"] },
        },
        refresh: {
          condition: "{{data.expires < addMinutes(now, 15)}}",
          ...token("{{data.url}}", {
            grant_type: "refresh_token",
            refresh_token: "{{data.refreshToken}}",
          }),
          response: { ...answered, data: tokens },
        },
        invalidate: {
          url: "{{data.url}}/api/v1/oauth/revoke",
          method: "POST",
          type: "urlencoded",
          body: {
            client_id: "{{parameters.clientId}}",
            client_secret: "{{parameters.clientSecret}}",
            token: "{{data.refreshToken}}",
          },
          response: answered,
          log: { sanitize: ["request.body.client_secret", "request.body.token"] },
        },
      },
      params: [
        serverAddress,
        {
          name: "clientId",
          label: "Client ID",
          type: "text",
          required: true,
          help: "The client ID and secret of the app that an admin registered for Make under Apps in the dashboard",
        },
        { name: "clientSecret", label: "Client Secret", type: "password", required: true },
      ] satisfies MakeParameter[],
      scopeList: Object.fromEntries(used.map((scope) => [scope, scopes[scope]])),
      defaultScope: used,
    },
  };
}

/** @param used the scopes that the app's modules need; a connection asks for all of them */
export const renderConnections = (used: readonly Scope[]): MakeComponent[] => [oauth(used), apiKey];
