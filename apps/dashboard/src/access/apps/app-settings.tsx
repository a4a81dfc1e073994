import { settingsOf, type AppSetting, type RegisteredApp } from "@sayso/app-settings";
import { CopyLine } from "../../ui/copy-button.tsx";
import { Definitions } from "../fact-row.tsx";

/**
 * Shows the values to fill in at the app, under the names of the app's own form. The secret is not among them, because
 * it is shown elsewhere, once.
 */
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
