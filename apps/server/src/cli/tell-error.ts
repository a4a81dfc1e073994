import { DomainError } from "@sayso/core";
import { ConfigError } from "../config.ts";
import { redactText } from "../log.ts";
import { ApiError, tellTrouble } from "./api.ts";

/** Writes to stderr why a verb failed: one line for people, or `{error: {code, message}}`. */
export function tellError(error: unknown, asJson: boolean): void {
  const message = redactText(tellCause(error));
  const code =
    error instanceof DomainError || error instanceof ApiError
      ? error.code
      : ((error as { code?: unknown } | null)?.code ?? "error");
  process.stderr.write(
    asJson ? `${JSON.stringify({ error: { code, message } })}\n` : `sayso: ${message}\n`,
  );
}

function tellCause(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const { code } = (error ?? {}) as { code?: unknown };
  if (code === "EADDRINUSE")
    return `${(error as Error).message}. Stop what listens there, or set PORT to another.`;
  const text = tellTrouble(error);
  return text === "" ? String(code) : text;
}
