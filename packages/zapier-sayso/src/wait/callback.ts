import { verifyWebhook, WebhookVerificationError, type Sayso } from "@sayso/client";
import type { Bundle } from "zapier-platform-core";

/**
 * The age up to which a callback is accepted. Zapier can deliver it late, because it holds callbacks back while the app
 * is throttled or disconnected. An old one does no harm: it only says that it is time to ask.
 */
const TOLERANCE_SECONDS = 31 * 86_400;

export type RawRequest = NonNullable<Bundle["rawRequest"]>;

/** Returns the headers as they were sent. Zapier puts `Http-` before most names. */
export const headersOf = ({ headers = {} }: RawRequest): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.replace(/^http-/i, ""), value]),
  );

/** Returns true if Sayso signed this callback and it is about this request. */
export async function isSigned(
  sayso: Sayso,
  rawRequest: RawRequest,
  requestId: string,
): Promise<boolean> {
  const { data: secrets } = await sayso.readWebhookSecrets({});
  try {
    const { payload } = await verifyWebhook(
      headersOf(rawRequest),
      rawRequest.content ?? "",
      secrets,
      { toleranceSeconds: TOLERANCE_SECONDS },
    );
    return payload.request_id === requestId;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}
