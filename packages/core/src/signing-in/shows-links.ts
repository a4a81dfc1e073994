import type { Context } from "../context.ts";
import type { MailSwitch } from "../capabilities.ts";

/**
 * Whether whoever makes a link by which somebody else comes in is shown it. Where mail brings it to its reader nobody else
 * is: they could come in as that person. Without mail somebody has to pass it on; and whoever runs the server sees
 * everything there.
 */
export const showsLinks = ({ services, actor }: Context<MailSwitch>): boolean =>
  !services.mail.isEnabled || (actor.kind === "person" && actor.via === "command_line");
