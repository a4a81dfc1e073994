import { useMutation } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { api } from "../../api.ts";
import { strings } from "../../strings/index.ts";
import { Button } from "../../ui/button.tsx";
import { FormFault } from "../../ui/forms/field.tsx";
import { faultOf } from "../fault-of.ts";
import styles from "./activity.module.css";

const words = strings.organization.activity;

/** Makes the server compute the hash chain anew, part by part, and shows the progress. */
export function ChainCheck() {
  const [progress, setProgress] = useState<[done: number, all: number]>();
  const check = useMutation({
    mutationFn: async () => {
      for (let after = 0; ;) {
        const { verified_to: done, size, fault } = await api.verifyActivity({ after });
        if (fault !== null || done >= size) return { size, fault };
        setProgress([done, size]);
        after = done;
      }
    },
    onSettled: () => setProgress(undefined),
  });
  const broken = check.data?.fault ?? null;
  const fault = broken ? words.broken(broken.message) : faultOf(check.error);
  return (
    <section className={styles.chain}>
      <p className="hint">{words.verifyText}</p>
      <Button
        icon={<ShieldCheck aria-hidden />}
        isBusy={check.isPending}
        onClick={() => check.mutate()}
      >
        {words.verify}
      </Button>
      <p role="status">
        {progress && words.verifying(...progress)}
        {check.data && broken === null && words.verified(check.data.size)}
      </p>
      {fault !== undefined && <FormFault>{fault}</FormFault>}
    </section>
  );
}
