import { connectionOf, type CallRecorder } from "@sayso/core";
import type { Request, Response } from "express";
import type { Credential } from "./authenticate.ts";

/** Notes a call in the request log of the connection through which it comes, once it has ended. */
export type LogCall = (
  credential: Credential,
  /** Its key; null: no operation is there. */
  operation: string | null,
  request: Request,
  response: Response,
) => void;

const PATH_LENGTH_MAX = 300;
/** What somebody put into an address by mistake; admins read the log. */
const CREDENTIAL = /\b(?:gk|sp|sa|sr|sc|cs|okrt)_[0-9a-f]{64}/gi;
/** As nginx says it: the caller hung up before the answer began. */
const CLIENT_CLOSED_REQUEST = 499;

/** Logs what connections call; what people do themselves is nobody else's business and not logged. */
export const createCallLog =
  ({ note }: Pick<CallRecorder, "note">): LogCall =>
  ({ actor, organizationId }, operation, request, response) => {
    const connection = connectionOf(actor);
    if (connection === null) return;
    response.once("close", () => {
      const { locals } = response as Response<unknown, CallLocals>;
      note({
        organizationId,
        connectionId: connection.connectionId,
        method: request.method,
        path: request.originalUrl
          .split("?", 1)[0]!
          .replaceAll(CREDENTIAL, "(hidden)")
          .slice(0, PATH_LENGTH_MAX),
        operation,
        status: response.headersSent ? response.statusCode : CLIENT_CLOSED_REQUEST,
        durationMs: performance.now() - locals.startedAt,
        requestId: locals.requestId,
        errorCode: locals.errorCode ?? null,
      });
    });
  };

/** What is known of a call beside what express knows. */
interface CallLocals extends Record<string, unknown> {
  requestId: string;
  /** `performance.now()` */
  startedAt: number;
  /** Where it was refused. */
  errorCode?: string;
}
