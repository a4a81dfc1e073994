import { createRequire } from "node:module";
import { pino, type Logger, type LoggerOptions } from "pino";
import type createPretty from "pino-pretty";
import type { Config } from "./config.ts";

/** The fields whose values are never written, at any depth of a log line. */
const secretNames = [
  "authorization",
  "cookie",
  '["set-cookie"]',
  "callback_headers",
  "callbackHeaders",
  "key",
  "api_key",
  "apiKey",
  "token",
  "access_token",
  "refresh_token",
  "password",
  "secret",
  "client_secret",
  "clientSecret",
  "webhook_secret",
  "webhookSecret",
];

const anywhere = (name: string): string[] =>
  ["", "*", "*.*", "*.*.*"].map(
    (parents) =>
      (name.startsWith("[") ? `${parents}${name}` : parents && `${parents}.${name}`) || name,
  );

const CREDENTIAL = /\b((?:gk|okrt|sp|sa|sr|sc|cs)_[0-9a-f]{4})[0-9a-f]{8,}|\bwhsec_[\w+/=-]+/gi;
const QUERY_VALUE =
  /([?&](?:[\w-]*[-_]|api|access)?(?:key|token|secret|password|code|code_verifier|state)=)[^&\s"']+/gi;
const URL_PASSWORD = /(\/\/[^\s:/@]+:)[^\s@/]+@/g;

/**
 * Returns a text without its secrets: Sayso's keys, tokens, codes and webhook secrets, values of `key=`, `token=`,
 * `code=` and the like in an address, and the password in an address.
 */
export function redactText(text: string): string {
  return text
    .replaceAll(CREDENTIAL, (whole: string, start?: string) =>
      start ? `${start}…` : `${whole.slice(0, 6)}…`,
    )
    .replaceAll(QUERY_VALUE, "$1…")
    .replaceAll(URL_PASSWORD, "$1…@");
}

function redactValue(value: unknown): unknown {
  return typeof value === "string" ? redactText(value) : value;
}

/**
 * Creates the server's log: one JSON object a line on stdout, or readable lines on a terminal. Fields named like
 * secrets, and texts that look like them, are redacted. Every line about a request carries its `requestId`.
 *
 * @param destination default stdout
 */
export function createLog(
  { logLevel }: Pick<Config, "logLevel">,
  destination: { isTerminal: boolean; stream?: pino.DestinationStream } = {
    isTerminal: process.stdout.isTTY,
  },
): Logger {
  const options: LoggerOptions = {
    level: logLevel,
    redact: { paths: secretNames.flatMap(anywhere), censor: "…" },
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: Error) => redactError(pino.stdSerializers.err(error)) },
    formatters: { ...formatters, level: (level) => ({ level }) },
    hooks: {
      logMethod(args, method) {
        method.apply(this, redactEach(args));
      },
    },
  };
  if (destination.stream) return pino(options, destination.stream);
  if (!destination.isTerminal) return pino(options);
  // Loaded only here, because every start and every command would be slower for it.
  const pretty = loadPretty();
  // Written in this process and synchronously, so that the last lines before an exit appear.
  return pino(
    { ...options, formatters },
    pretty({ sync: true, translateTime: "SYS:HH:MM:ss", ignore: "pid,hostname" }),
  );
}

/** A text can hold a secret under any name: somebody's key as a request id, for instance. */
const formatters = {
  log: (fields: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redactValue(value)])),
};

const redactError = (error: object): object =>
  Object.fromEntries(Object.entries(error).map(([name, value]) => [name, redactValue(value)]));

/** Redacts the arguments of a call of the log. A text stays a text, and everything else stays as it is. */
const redactEach = <Arguments extends unknown[]>(args: Arguments): Arguments =>
  args.map(redactValue) as Arguments;

/** Loads pino-pretty at once, as `import` can't. What it exports is its default, which the types declare. */
const loadPretty = (): typeof createPretty =>
  createRequire(import.meta.url)("pino-pretty") as typeof createPretty;
