import type { Routes } from "../../site/routes.ts";
import { showOwnApps, submitOwnRevocation } from "./apps.ts";
import { giveConfirmOptions, showConfirm, submitConfirm, submitConfirmPasskey } from "./confirm.ts";
import {
  givePasskeyOptions,
  showPasskeys,
  submitPasskey,
  submitPasskeyName,
  submitPasskeyRemoval,
} from "./passkeys.ts";
import {
  showProfile,
  submitName,
  submitOrganization,
  submitOthersEnd,
  submitPassword,
  submitSessionEnd,
} from "./profile.ts";
import { showTokens, submitToken, submitTokenRevocation } from "./tokens.ts";

/** The pages on which people manage their own account. */
export const accountRoutes: Routes = {
  pages: [
    ["/account", showProfile],
    ["/account/passkeys", showPasskeys],
    ["/account/tokens", showTokens],
    ["/account/apps", showOwnApps],
    ["/account/confirm", showConfirm],
  ],
  forms: [
    ["/account/name", "/account", submitName],
    ["/account/password", "/account", submitPassword],
    ["/account/organization", "/account", submitOrganization],
    ["/account/sessions/end-others", "/account", submitOthersEnd],
    ["/account/sessions/:id/end", "/account", submitSessionEnd],
    ["/account/passkeys", "/account/passkeys", submitPasskey],
    ["/account/passkeys/options", "/account/passkeys", givePasskeyOptions],
    ["/account/passkeys/:id/name", "/account/passkeys", submitPasskeyName],
    ["/account/passkeys/:id/remove", "/account/passkeys", submitPasskeyRemoval],
    ["/account/tokens", "/account/tokens", submitToken],
    ["/account/tokens/:id/revoke", "/account/tokens", submitTokenRevocation],
    ["/account/confirm", "/account/confirm", submitConfirm],
    ["/account/confirm/passkey", "/account/confirm", submitConfirmPasskey],
    ["/account/confirm/passkey/options", "/account/confirm", giveConfirmOptions],
    ["/account/apps/:id/revoke", "/account/apps", submitOwnRevocation],
  ],
};
