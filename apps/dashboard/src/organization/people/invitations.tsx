import type { Invitation, SentInvitation } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmButton } from "../../ui/dialogs/confirm-button.tsx";
import { FormFault } from "../../ui/forms/field.tsx";
import { Mark } from "../../ui/mark.tsx";
import { Rows } from "../../ui/table.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { EmailAddress, UntrustedText } from "../../ui/untrusted-text.tsx";
import { faultOf } from "../fault-of.ts";
import { invitationsQuery, refreshPeople } from "../queries.ts";
import { SignInLink } from "./sign-in-link.tsx";
import styles from "./people.module.css";

const words = strings.organization.people;

/** Lists the people who were invited and have not accepted yet. Shows nothing if there are none. */
export function Invitations() {
  const { data } = useQuery(invitationsQuery);
  const invitations = data?.data ?? [];
  if (invitations.length === 0) return null;
  return (
    <Card title={words.invitations(invitations.length)}>
      <Rows>
        {invitations.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} />
        ))}
      </Rows>
    </Card>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const { id, name, email, role, status, invited_by_name: by } = invitation;
  const client = useQueryClient();
  const again = useMutation({
    mutationFn: (): Promise<SentInvitation> => api.sendInvitationAgain({ id }),
    onSuccess: ({ link }) => {
      if (!link) toast(words.mailedText);
      return refreshPeople(client);
    },
  });
  const withdraw = async () => {
    await api.withdrawInvitation({ id });
    toast(words.withdrawn);
    await refreshPeople(client);
  };
  const fault = faultOf(again.error);
  const facts = [
    by === null ? null : words.invitedBy(by),
    status === "lapsed" ? words.lapsedText : null,
  ];
  return (
    <li className={styles.row}>
      <div className={styles.who}>
        <strong>
          <UntrustedText text={name} />
        </strong>
        <Mark tone="warn">{words[status]}</Mark>
        <ul className={styles.facts}>
          <li>
            <EmailAddress address={email} />
          </li>
          {facts.map(
            (fact) =>
              fact !== null && (
                <li key={fact}>
                  <UntrustedText text={fact} />
                </li>
              ),
          )}
        </ul>
        {again.data?.link && <SignInLink link={again.data.link} text={words.invitationText} />}
        {fault !== undefined && <FormFault>{fault}</FormFault>}
        <div className={styles.buttons}>
          <Button isBusy={again.isPending} onClick={() => again.mutate()}>
            {words.sendAgain}
          </Button>
          <ConfirmButton
            kind="danger"
            title={words.withdrawTitle(plainLine(name))}
            verb={words.withdraw}
            onConfirm={withdraw}
          >
            <p>{words.withdrawText}</p>
          </ConfirmButton>
        </div>
      </div>
      <span className={styles.role}>{strings.common.role[role]}</span>
    </li>
  );
}
