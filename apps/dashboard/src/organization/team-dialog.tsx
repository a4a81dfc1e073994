import type { Team } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, faultsOf } from "../api.ts";
import { strings } from "../strings/index.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { Dialog, DialogActions } from "../ui/dialog.tsx";
import { Field, FormFault, Input } from "../ui/field.tsx";
import { Loaded } from "../ui/states.tsx";
import { toast } from "../ui/toast.tsx";
import { faultOf } from "./fault-of.ts";
import { PeoplePicker } from "./people-picker.tsx";
import { membersQuery, refreshPeople } from "./queries.ts";
import styles from "./form.module.css";

const words = strings.organization.teams;

/** Makes a team, or changes one: its name and who is in it. */
export function TeamDialog({ team, onClose }: { team: Team | null; onClose: () => void }) {
  const client = useQueryClient();
  const members = useQuery(membersQuery);
  const [name, setName] = useState(team?.name ?? "");
  const [memberIds, setMemberIds] = useState<readonly string[]>(team?.member_ids ?? []);
  const [isDeleting, setDeleting] = useState(false);
  // Once made, a second try goes on with it.
  const saved = useRef(team);
  const save = useMutation({
    mutationFn: async () => {
      saved.current ??= await api.createTeam({ name });
      await saveTeam(saved.current, name, memberIds);
    },
    onSuccess: () => {
      toast(words.saved);
      onClose();
    },
    onSettled: () => refreshPeople(client),
  });
  const remove = async (id: string) => {
    await api.deleteTeam({ id });
    toast(words.deleted(plainLine(team?.name ?? "")));
    onClose();
    await refreshPeople(client);
  };
  const fault = faultOf(save.error, ["name"]);
  return (
    <Dialog isOpen onClose={onClose} title={team ? words.editTitle : words.createTitle}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!save.isPending) save.mutate();
        }}
      >
        <Field label={words.name} hint={words.nameHint} fault={faultsOf(save.error).name}>
          <Input
            value={name}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Field>
        <Loaded query={members}>
          {({ data }) => (
            <PeoplePicker
              label={words.whoIsIn}
              people={data}
              chosen={memberIds}
              onChange={setMemberIds}
            />
          )}
        </Loaded>
        {fault !== undefined && <FormFault>{fault}</FormFault>}
        <DialogActions>
          {team && (
            <Button kind="danger" onClick={() => setDeleting(true)}>
              {words.delete}
            </Button>
          )}
          <Button type="submit" kind="primary" isBusy={save.isPending}>
            {words.save}
          </Button>
        </DialogActions>
      </form>
      {team && (
        <ConfirmDialog
          isOpen={isDeleting}
          onClose={() => setDeleting(false)}
          title={words.deleteTitle(plainLine(team.name))}
          verb={words.delete}
          onConfirm={() => remove(team.id)}
        >
          <p>{words.deleteText}</p>
        </ConfirmDialog>
      )}
    </Dialog>
  );
}

/** Only what has changed is sent, so that what somebody else changed meanwhile stays. */
async function saveTeam(
  { id, name: nameBefore, member_ids: before }: Team,
  name: string,
  memberIds: readonly string[],
): Promise<void> {
  if (name !== nameBefore) await api.renameTeam({ id, name });
  const isSame =
    before.length === memberIds.length && before.every((member) => memberIds.includes(member));
  if (!isSame) await api.setTeamMembers({ id, member_ids: [...memberIds] });
}
