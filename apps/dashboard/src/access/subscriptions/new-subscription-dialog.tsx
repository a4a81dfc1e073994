import type { CreateSubscriptionInput, NewSubscription, Priority } from "@sayso/client";
import { useState } from "react";
import { api, queryClient } from "../../api.ts";
import { keysOf } from "../../objects.ts";
import { access } from "../../strings/access.ts";
import { strings } from "../../strings/index.ts";
import { CancelButton, Dialog, DialogActions } from "../../ui/dialogs/dialog.tsx";
import { FormFault, Tick } from "../../ui/forms/field.tsx";
import { Form, SubmitButton } from "../../ui/forms/form.tsx";
import { priorities } from "../../ui/forms/priority-field.tsx";
import styles from "../access.module.css";
import { TextField } from "../choice-fields.tsx";

const text = access.subscriptions;
type EventType = CreateSubscriptionInput["event_types"][number] & keyof typeof text.families;

const eventTypes: readonly EventType[] = keysOf(text.families);

interface NewSubscriptionProps {
  onMade: (subscription: NewSubscription) => void;
  onClose: () => void;
}

/** Makes a subscription to events. */
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
  const create = async () => {
    setUnchosen(events.length === 0);
    if (events.length === 0) return;
    const subscription = await api.createSubscription({
      target_url: target.trim(),
      event_types: [...events],
      ...(of.length > 0 && { filter: { priority: [...of] } }),
      ...(description.trim() !== "" && { description: description.trim() }),
    });
    void queryClient.invalidateQueries({ queryKey: ["subscriptions"] });
    onMade(subscription);
    onClose();
  };
  return (
    <Form
      onSubmit={create}
      actions={
        <DialogActions>
          <CancelButton onClick={onClose} />
          <SubmitButton>{text.create}</SubmitButton>
        </DialogActions>
      }
    >
      <TextField
        label={text.target}
        hint={text.targetHint}
        type="url"
        placeholder="https://example.com/sayso"
        name="target_url"
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
        name="description"
        value={description}
        onChange={setDescription}
      />
    </Form>
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
