// Every kind of credential, made as quickly as the core can make it.
import { allScopes } from "@sayso/catalogue";
import { createClient, createGrant, createOAuthSecret, createTokenStore } from "@sayso/core";
import type { TestOrganization, TestPerson, TestServices } from "@sayso/testkit";

/** How somebody calls: the headers that a credential is sent in. */
export type Caller = Record<string, string>;

/** A way to be known to the API. */
export interface CredentialKind {
  /** A caller whose credential has these scopes; the same one for the same scopes. */
  withScopes(scopes: readonly string[]): Promise<Caller>;
  /** What a key or a session may do always: there is nothing to choose. */
  fixedScopes?: readonly string[];
  /** Whether it may administer the organization. */
  administers: boolean;
  /** Whether it asks through a connection. */
  hasConnection: boolean;
  /** For what: a person in their session, a person whom it stands for, or itself. */
  stands: "session" | "person" | "machine";
  /** The same once more, where a call ends the credential. */
  anew?: () => Promise<Caller>;
}

const bearer = (token: string): Caller => ({ Authorization: `Bearer ${token}` });

/** All kinds of credentials of one organization; each person of them is an owner, so that nothing but the kind matters. */
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

/** The scopes that a credential of this kind has when it was made with these. */
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
