import { isObject } from "@sayso/exact-json";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import { invalidInput, type DomainError } from "../errors.ts";

/**
 * Loads the library that makes and checks the ceremonies' messages. That takes 50 ms, so only its users wait for it.
 */
export const loadWebAuthn = () => import("@simplewebauthn/server");

/** COSE algorithms, best first: Ed25519, ECDSA with P-256, RSA (Web Authentication Level 3 §5.4, `pubKeyCredParams`). */
export const ALGORITHMS = [-8, -7, -257];

/** The ways in which a browser reaches an authenticator (`AuthenticatorTransport`). */
const transports = ["ble", "hybrid", "internal", "nfc", "smart-card", "usb"];

/**
 * Returns the browser's data for a new passkey (`RegistrationResponseJSON`) if it has the right shape. The library
 * checks whether it is true.
 *
 * @throws DomainError `validation_failed`
 */
export function readRegistration(value: unknown): RegistrationResponseJSON {
  const { id, response } = readCredential(value);
  const given: unknown[] = Array.isArray(response.transports) ? response.transports : [];
  return {
    id,
    rawId: id,
    type: "public-key",
    clientExtensionResults: {},
    response: {
      clientDataJSON: readBytes(response.clientDataJSON),
      attestationObject: readBytes(response.attestationObject),
      transports: transports.filter((transport) => given.includes(transport)),
    },
  };
}

/** Like {@link readRegistration}, for a sign-in (`AuthenticationResponseJSON`), which must say whose the passkey is. */
export function readAuthentication(
  value: unknown,
): AuthenticationResponseJSON & { response: { userHandle: string } } {
  const { id, response } = readCredential(value);
  return {
    id,
    rawId: id,
    type: "public-key",
    clientExtensionResults: {},
    response: {
      clientDataJSON: readBytes(response.clientDataJSON),
      authenticatorData: readBytes(response.authenticatorData),
      signature: readBytes(response.signature),
      userHandle: readBytes(response.userHandle),
    },
  };
}

function readCredential(value: unknown): { id: string; response: Record<string, unknown> } {
  const { id, response } = asRecord(value);
  return { id: readBytes(id), response: asRecord(response) };
}

function asRecord(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw unreadable();
  return value;
}

/** Checks bytes as the browser writes them: base64url without padding. */
function readBytes(value: unknown): string {
  if (typeof value !== "string" || !/^[\w-]{1,40000}$/.test(value)) throw unreadable();
  return value;
}

const unreadable = (): DomainError =>
  invalidInput({
    field: "credential",
    message: "The browser sent no passkey; reload the page and try again",
  });
