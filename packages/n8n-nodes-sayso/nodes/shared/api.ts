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

/** Every context in which n8n runs our code. */
export type Caller =
  IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions | IPollFunctions | IWebhookFunctions;

export interface Call {
  method: IHttpRequestMethods;
  /** The path, which begins with `/api/`. */
  path: string;
  query?: IDataObject;
  body?: unknown;
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
 * @throws NodeApiError with the server's own words, as a {@link Refusal} where the API refused; NodeOperationError
 * where the answer isn't the API's (a sign-in page, or a redirect, which would change the call). Such an answer
 * confirms nothing
 */
export async function callSayso(
  caller: Caller,
  { method, path, query, body, itemIndex }: Call,
): Promise<unknown> {
  const credential = credentialOf(caller);
  const { url } = await caller.getCredentials<{ url: string }>(credential, itemIndex);
  const request: IHttpRequestOptions = {
    method,
    url: `${url.trim().replace(/\/+$/, "")}${path}`,
    qs: query,
    body: body as IDataObject | undefined,
    json: true,
    headers: { accept: "application/json" },
    disableFollowRedirect: true,
  };
  let answer: unknown;
  try {
    answer = await caller.helpers.httpRequestWithAuthentication.call(caller, credential, request);
  } catch (error) {
    const { status, code, message, details } = readRefusal(error);
    const wrapped = new NodeApiError(caller.getNode(), error as JsonObject, {
      ...(status !== undefined && { httpCode: String(status) }),
      ...(itemIndex !== undefined && { itemIndex }),
    });
    // Replaces n8n's own words for the status, because the server's name the field and the fix.
    wrapped.message =
      message ??
      (isRedirect(status)
        ? `The server at ${url} answers with a redirect: give the credential the address that it leads to`
        : `Sayso at ${url} could not be asked: ${wrapped.message}`);
    wrapped.description = null;
    throw Object.assign(wrapped, { code, details } satisfies Refusal);
  }
  const isEmpty = answer === undefined || answer === null || answer === "";
  const isApi = isEmpty ? method === "DELETE" : typeof answer === "object";
  if (!isApi)
    throw new NodeOperationError(
      caller.getNode(),
      `The server at ${url} doesn't answer as Sayso's API does: check the credential's address`,
      itemIndex === undefined ? {} : { itemIndex },
    );
  return answer;
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
  const thrown = error as {
    httpCode?: string | null;
    context?: { data?: unknown };
    response?: { status?: number; data?: unknown };
    cause?: { response?: { status?: number; data?: unknown } };
  };
  const response = thrown.response ?? thrown.cause?.response;
  const status = response?.status ?? (Number(thrown.httpCode) || undefined);
  const { error: refusal, message } = (response?.data ?? thrown.context?.data ?? {}) as {
    error?: ApiError | string;
    message?: string;
  };
  // The surfaces of the API write their refusals in one of two forms.
  return typeof refusal === "string" ? { code: refusal, message, status } : { ...refusal, status };
}
