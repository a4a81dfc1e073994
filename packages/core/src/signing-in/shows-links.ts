import type { Context } from "../context.ts";
import type { MailSwitch } from "../capabilities.ts";

/**
 * Whether a link that lets a person in is shown to the actor who made it. Where mail delivers the link, nobody but its
 * reader sees it, because others could come in as that person. Without mail, somebody has to pass it on. The server's
 * command line always shows it, because an operator has access to everything anyway.
 */
export const showsLinks = ({ services, actor }: Context<MailSwitch>): boolean =>
  !services.mail.isEnabled || (actor.kind === "person" && actor.via === "command_line");
