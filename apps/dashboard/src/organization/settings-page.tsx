import type { Organization, RotateOrganizationSecretResult } from "@sayso/client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ShieldAlert } from "lucide-react";
import { useState } from "react";
import { api, faultsOf } from "../api.ts";
import { isAdmin, meQuery, useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { CopyLine } from "../ui/copy-button.tsx";
import { Field, FormFault, Input, Tick } from "../ui/field.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { toast } from "../ui/toast.tsx";
import { faultOf } from "./fault-of.ts";
import { organizationQuery } from "./queries.ts";
import { StopCard } from "./stop-card.tsx";
import styles from "./form.module.css";

const words = strings.organization.settings;

/** What holds for the whole organization; the emergency stop is at its end. */
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
              key={`${organization.name} ${String(organization.four_eyes)}`}
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
  const changes = {
    ...(name !== organization.name && { name }),
    ...(fourEyes !== organization.four_eyes && { four_eyes: fourEyes }),
  };
  const save = useMutation({
    mutationFn: () => api.updateOrganization(changes),
    onSuccess: async (saved) => {
      client.setQueryData(organizationQuery.queryKey, saved);
      toast(words.saved);
      await client.invalidateQueries({ queryKey: meQuery.queryKey });
    },
  });
  const fault = faultOf(save.error, ["name"]);
  return (
    <Card title={words.organization}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!save.isPending) save.mutate();
        }}
      >
        <Field label={words.name} fault={faultsOf(save.error).name}>
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
        {fault !== undefined && <FormFault>{fault}</FormFault>}
        <div className={styles.buttons}>
          <Button
            type="submit"
            kind="primary"
            isBusy={save.isPending}
            disabled={Object.keys(changes).length === 0}
          >
            {words.save}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function SecretCard() {
  const [isAsking, setAsking] = useState(false);
  const [rotated, setRotated] = useState<RotateOrganizationSecretResult>();
  return (
    <Card title={words.secret}>
      <p>{words.secretText}</p>
      {rotated && (
        <div className={styles.form} role="status">
          <CopyLine text={rotated.webhook_secret} label={words.newSecret} />
          <p className="hint">
            {words.newSecretText} <Time at={rotated.old_secret_expires_at} as="exact" />.
          </p>
        </div>
      )}
      <div className={styles.buttons}>
        <Button onClick={() => setAsking(true)}>{words.rotate}</Button>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={words.rotateTitle}
        verb={words.rotate}
        kind="primary"
        onConfirm={async () => setRotated(await api.rotateOrganizationSecret())}
      >
        <p>{words.rotateText}</p>
      </ConfirmDialog>
    </Card>
  );
}
