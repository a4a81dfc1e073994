import { useQuery, useQueryClient } from "@tanstack/react-query";
import { plainLine } from "@sayso/untrusted-text";
import { useState } from "react";
import { api, messageOf } from "../api.ts";
import { useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { CancelButton, Dialog, DialogActions } from "../ui/dialogs/dialog.tsx";
import { Field, NativeSelect } from "../ui/forms/field.tsx";
import { Loaded, Skeleton } from "../ui/states.tsx";
import { toast } from "../ui/toasts/toast.tsx";
import { approversQuery, useRereadRequest } from "./queries.ts";

interface DelegateDialogProps {
  requestId: string;
  isOpen: boolean;
  onClose: () => void;
}

/** Delegates the person's place among the approvers to somebody else. */
export function DelegateDialog({ requestId, isOpen, onClose }: DelegateDialogProps) {
  const { delegate } = strings.request;
  const query = useQuery({ ...approversQuery, enabled: isOpen });
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={delegate.title} lead={delegate.lead}>
      <Loaded query={query} skeleton={<Skeleton lines={1} height="2.75rem" />}>
        {(people) => <DelegateForm requestId={requestId} people={people} onClose={onClose} />}
      </Loaded>
    </Dialog>
  );
}

interface DelegateFormProps {
  requestId: string;
  people: readonly { id: string; name: string }[];
  onClose: () => void;
}

function DelegateForm({ requestId, people, onClose }: DelegateFormProps) {
  const { delegate } = strings.request;
  const me = useMe();
  const client = useQueryClient();
  const reread = useRereadRequest(requestId);
  const [to, setTo] = useState("");
  const [fault, setFault] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const others = people.filter(({ id }) => id !== me.id);
  const send = async () => {
    const person = others.find(({ id }) => id === to);
    if (!person) return setFault(delegate.fault);
    setBusy(true);
    try {
      await api.delegateVote({ id: requestId, to_user_id: person.id });
      void client.invalidateQueries({ queryKey: ["inbox"] });
      await reread();
      toast(delegate.done(plainLine(person.name)));
      onClose();
    } catch (error) {
      setFault(messageOf(error));
    } finally {
      setBusy(false);
    }
  };
  if (others.length === 0) return <p>{delegate.nobody}</p>;
  return (
    <>
      <Field label={delegate.to} fault={fault}>
        <NativeSelect value={to} onChange={(event) => setTo(event.target.value)}>
          <option value="">{delegate.choose}</option>
          {others.map(({ id, name }) => (
            <option key={id} value={id}>
              {plainLine(name)}
            </option>
          ))}
        </NativeSelect>
      </Field>
      <DialogActions>
        <CancelButton onClick={onClose} />
        <Button kind="primary" isBusy={isBusy} onClick={() => void send()}>
          {delegate.verb}
        </Button>
      </DialogActions>
    </>
  );
}
