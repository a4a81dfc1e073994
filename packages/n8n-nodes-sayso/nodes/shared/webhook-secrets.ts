import { verifyWebhook, WebhookVerificationError } from "@sayso/client";
import type { IWebhookFunctions } from "n8n-workflow";
import { callSayso, credentialOf, type Caller } from "./api.ts";

const KEPT_MS = 60_000;

/** Secrets by credential. They are kept in memory only, never with an execution. */
const kept = new Map<string, { secrets: string[]; until: number }>();

/**
 * Returns the secrets that sign the callbacks of this credential's requests. They come from the server, so nobody
 * pastes them, and a rotation needs no change here.
 *
 * @throws NodeApiError when Sayso could not be asked, or refused
 */
export async function readWebhookSecrets(
  caller: Caller,
  { isFresh = false } = {},
): Promise<string[]> {
  const type = credentialOf(caller);
  const id = `${type}:${caller.getNode().credentials?.[type]?.id ?? ""}`;
  const known = kept.get(id);
  if (known && known.until > Date.now() && !isFresh) return known.secrets;
  const call = { method: "GET", path: "/api/v1/webhook-secrets" } as const;
  const { data } = await callSayso<{ data: string[] }>(caller, call);
  kept.set(id, { secrets: data, until: Date.now() + KEPT_MS });
  return data;
}

/**
 * Returns true if Sayso signed this message, now, for this credential. If the known secrets don't fit, they are read
 * again once.
 */
export async function isSigned(caller: IWebhookFunctions): Promise<boolean> {
  const verify = (secrets: string[]) =>
    verifyWebhook(caller.getHeaderData(), rawBodyOf(caller), secrets).then(
      () => true,
      (error: unknown) => {
        if (error instanceof WebhookVerificationError) return false;
        throw error;
      },
    );
  return (
    (await verify(await readWebhookSecrets(caller))) ||
    (await verify(await readWebhookSecrets(caller, { isFresh: true })))
  );
}

/** Returns the bytes as they came. */
export function rawBodyOf(caller: IWebhookFunctions): Uint8Array {
  const { rawBody }: { rawBody?: Uint8Array } = caller.getRequestObject();
  return rawBody ?? new Uint8Array();
}
