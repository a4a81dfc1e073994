import { SaysoError } from "@sayso/client";
import type { Authentication, Bundle, ZObject } from "zapier-platform-core";
import { scopes } from "./declared.generated.ts";
import { refusalOf } from "./refusals.ts";
import { connect, serverUrl } from "./server.ts";

/** Sayso's answer to the exchange of a code or a refresh token (RFC 6749, 5). */
interface TokenAnswer {
  access_token?: string;
  refresh_token?: string;
  org_name?: string;
  user_email?: string;
  error?: string;
  error_description?: string;
}

/** OAuth 2.0 with PKCE. The Zap acts in the name of the person who connected it. */
export const authentication: Authentication = {
  type: "oauth2",
  oauth2Config: {
    authorizeUrl: {
      url: "{{process.env.SAYSO_URL}}/oauth/authorize",
      params: {
        client_id: "{{process.env.CLIENT_ID}}",
        state: "{{bundle.inputData.state}}",
        redirect_uri: "{{bundle.inputData.redirect_uri}}",
        response_type: "code",
        scope: scopes.join(" "),
      },
    },
    getAccessToken: (z: ZObject, bundle: Bundle) => {
      const { code, redirect_uri: redirectUri, code_verifier: verifier } = bundle.inputData;
      return exchange(z, {
        grant_type: "authorization_code",
        code: textOf(code),
        redirect_uri: textOf(redirectUri),
        code_verifier: textOf(verifier),
      });
    },
    refreshAccessToken: (z: ZObject, bundle: Bundle) =>
      exchange(z, {
        grant_type: "refresh_token",
        refresh_token: bundle.authData.refresh_token ?? "",
      }),
    autoRefresh: true,
    enablePkce: true,
  },
  test,
  connectionLabel: "{{organization}} ({{person}})",
};

/** Asks for the connected organization. The answer names the connection. */
async function test(z: ZObject, bundle: Bundle) {
  try {
    const { id, name } = await connect(z, bundle).getOrganization({});
    return { organization_id: id, organization: name, person: bundle.authData.user_email ?? null };
  } catch (error) {
    const refusal = refusalOf(z, error);
    if (error instanceof SaysoError && error.status === 0 && refusal.name === "AppError") {
      const message = `Zapier can't reach Sayso at ${serverUrl(z)}. Check the URL, and that the internet can reach it (${error.message})`;
      throw new z.errors.Error(message, error.code, 502);
    }
    throw refusal;
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

async function exchange(z: ZObject, form: Record<string, string | undefined>) {
  const response = await z
    .request<TokenAnswer | undefined>({
      method: "POST",
      url: `${serverUrl(z)}/api/v1/oauth/token`,
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
      body: {
        client_id: process.env.CLIENT_ID ?? "",
        client_secret: process.env.CLIENT_SECRET ?? "",
        ...form,
      },
      skipThrowForStatus: true,
    })
    .catch((error: unknown) => {
      // Zapier answers any 401 by renewing the token, which is already under way here.
      if (!(error instanceof Error) || error.name !== "RefreshAuthError") throw error;
      throw new z.errors.Error("CLIENT_ID or CLIENT_SECRET is wrong", "invalid_client", 401);
    });
  const answer = response.data ?? {};
  if (answer.access_token !== undefined) {
    const { access_token, refresh_token, org_name, user_email } = answer;
    return { access_token, refresh_token, org_name, user_email };
  }
  const why = answer.error_description ?? answer.error ?? `it answered ${response.status}`;
  if (answer.error === "invalid_grant")
    throw new z.errors.ExpiredAuthError(`Connect Sayso again: ${why}`);
  throw new z.errors.Error(
    `Sayso returned no token: ${why}`,
    answer.error ?? "NO_TOKEN",
    response.status,
  );
}
