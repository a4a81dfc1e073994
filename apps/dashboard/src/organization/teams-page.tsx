import type { Team } from "@sayso/client";
import { useQuery } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { strings } from "../strings/index.ts";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { CardsPage } from "./cards-page.tsx";
import { membersQuery, teamsQuery } from "./queries.ts";
import { TeamDialog } from "./team-dialog.tsx";
import styles from "./teams-page.module.css";

const words = strings.organization.teams;

/** The page of teams and their people. */
export const TeamsPage = () => (
  <CardsPage
    words={words}
    query={useQuery(teamsQuery)}
    icon={<UsersRound aria-hidden />}
    command={askATeam()}
    card={(team) => <Members team={team} />}
    dialog={(team, onClose) => <TeamDialog team={team} onClose={onClose} />}
  />
);

function Members({ team }: { team: Team }) {
  const members = useQuery(membersQuery);
  const nameOf = (id: string) => members.data?.data.find((member) => member.id === id)?.name;
  if (team.member_ids.length === 0) return <p className={styles.nobody}>{words.nobody}</p>;
  return (
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
  );
}

const askATeam = (): string => `curl ${location.origin}/api/v1/approvals \\
  -H "Authorization: Bearer $SAYSO_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"title": "Deploy v2", "description": "To production", "priority": "high",
       "assigned_team_id": "<the team's id>"}'`;
