import type { Organization } from "@sayso/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ShieldAlert } from "lucide-react";
import { useState } from "react";
import { goConfirm } from "../go-confirm.ts";
import { api } from "../api.ts";
import { isAdmin, meQuery, useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { Card } from "../ui/card.tsx";
import { ConfirmButton } from "../ui/dialogs/confirm-button.tsx";
import { Field, Input, NativeSelect, Tick } from "../ui/forms/field.tsx";
import { Form, SubmitButton } from "../ui/forms/form.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { toast } from "../ui/toasts/toast.tsx";
import { organizationQuery } from "./queries.ts";
import { StopCard } from "./stop-card.tsx";
import styles from "./form.module.css";

const words = strings.organization.settings;

/** The page of the organization's settings. The emergency stop is at its end. */
export function SettingsPage() {
  const mayEdit = isAdmin(useMe());
  const query = useQuery({ ...organizationQuery, enabled: mayEdit });
  if (!mayEdit)
    return (
      <>
        <PageHeader title={words.title} />
        <EmptyState title={words.forAdmins} icon={<ShieldAlert aria-hidden />} />
      </>
    );
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} />
      <div className={styles.page}>
        <Loaded query={query}>
          {(organization) => (
            <OrganizationForm
              key={`${organization.name} ${String(organization.four_eyes)} ${organization.request_visibility}`}
              organization={organization}
            />
          )}
        </Loaded>
        <SecretCard />
        <StopCard />
      </div>
    </>
  );
}

function OrganizationForm({ organization }: { organization: Organization }) {
  const client = useQueryClient();
  const [name, setName] = useState(organization.name);
  const [fourEyes, setFourEyes] = useState(organization.four_eyes);
  const [visibility, setVisibility] = useState(organization.request_visibility);
  const changes = {
    ...(name !== organization.name && { name }),
    ...(fourEyes !== organization.four_eyes && { four_eyes: fourEyes }),
    ...(visibility !== organization.request_visibility && { request_visibility: visibility }),
  };
  const save = async () => {
    const changed = await api.updateOrganization(changes).catch(goConfirm);
    if (!changed) return;
    client.setQueryData(organizationQuery.queryKey, changed);
    toast(words.saved);
    await client.invalidateQueries({ queryKey: meQuery.queryKey });
  };
  return (
    <Card title={words.organization}>
      <Form
        onSubmit={save}
        actions={
          <div className={styles.buttons}>
            <SubmitButton disabled={Object.keys(changes).length === 0}>{words.save}</SubmitButton>
          </div>
        }
      >
        <Field label={words.name} name="name">
          <Input
            value={name}
            maxLength={200}
            autoComplete="organization"
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <Tick
          label={words.fourEyes}
          hint={words.fourEyesHint}
          checked={fourEyes}
          onChange={(event) => setFourEyes(event.currentTarget.checked)}
        />
        <Field
          label={words.visibility}
          hint={visibility === "everyone" ? words.everyoneHint : words.involvedHint}
          name="request_visibility"
        >
          <NativeSelect
            value={visibility}
            onChange={({ currentTarget: { value } }) =>
              setVisibility(value === "everyone" ? "everyone" : "involved")
            }
          >
            <option value="everyone">{words.everyone}</option>
            <option value="involved">{words.involved}</option>
          </NativeSelect>
        </Field>
      </Form>
    </Card>
  );
}

function SecretCard() {
  const [oldSignUntil, setOldSignUntil] = useState<string>();
  return (
    <Card title={words.secret}>
      <p>{words.secretText}</p>
      {oldSignUntil && (
        <p role="status">
          {words.rotated} <Time at={oldSignUntil} as="exact" />.
        </p>
      )}
      <div className={styles.buttons}>
        <ConfirmButton
          title={words.rotateTitle}
          verb={words.rotate}
          onConfirm={async () =>
            setOldSignUntil((await api.rotateOrganizationSecret()).old_secret_expires_at)
          }
        >
          <p>{words.rotateText}</p>
        </ConfirmButton>
      </div>
    </Card>
  );
}
