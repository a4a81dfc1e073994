import { useState } from "react";
import { access } from "../../strings/access.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CopyBlock } from "../../ui/copy-button.tsx";
import type { BuiltCall } from "./call.ts";
import { codeOf, languages, type Language } from "./code.ts";
import styles from "./playground.module.css";

const text = access.playground;

/** Shows the call as code, in the language that was chosen last. */
export function Code({ call, apiKey }: { call: BuiltCall; apiKey: string }) {
  const [language, setLanguage] = useState<Language>(lastLanguage);
  return (
    <Card
      title={text.code}
      actions={
        <div className={styles.languages} role="group" aria-label={text.code}>
          {languages.map((one) => (
            <Button
              key={one}
              size="small"
              kind="quiet"
              aria-pressed={one === language}
              onClick={() => {
                lastLanguage = one;
                setLanguage(one);
              }}
            >
              {text.languages[one]}
            </Button>
          ))}
        </div>
      }
    >
      <CopyBlock
        label={text.codeIn(text.languages[language])}
        text={codeOf(language, call, apiKey)}
      />
    </Card>
  );
}

/** The language that was chosen last. It stays from one operation to the next. */
let lastLanguage: Language = "curl";
