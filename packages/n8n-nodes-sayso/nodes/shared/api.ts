import {
  NodeApiError,
  NodeOperationError,
  type IDataObject,
  type IExecuteFunctions,
  type IHookFunctions,
  type IHttpRequestMethods,
  type IHttpRequestOptions,
  type ILoadOptionsFunctions,
  type IPollFunctions,
  type IWebhookFunctions,
  type JsonObject,
} from "n8n-workflow";
import { isObject, objectOf, textOf } from "./given.ts";

/** Every context in which n8n runs our code. */
export type Caller =
  IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions | IPollFunctions | IWebhookFunctions;

export interface Call {
  method: IHttpRequestMethods;
  /** The path, which begins with `/api/`. */
  path: string;
  query?: IDataObject;
  body?: IDataObject;
  itemIndex?: number;
}

/** A refusal in the API's words, on the error that n8n shows. */
export interface Refusal {
  /** The API's code, such as `NOT_FOUND`. Missing where the server could not be asked. */
  code?: string;
  details?: unknown;
}

/** Returns the kind of credential that the node is set to use. */
export const credentialOf = (caller: Caller): "saysoApi" | "saysoOAuth2Api" =>
  caller.getNode().parameters.authentication === "oAuth2" ? "saysoOAuth2Api" : "saysoApi";

/**
 * Calls Sayso with the node's credential and returns the parsed answer.
 *
 * @template Answer the answer that the catalogue declares for the operation. It is only checked to be an object or a
 * list; a caller that acts on a field checks the field
 * @throws NodeApiError with the server's own words, as a {@link Refusal} where the API refused; NodeOperationError
 * where the answer isn't the API's (a sign-in page, or a redirect, which would change the call). Such an answer
 * confirms nothing
 */
export async function callSayso<Answer>(
  caller: Caller,
  { method, path, query, body, itemIndex }: Call,
): Promise<Answer> {
  const credential = credentialOf(caller);
  const { url } = await caller.getCredentials<{ url: string }>(credential, itemIndex);
  const request: IHttpRequestOptions = {
    method,
    url: `${url.trim().replace(/\/+$/, "")}${path}`,
    qs: query,
    body,
    json: true,
    headers: { accept: "application/json" },
    disableFollowRedirect: true,
  };
  let answer: unknown;
  try {
    answer = await caller.helpers.httpRequestWithAuthentication.call(caller, credential, request);
  } catch (error) {
    const { status, code, message, details } = readRefusal(error);
    const wrapped = new NodeApiError(caller.getNode(), responseOf(error), {
      ...(status !== undefined && { httpCode: String(status) }),
      ...(itemIndex !== undefined && { itemIndex }),
    });
    // Replaces n8n's own words for the status, because the server's name the field and the fix.
    wrapped.message =
      message ??
      (isRedirect(status)
        ? `${url} redirects to another URL: enter the final URL in the credential`
        : `The call to Sayso at ${url} failed: ${wrapped.message}`);
    wrapped.description = null;
    throw Object.assign(wrapped, { code, details } satisfies Refusal);
  }
  const isEmpty = answer === undefined || answer === null || answer === "";
  const isApi = isEmpty ? method === "DELETE" : typeof answer === "object";
  if (!isApi)
    throw new NodeOperationError(
      caller.getNode(),
      `${url} is not the API of a Sayso server: check the URL in the credential`,
      itemIndex === undefined ? {} : { itemIndex },
    );
  return answer as Answer;
}

const isRedirect = (status = 0): boolean => status >= 300 && status < 400;

interface ApiError {
  status?: number;
  code?: string;
  message?: string;
  details?: unknown;
}

/** Reads the API's error envelope out of the error that n8n's helper threw. */
function readRefusal(error: unknown): ApiError {
  const thrown = objectOf(error);
  const response = objectOf(thrown.response ?? objectOf(thrown.cause).response);
  const status = Number(response.status ?? thrown.httpCode) || undefined;
  const body = objectOf(response.data ?? objectOf(thrown.context).data);
  // The surfaces of the API write their refusals in one of two forms.
  if (typeof body.error === "string")
    return { code: body.error, message: textOf(body.message), status };
  const { code, message, details } = objectOf(body.error);
  return { code: textOf(code), message: textOf(message), details, status };
}

/** Gives n8n's error what n8n's helper threw, for which its declared type is too narrow. */
const responseOf = (thrown: unknown): JsonObject =>
  isResponse(thrown) ? thrown : { message: String(thrown) };

const isResponse = (thrown: unknown): thrown is JsonObject => isObject(thrown);
