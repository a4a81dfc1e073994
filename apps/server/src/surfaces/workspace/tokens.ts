import type { workspaceOperations } from "@sayso/catalogue";
import { createToken, listTokens, revokeToken, type PersonalToken } from "@sayso/core";
import type { Handlers } from "../../http/bind.ts";

type Operations = Pick<typeof workspaceOperations, "listTokens" | "createToken" | "revokeToken">;

const MINUTE_MS = 60_000;

export const tokenPageHandlers: Handlers<Operations> = {
  async listTokens({ context }) {
    return { status: 200, body: { data: (await listTokens(context)).map(toToken) } };
  },

  async createToken({ context, body }) {
    const { name, scopes, expires_in_minutes: minutes } = body;
    const expiresAt = minutes === null ? undefined : new Date(Date.now() + minutes * MINUTE_MS);
    const { token, ...made } = await createToken(context, { name, scopes, expiresAt });
    return { status: 201, body: { ...toToken(made), token } };
  },

  async revokeToken({ context, params }) {
    await revokeToken(context, params.id);
    return { status: 200, body: { id: params.id, revoked: true } };
  },
};

const toToken = (token: PersonalToken) => ({
  id: token.id,
  name: token.name,
  prefix: token.prefix,
  last_four: token.lastFour,
  scopes: token.scopes,
  expires_at: token.expiresAt?.toISOString() ?? null,
  revoked_at: token.revokedAt?.toISOString() ?? null,
  last_used_at: token.lastUsedAt?.toISOString() ?? null,
  created_at: token.createdAt.toISOString(),
});
