import type { PersonWithConnections, SentLink } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api.ts";
import { useMe } from "../../me.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmButton } from "../../ui/dialogs/confirm-button.tsx";
import { FormFault } from "../../ui/forms/field.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { faultOf } from "../fault-of.ts";
import { refreshPeople } from "../queries.ts";
import { SignInLink } from "./sign-in-link.tsx";
import styles from "./people.module.css";

const words = strings.organization.people;

interface PersonAccessProps {
  person: PersonWithConnections;
  /** Called when the person is no longer in the organization. */
  onGone: () => void;
}

/** The actions that let a person in or keep them out. Each shows its consequences first. */
export function PersonAccess({ person, onGone }: PersonAccessProps) {
  const isSelf = person.id === useMe().id;
  return (
    <section className={styles.part}>
      <h3>{words.access}</h3>
      {person.status === "disabled" ? <LetIn person={person} /> : <NewLinkFor person={person} />}
      {isSelf ? (
        <p className="hint">{words.thisIsYou}</p>
      ) : (
        <KeepOut person={person} onGone={onGone} />
      )}
    </section>
  );
}

function LetIn({ person: { id } }: { person: PersonWithConnections }) {
  const client = useQueryClient();
  const enable = useMutation({
    mutationFn: () => api.enablePerson({ id }),
    onSuccess: () => {
      toast(words.enabled);
      return refreshPeople(client);
    },
  });
  const fault = faultOf(enable.error);
  return (
    <>
      <p>{words.isDisabled}</p>
      <div className={styles.buttons}>
        <Button isBusy={enable.isPending} onClick={() => enable.mutate()}>
          {words.enable}
        </Button>
      </div>
      {fault !== undefined && <FormFault>{fault}</FormFault>}
    </>
  );
}

function NewLinkFor({ person: { id, status } }: { person: PersonWithConnections }) {
  const isInvited = status === "invited";
  const makeLink = useMutation({
    mutationFn: () => (isInvited ? api.invitePersonAgain({ id }) : api.resetPersonPassword({ id })),
  });
  const fault = faultOf(makeLink.error);
  return (
    <>
      <p>{isInvited ? words.notYet : words.canSignIn}</p>
      {makeLink.data ? (
        <MadeLink {...makeLink.data} />
      ) : (
        <div className={styles.buttons}>
          <Button isBusy={makeLink.isPending} onClick={() => makeLink.mutate()}>
            {isInvited ? words.newInvitation : words.newPassword}
          </Button>
        </div>
      )}
      {fault !== undefined && <FormFault>{fault}</FormFault>}
    </>
  );
}

/** If a mail carries the link, only a note about that is shown. */
const MadeLink = ({ url, expires_at }: SentLink) =>
  url === null ? (
    <p role="status">{words.linkMailed}</p>
  ) : (
    <SignInLink link={{ url, expires_at }} />
  );

function KeepOut({ person, onGone }: PersonAccessProps) {
  const client = useQueryClient();
  const { id, connections } = person;
  const name = plainLine(person.name);
  const disable = async () => {
    await api.disablePerson({ id });
    await refreshPeople(client);
  };
  const remove = async () => {
    await api.removePerson({ id });
    toast(words.removed(name));
    onGone();
    await refreshPeople(client);
  };
  return (
    <div className={styles.buttons}>
      <ConfirmButton
        kind="danger"
        title={words.disableTitle(name)}
        verb={words.disable}
        onConfirm={disable}
        isHidden={person.status === "disabled"}
      >
        <p>{words.disableText}</p>
      </ConfirmButton>
      <ConfirmButton
        kind="danger"
        title={words.removeTitle(name)}
        verb={words.remove}
        onConfirm={remove}
      >
        <p>{words.removeText}</p>
        {connections.length > 0 && (
          <p>
            <strong>{words.removeConnections(connections.length)}</strong>
          </p>
        )}
      </ConfirmButton>
    </div>
  );
}
