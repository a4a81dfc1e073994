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
  /** The words of the link back and of the buttons. */
  words: { back: string; edit: string; more: string; archive: string };
  onEdit: () => void;
  onArchive: () => void;
  /** The most used action, shown before the others. */
  children?: ReactNode;
}

/** The top of an objective's or a KPI's page: the link back, its name, and its actions. */
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
