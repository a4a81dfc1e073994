import type { Team } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { Pencil, Plus, UsersRound } from "lucide-react";
import { useState } from "react";
import { plainLine } from "@sayso/untrusted-text";
import { isAdmin, useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CopyBlock } from "../ui/copy-button.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { EmptyState, Loaded, Skeleton } from "../ui/states.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { membersQuery, teamsQuery } from "./queries.ts";
import { TeamDialog } from "./team-dialog.tsx";
import styles from "./teams-page.module.css";

const words = strings.organization.teams;

/** The teams with who is in them; admins make, change and delete them. */
export function TeamsPage() {
  const mayEdit = isAdmin(useMe());
  const query = useQuery(teamsQuery);
  const [open, setOpen] = useState<Team | "new">();
  const create = mayEdit && (
    <Button kind="primary" icon={<Plus aria-hidden />} onClick={() => setOpen("new")}>
      {words.create}
    </Button>
  );
  const hasSome = (query.data?.data.length ?? 0) > 0;
  return (
    <>
      <PageHeader title={words.title} lead={words.lead} actions={hasSome && create} />
      <Loaded query={query} skeleton={<Skeleton lines={3} height="6rem" />}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState title={words.emptyTitle} icon={<UsersRound aria-hidden />} actions={create}>
              <p>{mayEdit ? words.emptyText : words.emptyForMember}</p>
              {mayEdit && <CopyBlock label={words.curlLabel} text={askATeam()} />}
            </EmptyState>
          ) : (
            <div className={styles.teams}>
              {data.map((team) => (
                <TeamCard key={team.id} team={team} onEdit={mayEdit ? setOpen : undefined} />
              ))}
            </div>
          )
        }
      </Loaded>
      {open !== undefined && (
        <TeamDialog team={open === "new" ? null : open} onClose={() => setOpen(undefined)} />
      )}
    </>
  );
}

function TeamCard({ team, onEdit }: { team: Team; onEdit?: (team: Team) => void }) {
  const members = useQuery(membersQuery);
  const nameOf = (id: string) => members.data?.data.find((member) => member.id === id)?.name;
  return (
    <Card
      title={<UntrustedText text={team.name} />}
      actions={
        onEdit && (
          <IconButton label={words.editOf(plainLine(team.name))} onClick={() => onEdit(team)}>
            <Pencil aria-hidden />
          </IconButton>
        )
      }
    >
      {team.member_ids.length === 0 ? (
        <p className={styles.nobody}>{words.nobody}</p>
      ) : (
        <>
          <p className="hint">{words.members(team.member_ids.length)}</p>
          <ul className={styles.members}>
            {team.member_ids.map((id) => (
              <li key={id}>
                <UntrustedText text={nameOf(id) ?? "…"} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

const askATeam = (): string => `curl ${location.origin}/api/v1/approvals \\
  -H "Authorization: Bearer $SAYSO_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"title": "Deploy v2", "description": "To production", "priority": "high",
       "assigned_team_id": "<the team's id>"}'`;
