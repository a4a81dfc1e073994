// Creates every kind of credential through the core, the fastest way.
import { allScopes } from "@sayso/catalogue";
import { createClient, createGrant, createOAuthSecret, createTokenStore } from "@sayso/core";
import type { TestOrganization, TestPerson, TestServices } from "@sayso/testkit";

/** The headers that carry a caller's credential. */
export type Caller = Record<string, string>;

/** A kind of credential that the API knows. */
export interface CredentialKind {
  /** Returns a caller whose credential has these scopes; the same caller for the same scopes. */
  withScopes(scopes: readonly string[]): Promise<Caller>;
  /** The scopes that a key or a session always has. Absent: the scopes can be chosen. */
  fixedScopes?: readonly string[];
  /** True if the credential can administer the organization. */
  administers: boolean;
  /** True if the credential asks through a connection. */
  hasConnection: boolean;
  /**
   * The party that the credential acts for: a person in their session, a person who allowed it, or the connection
   * itself.
   */
  stands: "session" | "person" | "machine";
  /** Creates another credential of this kind, for calls that end the credential. */
  anew?: () => Promise<Caller>;
}

const bearer = (token: string): Caller => ({ Authorization: `Bearer ${token}` });

/**
 * Creates every kind of credential in one organization. Each person among them is an owner, so that only the kind of
 * credential makes a difference.
 */
export async function openCredentials(
  services: TestServices,
  organization: TestOrganization,
  at: { url: string },
): Promise<Record<string, CredentialKind>> {
  const owners = await Promise.all(
    ["Session", "Token", "App"].map((name) => organization.addPerson({ name, role: "owner" })),
  );
  const [onPages, withToken, withApp] = owners as [TestPerson, TestPerson, TestPerson];
  const tokens = createTokenStore(services);
  const { client } = await createClient(organization.context, {
    name: "App",
    redirectUris: ["https://app.example.com/callback"],
    allowsClientCredentials: true,
  });
  const clientId = client.id;
  const [key, session] = [(await organization.addConnection()).key, await onPages.signIn()];
  const limited = await organization.addConnection({ allowedActionTypes: ["deploy"] });

  const save = async (kind: "AccessToken" | "ClientCredentials", scopes: readonly string[]) => {
    const grantId =
      kind === "AccessToken"
        ? await withApp.inPerson((there) =>
            createGrant(there, { clientId, scopes, resource: null }),
          )
        : null;
    const token = createOAuthSecret("accessToken");
    const payload = { kind, scope: scopes.join(" ") };
    await tokens.save(kind, token, { clientId, grantId, payload, expiresInSeconds: 3600 });
    return bearer(token);
  };
  const cookie = (of: string) => ({
    Cookie: `sayso_session=${of}`,
    Origin: new URL(at.url).origin,
  });
  const kinds: Record<string, CredentialKind> = {
    "a session": {
      withScopes: () => Promise.resolve(cookie(session)),
      anew: async () => cookie(await onPages.signIn()),
      fixedScopes: allScopes,
      administers: true,
      hasConnection: false,
      stands: "session",
    },
    "an API key": {
      withScopes: () => Promise.resolve(bearer(key)),
      fixedScopes: allScopes.filter((scope) => !scope.startsWith("reviews:")),
      administers: false,
      hasConnection: true,
      stands: "machine",
    },
    "an API key for some action types only": {
      withScopes: () => Promise.resolve(bearer(limited.key)),
      fixedScopes: ["approvals:read", "approvals:write", "approvals:decide", "comments:write"],
      administers: false,
      hasConnection: true,
      stands: "machine",
    },
    "a personal token": {
      withScopes: async (scopes) => bearer((await withToken.createToken(scopes)).token),
      administers: true,
      hasConnection: false,
      stands: "person",
    },
    "an app's token in a person's name": {
      withScopes: (scopes) => save("AccessToken", scopes),
      administers: false,
      hasConnection: true,
      stands: "person",
    },
    "an app's own token": {
      withScopes: (scopes) => save("ClientCredentials", scopes),
      administers: false,
      hasConnection: true,
      stands: "machine",
    },
  };
  return Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      name,
      { ...kind, withScopes: remember(kind.withScopes) },
    ]),
  );
}

/** The scopes of a credential of this kind that was created with `made`. */
export const scopesOf = (kind: CredentialKind, scopes: readonly string[]): ReadonlySet<string> =>
  new Set(kind.fixedScopes ?? scopes);

function remember(make: CredentialKind["withScopes"]): CredentialKind["withScopes"] {
  const made = new Map<string, Promise<Caller>>();
  return (scopes) => {
    const name = scopes.join(" ");
    const caller = made.get(name) ?? make(scopes);
    made.set(name, caller);
    return caller;
  };
}
