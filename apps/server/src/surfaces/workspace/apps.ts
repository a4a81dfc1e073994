import type { workspaceOperations } from "@sayso/catalogue";
import {
  createClient,
  deleteClient,
  getClient,
  listClients,
  listGrants,
  presetRedirectUris,
  revokeGrant,
  rotateClientSecret,
  type Grant,
  type OAuthClient,
} from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";

type Operations = Pick<
  typeof workspaceOperations,
  | "listApps"
  | "getApp"
  | "createApp"
  | "rotateAppSecret"
  | "deleteApp"
  | "listGrants"
  | "revokeGrant"
>;

export const appPageHandlers: Handlers<Operations> = {
  async listApps({ context }) {
    return { status: 200, body: { data: (await listClients(context)).map(toApp) } };
  },

  async getApp({ context, params }) {
    return { status: 200, body: toApp(await getClient(context, params.id)) };
  },

  async createApp({ context, body }) {
    const { preset, redirect_uris: redirectUris } = body;
    const given = { n8nUrl: body.n8n_url, zapierAppId: body.zapier_app_id };
    const { client, secret } = await createClient(context, {
      name: body.name,
      preset,
      kind: body.kind,
      redirectUris: redirectUris ?? (preset ? presetRedirectUris(preset, given) : []),
      scopes: body.scopes,
      allowsClientCredentials: body.allows_client_credentials,
    });
    return { status: 201, body: { ...toApp(client), client_secret: secret } };
  },

  async rotateAppSecret({ context, params }) {
    const { secret, previousValidUntil } = await rotateClientSecret(context, params.id);
    return {
      status: 200,
      body: {
        id: params.id,
        client_secret: secret,
        old_secret_expires_at: previousValidUntil.toISOString(),
      },
    };
  },

  async deleteApp({ context, params }) {
    await deleteClient(context, params.id);
    return { status: 200, body: { id: params.id, deleted: true } };
  },

  async listGrants({ context, query }) {
    const grants = await listGrants(context, { whose: query.whose, clientId: query.app_id });
    return { status: 200, body: { data: grants.map(toGrant) } };
  },

  async revokeGrant({ context, params }) {
    await revokeGrant(context, params.id);
    return { status: 200, body: { id: params.id, revoked: true } };
  },
};

const toApp = (client: OAuthClient) => ({
  id: client.id,
  name: client.name,
  preset: client.preset,
  kind: client.kind,
  redirect_uris: client.redirectUris,
  scopes: client.scopes,
  allows_client_credentials: client.allowsClientCredentials,
  secret_last_four: client.secretLastFour,
  previous_secret_until: client.previousSecretUntil?.toISOString() ?? null,
  connection_id: client.connectionId,
  created_by_name: client.createdByName,
  grants_count: client.grants,
  created_at: client.createdAt.toISOString(),
});

const toGrant = (grant: Grant) => ({
  id: grant.id,
  app_id: grant.clientId,
  app_name: grant.clientName,
  preset: grant.preset,
  person_id: grant.personId,
  person_name: grant.personName,
  scopes: grant.scopes,
  created_at: grant.createdAt.toISOString(),
  last_used_at: grant.lastUsedAt?.toISOString() ?? null,
});
