import { connectionOf, type CallRecorder } from "@sayso/core";
import type { Request, Response } from "express";
import type { Credential } from "./authenticate.ts";

/** Notes a call in the request log of its connection, when the call has ended. */
export type LogCall = (
  credential: Credential,
  /** The operation's key; null: there is no operation at this address. */
  operation: string | null,
  request: Request,
  response: Response,
) => void;

const PATH_LENGTH_MAX = 300;
/** A secret that somebody put into an address by mistake. It is hidden, because admins read the log. */
const CREDENTIAL = /\b(?:gk|sp|sa|sr|sc|cs|okrt)_[0-9a-f]{64}/gi;
/** nginx's status for a caller that hung up before the answer began. */
const CLIENT_CLOSED_REQUEST = 499;

/** Logs the calls of connections. Calls of people in their own name are private and are not logged. */
export const createCallLog =
  ({ note }: Pick<CallRecorder, "note">): LogCall =>
  ({ actor, organizationId }, operation, request, response) => {
    const connection = connectionOf(actor);
    if (connection === null) return;
    response.once("close", () => {
      const locals = localsOf(response);
      note({
        organizationId,
        connectionId: connection.connectionId,
        method: request.method,
        path: request.originalUrl
          .replace(/\?.*$/s, "")
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

/** The values that Sayso stores with a response. */
interface CallLocals extends Record<string, unknown> {
  requestId: string;
  /** The start of the call, by `performance.now()`. */
  startedAt: number;
  /** The error code, if the call was refused. */
  errorCode?: string;
}

/** Returns what Sayso has stored with a response. Every call gets its `requestId` and `startedAt` before all else. */
const localsOf = (response: Response): CallLocals => response.locals as CallLocals;
