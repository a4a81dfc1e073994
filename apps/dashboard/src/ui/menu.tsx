import {
  cloneElement,
  lazy,
  Suspense,
  useState,
  type ComponentProps,
  type ReactElement,
  type ReactNode,
} from "react";

export interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement<ComponentProps<"button">>;
  side?: "top" | "bottom";
  /** The MenuItems and MenuGroups. */
  children: ReactNode;
}

export interface MenuItemProps {
  onSelect?: () => void;
  /** A link in place of a button. */
  render?: ReactElement;
  icon?: ReactNode;
  kind?: "plain" | "danger";
  isDisabled?: boolean;
  children: ReactNode;
}

export interface MenuGroupProps {
  label: ReactNode;
  children: ReactNode;
}

const load = () => import("./open-menu.tsx");
const OpenMenu = lazy(() => load().then((menu) => ({ default: menu.OpenMenu })));

/** An item of a menu. */
export const MenuItem = lazy(() => load().then((menu) => ({ default: menu.MenuItem })));
/** Items that belong together, with a heading. */
export const MenuGroup = lazy(() => load().then((menu) => ({ default: menu.MenuGroup })));

/**
 * A button with a menu, which supports arrow keys, letters and Escape. Its code is loaded when a menu is first opened.
 */
export function Menu(props: MenuProps) {
  const [isUsed, setUsed] = useState(false);
  const closed = cloneElement(props.trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": isUsed,
    onClick: () => setUsed(true),
  });
  if (!isUsed) return closed;
  return (
    <Suspense fallback={closed}>
      <OpenMenu {...props} />
    </Suspense>
  );
}
