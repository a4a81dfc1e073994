import { useMutation } from "@tanstack/react-query";
import { api, messageOf, queryClient } from "../../api.ts";
import { access } from "../../strings/access.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Field, Input } from "../../ui/forms/field.tsx";
import { toast } from "../../ui/toasts/toast.tsx";
import { allScopes } from "../scope-ticks.tsx";
import styles from "./playground.module.css";

const text = access.playground;
const A_DAY_MINUTES = 24 * 60;

interface CredentialProps {
  apiKey: string;
  onChange: (apiKey: string) => void;
}

/** The key that calls are made with: typed, or made for a day with one click. It is kept only on this page. */
export function Credential({ apiKey, onChange }: CredentialProps) {
  const fillIn = useMutation({
    mutationFn: () =>
      api.createToken({
        name: text.tokenName,
        // The key is for trying things out. The page of tokens makes one that decides.
        scopes: allScopes.filter((scope) => scope !== "approvals:decide"),
        expires_in_minutes: A_DAY_MINUTES,
      }),
    onSuccess: ({ token }) => {
      onChange(token);
      void queryClient.invalidateQueries({ queryKey: ["tokens"] });
      toast(text.tokenCreated);
    },
    onError: (error) => toast(messageOf(error), "bad"),
  });
  return (
    <Card>
      <div className={styles.key}>
        <Field label={text.credential} hint={apiKey === "" ? text.noKey : text.credentialHint}>
          <Input
            value={apiKey}
            autoComplete="off"
            spellCheck={false}
            placeholder="gk_… / sp_…"
            onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
          />
        </Field>
        {apiKey === "" ? (
          <Button
            title={text.createTokenHint}
            isBusy={fillIn.isPending}
            onClick={() => fillIn.mutate()}
          >
            {text.createToken}
          </Button>
        ) : (
          <Button onClick={() => onChange("")}>{text.forget}</Button>
        )}
      </div>
    </Card>
  );
}
