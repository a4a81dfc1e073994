import { Menu as BaseMenu } from "@base-ui/react/menu";
import type { MenuGroupProps, MenuItemProps, MenuProps } from "./menu.tsx";
import styles from "./menu.module.css";

/** The menu that {@link Menu} shows once it is used. It is open when it appears. */
export function OpenMenu({ trigger, side = "bottom", children }: MenuProps) {
  return (
    <BaseMenu.Root defaultOpen>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner className={styles.positioner} side={side} align="end" sideOffset={6}>
          <BaseMenu.Popup className={styles.popup}>{children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

/** An item of a menu. */
export const MenuItem = ({ onSelect, render, icon, kind, isDisabled, children }: MenuItemProps) => (
  <BaseMenu.Item
    className={styles.item}
    data-kind={kind}
    onClick={onSelect}
    render={render}
    disabled={isDisabled}
  >
    {icon}
    {children}
  </BaseMenu.Item>
);

/** Items that belong together, with a heading. */
export const MenuGroup = ({ label, children }: MenuGroupProps) => (
  <BaseMenu.Group>
    <BaseMenu.GroupLabel className={styles.label}>{label}</BaseMenu.GroupLabel>
    {children}
  </BaseMenu.Group>
);
