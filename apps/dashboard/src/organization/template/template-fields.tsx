import { isKeyOf } from "@sayso/exact-json";
import { plainLine } from "@sayso/untrusted-text";
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { strings } from "../../strings/index.ts";
import { Field, Input, NativeSelect, Textarea, Tick } from "../../ui/forms/field.tsx";
import { PriorityField } from "../../ui/forms/priority-field.tsx";
import { PeoplePicker } from "../people-picker.tsx";
import { membersQuery, teamsQuery } from "../queries.ts";
import type { TemplateDraft, TypedDuration, Unit } from "./template-draft.ts";
import formStyles from "../form.module.css";
import styles from "./template.module.css";

const words = strings.organization.templates;
const units: readonly Unit[] = ["minutes", "hours", "days"];
const APPROVERS_MAX = 10;

/** A form that is being filled in. */
interface Edit {
  draft: TemplateDraft;
  change: (changes: Partial<TemplateDraft>) => void;
}

/** All fields of a template. */
export const TemplateFields = (edit: Edit) => (
  <div className={formStyles.form}>
    <AboutFields {...edit} />
    <AskFields {...edit} />
    <WhoFields {...edit} />
    <DeadlineFields {...edit} />
  </div>
);

const AboutFields = ({ draft, change }: Edit) => (
  <>
    <Field label={words.name} hint={words.nameHint} name="name">
      <Input
        value={draft.name}
        maxLength={200}
        autoComplete="off"
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
    </Field>
    <Field label={words.description} name="description" isOptional>
      <Input
        value={draft.description}
        maxLength={1000}
        autoComplete="off"
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
    </Field>
    <Field label={words.targetApp} hint={words.targetAppHint} name="target_app" isOptional>
      <Input
        value={draft.targetApp}
        maxLength={100}
        autoComplete="off"
        onChange={(event) => change({ targetApp: event.currentTarget.value })}
      />
    </Field>
  </>
);

const AskFields = ({ draft, change }: Edit) => (
  <section className={formStyles.group}>
    <div>
      <h3>{words.asks}</h3>
      <p className="hint">{words.asksHint}</p>
    </div>
    <Field label={words.requestTitle} name="defaults.title" isOptional>
      <Input
        value={draft.title}
        maxLength={500}
        autoComplete="off"
        onChange={(event) => change({ title: event.currentTarget.value })}
      />
    </Field>
    <Field label={words.requestDescription} name="defaults.description" isOptional>
      <Textarea
        value={draft.requestDescription}
        maxLength={5000}
        onChange={(event) => change({ requestDescription: event.currentTarget.value })}
      />
    </Field>
    <div className={formStyles.pair}>
      <PriorityField
        label={words.priority}
        none={words.unset}
        value={draft.priority}
        onChange={(priority) => change({ priority })}
      />
      <Field
        label={words.actionType}
        hint={words.actionTypeHint}
        name="defaults.action_type"
        isOptional
      >
        <Input
          value={draft.actionType}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => change({ actionType: event.currentTarget.value })}
        />
      </Field>
    </div>
  </section>
);

function WhoFields({ draft, change }: Edit) {
  const name = useId();
  return (
    <section className={formStyles.group}>
      <fieldset className={formStyles.choices}>
        <legend>{words.who}</legend>
        {(["unset", "team", "people"] as const).map((whom) => (
          <label key={whom}>
            <input
              type="radio"
              name={name}
              checked={draft.whom === whom}
              onChange={() => change({ whom })}
            />
            {words.whom[whom]}
          </label>
        ))}
      </fieldset>
      {draft.whom === "team" && <TeamField draft={draft} change={change} />}
      {draft.whom === "people" && <PeopleFields draft={draft} change={change} />}
      <div className={formStyles.pair}>
        <Field label={words.required} name="defaults.required_approvals" isOptional>
          <Input
            type="number"
            inputMode="numeric"
            min={1}
            max={10}
            value={draft.required}
            onChange={(event) => change({ required: event.currentTarget.value })}
          />
        </Field>
      </div>
      <Tick
        label={words.rejectionReason}
        checked={draft.needsReason}
        onChange={(event) => change({ needsReason: event.currentTarget.checked })}
      />
    </section>
  );
}

function TeamField({ draft, change }: Edit) {
  const teams = useQuery(teamsQuery).data?.data ?? [];
  return (
    <Field label={words.team}>
      <NativeSelect
        value={draft.teamId}
        onChange={(event) => change({ teamId: event.currentTarget.value })}
      >
        <option value="">{words.unset}</option>
        {teams.map(({ id, name }) => (
          <option key={id} value={id}>
            {plainLine(name)}
          </option>
        ))}
      </NativeSelect>
    </Field>
  );
}

function PeopleFields({ draft, change }: Edit) {
  const members = useQuery(membersQuery).data?.data ?? [];
  return (
    <>
      <PeoplePicker
        label={words.people}
        hint={words.peopleHint(draft.personIds.length, APPROVERS_MAX)}
        people={members.filter((member) => member.can_approve)}
        chosen={draft.personIds}
        max={APPROVERS_MAX}
        onChange={(personIds) => change({ personIds })}
      />
      <Tick
        label={words.sequential}
        hint={words.sequentialHint}
        checked={draft.isSequential}
        onChange={(event) => change({ isSequential: event.currentTarget.checked })}
      />
    </>
  );
}

const DeadlineFields = ({ draft, change }: Edit) => (
  <section className={formStyles.group}>
    <h3>{words.deadline}</h3>
    <DurationField
      label={words.expires}
      name="defaults.expires_after_minutes"
      value={draft.expires}
      onChange={(expires) => change({ expires })}
    />
    <Field label={words.auto}>
      <NativeSelect
        value={draft.autoAction}
        onChange={({ currentTarget: { value } }) =>
          change({ autoAction: isKeyOf(words.autoActions, value) ? value : "" })
        }
      >
        <option value="">{words.autoNone}</option>
        <option value="approve">{words.autoActions.approve}</option>
        <option value="reject">{words.autoActions.reject}</option>
      </NativeSelect>
    </Field>
    {draft.autoAction !== "" && (
      <DurationField
        label={words.autoAfter}
        name="defaults.auto_action_after_minutes"
        value={draft.autoAfter}
        onChange={(autoAfter) => change({ autoAfter })}
      />
    )}
  </section>
);

interface DurationFieldProps {
  label: string;
  name: string;
  value: TypedDuration;
  onChange: (value: TypedDuration) => void;
}

const DurationField = ({ label, name, value, onChange }: DurationFieldProps) => (
  <div className={styles.duration}>
    <Field name={name} label={label} isOptional>
      <Input
        type="number"
        inputMode="numeric"
        min={1}
        value={value.amount}
        onChange={(event) => onChange({ ...value, amount: event.currentTarget.value })}
      />
    </Field>
    <select
      aria-label={`${label}: ${words.unit}`}
      value={value.unit}
      onChange={({ currentTarget: { value: unit } }) => {
        if (isKeyOf(words.units, unit)) onChange({ ...value, unit });
      }}
    >
      {units.map((unit) => (
        <option key={unit} value={unit}>
          {words.units[unit]}
        </option>
      ))}
    </select>
  </div>
);
