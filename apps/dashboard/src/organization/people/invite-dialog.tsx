import type { InvitePersonResult, Role } from "@sayso/client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { plainLine } from "@sayso/untrusted-text";
import { api, faultsOf } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActions } from "../../ui/dialog.tsx";
import { Field, FormFault, Input, Tick } from "../../ui/field.tsx";
import { faultOf } from "../fault-of.ts";
import { refreshPeople } from "../queries.ts";
import { RoleChoice } from "./role-choice.tsx";
import { SignInLink } from "./sign-in-link.tsx";
import styles from "./people.module.css";

const words = strings.organization.people;

/** Asks who is to come; then shows their link, if they need one. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [invited, setInvited] = useState<InvitePersonResult>();
  if (invited) return <Invited {...invited} onClose={onClose} />;
  return <InviteForm onClose={onClose} onInvited={setInvited} />;
}

function InviteForm(props: {
  onClose: () => void;
  onInvited: (invited: InvitePersonResult) => void;
}) {
  const { onClose, onInvited } = props;
  const client = useQueryClient();
  const firstField = useRef<HTMLInputElement>(null);
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("member");
  const [canApprove, setCanApprove] = useState(true);
  const invite = useMutation({
    mutationFn: () => api.invitePerson({ name, email, role, can_approve: canApprove }),
    onSuccess: (invited) => {
      void refreshPeople(client);
      onInvited(invited);
    },
  });
  const faults = faultsOf(invite.error);
  const fault = faultOf(invite.error, ["name", "email"]);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={words.inviteTitle}
      lead={words.inviteLead}
      initialFocus={firstField}
    >
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!invite.isPending) invite.mutate();
        }}
      >
        <Field label={words.name} fault={faults.name}>
          <Input
            ref={firstField}
            value={name}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <Field label={words.email} hint={words.emailHint} fault={faults.email}>
          <Input
            type="email"
            value={email}
            maxLength={254}
            autoComplete="off"
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        </Field>
        <RoleChoice value={role} onChange={setRole} />
        <Tick
          label={words.mayApprove}
          hint={words.mayApproveHint}
          checked={canApprove}
          onChange={(event) => setCanApprove(event.currentTarget.checked)}
        />
        {fault !== undefined && <FormFault>{fault}</FormFault>}
        <DialogActions>
          <Button onClick={onClose}>{strings.common.cancel}</Button>
          <Button type="submit" kind="primary" isBusy={invite.isPending}>
            {words.inviteSubmit}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function Invited({ person, invitation, onClose }: InvitePersonResult & { onClose: () => void }) {
  const name = plainLine(person.name);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={invitation ? words.linkTitle(name) : words.joinedTitle(name)}
    >
      {invitation ? <SignInLink link={invitation} /> : <p>{words.joinedText}</p>}
      <DialogActions>
        <Button kind="primary" onClick={onClose}>
          {words.done}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
