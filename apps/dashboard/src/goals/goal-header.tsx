import type { LinkProps } from "@tanstack/react-router";
import { Ellipsis, Pencil } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "../ui/button.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { BackLink } from "./page-tools.tsx";

interface GoalHeaderProps extends Pick<LinkProps, "to"> {
  name: string;
  /** The words of the way back, and of what can be done. */
  words: { back: string; edit: string; more: string; archive: string };
  onEdit: () => void;
  onArchive: () => void;
  /** In front of them: what is done most. */
  children?: ReactNode;
}

/** The top of an objective's or a KPI's page: the way back, its name, and what can be done to it. */
export const GoalHeader = ({ to, name, words, onEdit, onArchive, children }: GoalHeaderProps) => (
  <PageHeader
    above={<BackLink to={to}>{words.back}</BackLink>}
    title={name}
    shown={<UntrustedText text={name} />}
    actions={
      <>
        {children}
        <Button icon={<Pencil aria-hidden />} onClick={onEdit}>
          {words.edit}
        </Button>
        <Menu
          trigger={
            <IconButton label={words.more}>
              <Ellipsis aria-hidden />
            </IconButton>
          }
        >
          <MenuItem kind="danger" onSelect={onArchive}>
            {words.archive}
          </MenuItem>
        </Menu>
      </>
    }
  />
);
