import type { Role, SentInvitation } from "@sayso/client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { plainLine } from "@sayso/untrusted-text";
import { api } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { CancelButton, Dialog, DialogActions } from "../../ui/dialogs/dialog.tsx";
import { Field, Input, Tick } from "../../ui/forms/field.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import { refreshPeople } from "../queries.ts";
import { RoleChoice } from "./role-choice.tsx";
import { SignInLink } from "./sign-in-link.tsx";

const words = strings.organization.people;

interface InvitedPerson {
  name: string;
  sent: SentInvitation;
}

/** Invites a person. Then it shows the person's link if no mail carries it. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [invited, setInvited] = useState<InvitedPerson>();
  if (invited) return <Invited {...invited} onClose={onClose} />;
  return <InviteForm onClose={onClose} onInvited={setInvited} />;
}

function InviteForm(props: { onClose: () => void; onInvited: (invited: InvitedPerson) => void }) {
  const { onClose, onInvited } = props;
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("member");
  const [canApprove, setCanApprove] = useState(true);
  const invite = async () => {
    const sent = await api.invitePerson({ name, email, role, can_approve: canApprove });
    void refreshPeople(client);
    onInvited({ name, sent });
  };
  return (
    <Dialog isOpen onClose={onClose} title={words.inviteTitle} lead={words.inviteLead}>
      <Form
        onSubmit={invite}
        actions={
          <DialogActions>
            <CancelButton onClick={onClose} />
            <SubmitButton>{words.inviteSubmit}</SubmitButton>
          </DialogActions>
        }
      >
        <Field label={words.name} name="name">
          <Input
            value={name}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <Field label={words.email} hint={words.emailHint} name="email">
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
      </Form>
    </Dialog>
  );
}

function Invited(props: { name: string; sent: SentInvitation; onClose: () => void }) {
  const { name, sent, onClose } = props;
  const shown = plainLine(name);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={sent.link ? words.linkTitle(shown) : words.mailedTitle(shown)}
    >
      {sent.link ? (
        <SignInLink link={sent.link} text={words.invitationText} />
      ) : (
        <p>{words.mailedText}</p>
      )}
      <DialogActions>
        <Button kind="primary" onClick={onClose}>
          {words.done}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
