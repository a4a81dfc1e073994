import { settingsOf, type AppSetting, type RegisteredApp } from "@sayso/app-settings";
import { CopyLine } from "../../ui/copy-button.tsx";
import { Definitions } from "../fact-row.tsx";

/** Tells what to fill in at the app, in the words of its own form; without its secret, which is shown elsewhere, once. */
export function AppSettings({ app }: { app: RegisteredApp }) {
  const { where, settings } = settingsOf(app, location.origin, null);
  return (
    <>
      <p className="hint">{where}</p>
      <Definitions of={settings.map((setting) => [setting.label, valueOf(setting)])} />
    </>
  );
}

const valueOf = ({ label, value, isChoice }: AppSetting) =>
  isChoice ? value : <CopyLine text={value} label={label} />;
