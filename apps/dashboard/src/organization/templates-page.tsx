import type { Template } from "@sayso/client";
import { plainLine } from "@sayso/untrusted-text";
import { useQuery } from "@tanstack/react-query";
import { FileStack, Pencil, Plus } from "lucide-react";
import { useState } from "react";
import { isAdmin, useMe } from "../me.ts";
import { strings } from "../strings/index.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { CopyBlock } from "../ui/copy-button.tsx";
import { Mark, PriorityMark } from "../ui/mark.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { EmptyState, Loaded, Skeleton } from "../ui/states.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { teamsQuery, templatesQuery } from "./queries.ts";
import { TemplateDialog } from "./template/template-dialog.tsx";
import styles from "./templates-page.module.css";

const words = strings.organization.templates;

/** The templates that requests can be made from; admins make, change and delete them. */
export function TemplatesPage() {
  const mayEdit = isAdmin(useMe());
  const query = useQuery(templatesQuery);
  const [open, setOpen] = useState<Template | "new">();
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
            <EmptyState title={words.emptyTitle} icon={<FileStack aria-hidden />} actions={create}>
              <p>{mayEdit ? words.emptyText : words.emptyForMember}</p>
              {mayEdit && <CopyBlock label={words.curlLabel} text={askByTemplate()} />}
            </EmptyState>
          ) : (
            <div className={styles.templates}>
              {data.map((template) => (
                <TemplateCard
                  key={template.id}
                  template={template}
                  onEdit={mayEdit ? setOpen : undefined}
                />
              ))}
            </div>
          )
        }
      </Loaded>
      {open !== undefined && (
        <TemplateDialog
          template={open === "new" ? null : open}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  );
}

interface TemplateCardProps {
  template: Template;
  onEdit?: (template: Template) => void;
}

function TemplateCard({ template, onEdit }: TemplateCardProps) {
  return (
    <Card
      title={<UntrustedText text={template.name} />}
      actions={
        onEdit && (
          <IconButton
            label={words.editOf(plainLine(template.name))}
            onClick={() => onEdit(template)}
          >
            <Pencil aria-hidden />
          </IconButton>
        )
      }
    >
      {template.description !== null && (
        <p className={styles.about}>
          <UntrustedText text={template.description} />
        </p>
      )}
      <Facts template={template} />
    </Card>
  );
}

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
  -H "Authorization: Bearer $SAYSO_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"template_id": "<the template's id>", "title": "Deploy v2"}'`;
