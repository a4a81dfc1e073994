import type { InvitationLink as Link } from "@sayso/client";
import { strings } from "../../strings/index.ts";
import { CopyLine } from "../../ui/copy-button.tsx";
import { Time } from "../../ui/time.tsx";
import styles from "./people.module.css";

/** A link that signs a person in, shown this once. */
export function SignInLink({ link, text }: { link: Link; text?: string }) {
  const words = strings.organization.people;
  return (
    <div className={styles.link} role="status">
      <p>{text ?? words.linkText}</p>
      <CopyLine text={link.url} label={words.linkLabel} />
      <p className="hint">
        {words.linkUntil} <Time at={link.expires_at} as="exact" />.
      </p>
    </div>
  );
}
