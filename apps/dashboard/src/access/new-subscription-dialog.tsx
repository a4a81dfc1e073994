import type { CreateSubscriptionInput, NewSubscription } from "@sayso/client";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { api, faultsOf, messageOf, queryClient } from "../api.ts";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { FormFault, Tick } from "../ui/field.tsx";
import styles from "./access.module.css";
import { TextField } from "./pieces.tsx";

const text = strings.access.subscriptions;
type EventType = CreateSubscriptionInput["event_types"][number] & keyof typeof text.families;
type Priority = NonNullable<NonNullable<CreateSubscriptionInput["filter"]>["priority"]>[number];

const eventTypes = Object.keys(text.families) as EventType[];
const priorities: readonly Priority[] = ["low", "medium", "high", "critical"];

interface NewSubscriptionProps {
  onMade: (subscription: NewSubscription) => void;
  onClose: () => void;
}

/** Has events sent to an address. */
export function NewSubscriptionDialog(props: NewSubscriptionProps & { isOpen: boolean }) {
  return (
    <Dialog isOpen={props.isOpen} onClose={props.onClose} title={text.create} shape="wide">
      <NewSubscriptionForm {...props} />
    </Dialog>
  );
}

function NewSubscriptionForm({ onMade, onClose }: NewSubscriptionProps) {
  const [target, setTarget] = useState("");
  const [description, setDescription] = useState("");
  const [events, setEvents] = useState<readonly EventType[]>(["approval.*"]);
  const [of, setOf] = useState<readonly Priority[]>([]);
  const [isUnchosen, setUnchosen] = useState(false);
  const create = useMutation({
    mutationFn: () =>
      api.createSubscription({
        target_url: target.trim(),
        event_types: [...events],
        ...(of.length > 0 && { filter: { priority: [...of] } }),
        ...(description.trim() !== "" && { description: description.trim() }),
      }),
    onSuccess: (subscription) => {
      void queryClient.invalidateQueries({ queryKey: ["subscriptions"] });
      onMade(subscription);
      onClose();
    },
  });
  const faults = faultsOf(create.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setUnchosen(events.length === 0);
    if (events.length > 0) create.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <TextField
        label={text.target}
        hint={text.targetHint}
        type="url"
        placeholder="https://example.com/sayso"
        fault={faults.target_url}
        value={target}
        onChange={setTarget}
      />
      <TickList
        legend={text.events}
        options={eventTypes.map((type) => [type, text.families[type]] as const)}
        chosen={events}
        onChange={setEvents}
      />
      {isUnchosen && events.length === 0 && <FormFault>{text.eventsFault}</FormFault>}
      <TickList
        legend={`${text.priorities} ${text.prioritiesHint}`}
        options={priorities.map((one) => [one, strings.common.priority[one]] as const)}
        chosen={of}
        onChange={setOf}
      />
      <TextField
        label={text.description}
        isOptional
        fault={faults.description}
        value={description}
        onChange={setDescription}
      />
      {create.isError && Object.keys(faults).length === 0 && (
        <FormFault>{messageOf(create.error)}</FormFault>
      )}
      <DialogActions>
        <Button onClick={onClose}>{strings.common.cancel}</Button>
        <Button type="submit" kind="primary" isBusy={create.isPending}>
          {text.create}
        </Button>
      </DialogActions>
    </form>
  );
}

function TickList<Value extends string>(props: {
  legend: string;
  options: readonly (readonly [Value, string])[];
  chosen: readonly Value[];
  onChange: (chosen: readonly Value[]) => void;
}) {
  const { legend, options, chosen, onChange } = props;
  return (
    <fieldset>
      <legend className={styles.legend}>{legend}</legend>
      <div className={styles.choices}>
        {options.map(([value, words]) => (
          <Tick
            key={value}
            label={words}
            checked={chosen.includes(value)}
            onChange={({ currentTarget }) =>
              onChange(
                currentTarget.checked
                  ? [...chosen, value]
                  : chosen.filter((other) => other !== value),
              )
            }
          />
        ))}
      </div>
    </fieldset>
  );
}
