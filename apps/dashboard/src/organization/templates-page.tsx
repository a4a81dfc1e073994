import type { Template } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useQuery } from "@tanstack/react-query";
import { FileStack } from "lucide-react";
import { strings } from "../strings/index.ts";
import { Mark, PriorityMark } from "../ui/mark.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { CardsPage } from "./cards-page.tsx";
import { teamsQuery, templatesQuery } from "./queries.ts";
import { TemplateDialog } from "./template/template-dialog.tsx";
import styles from "./templates-page.module.css";

const words = strings.organization.templates;

/** The page of templates for requests. */
export const TemplatesPage = () => (
  <CardsPage
    words={words}
    query={useQuery(templatesQuery)}
    icon={<FileStack aria-hidden />}
    command={askByTemplate()}
    card={(template) => (
      <>
        {template.description !== null && (
          <p className={styles.about}>
            <UntrustedText text={template.description} />
          </p>
        )}
        <Facts template={template} />
      </>
    )}
    dialog={(template, onClose) => <TemplateDialog template={template} onClose={onClose} />}
  />
);

function Facts({ template: { defaults, target_app: app } }: { template: Template }) {
  const teams = useQuery(teamsQuery);
  const { facts, duration } = words;
  const team = teams.data?.data.find(({ id }) => id === defaults.assigned_team_id)?.name;
  const quorum = defaults.required_approvals ?? 1;
  return (
    <div className={styles.facts}>
      {defaults.priority && <PriorityMark priority={defaults.priority} />}
      {app !== null && <Mark>{plainLine(app)}</Mark>}
      {defaults.action_type !== undefined && <Mark>{plainLine(defaults.action_type)}</Mark>}
      {team !== undefined && <Mark>{facts.team(plainLine(team))}</Mark>}
      {defaults.assigned_approvers && (
        <Mark>{facts.people(defaults.assigned_approvers.length)}</Mark>
      )}
      {quorum > 1 && <Mark>{facts.quorum(quorum)}</Mark>}
      {defaults.expires_after_minutes !== undefined && (
        <Mark>{facts.expires(duration(defaults.expires_after_minutes))}</Mark>
      )}
      {defaults.auto_action && defaults.auto_action_after_minutes !== undefined && (
        <Mark tone="warn">
          {facts.auto(defaults.auto_action, duration(defaults.auto_action_after_minutes))}
        </Mark>
      )}
    </div>
  );
}

const askByTemplate = (): string => `curl ${location.origin}/api/v1/approvals \\
  -H "Authorization: Bearer $SAYSO_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"template_id": "<the template's id>", "title": "Deploy v2"}'`;
