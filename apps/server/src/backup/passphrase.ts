import { BackupRefused } from "./refused.ts";

/** The minimum of SAYSO_BACKUP_PASSPHRASE, too. */
const PASSPHRASE_LENGTH_MIN = 12;

/**
 * Returns the passphrase of a backup's secret: from the configuration, or from a person at the terminal.
 *
 * @param options.twice a new passphrase, asked for twice
 * @throws BackupRefused if there is none, it is too short, or the two differ
 */
export async function findPassphrase(
  configured: string | null,
  options: { twice: boolean },
): Promise<string> {
  if (configured !== null) return configured;
  if (!process.stdin.isTTY)
    throw new BackupRefused(
      "The passphrase is missing: set SAYSO_BACKUP_PASSPHRASE, or SAYSO_BACKUP_PASSPHRASE_FILE to a file that holds it.",
    );
  const given = await ask("Passphrase of the backup: ");
  if (options.twice) {
    if (given.length < PASSPHRASE_LENGTH_MIN)
      throw new BackupRefused(`The passphrase needs ${PASSPHRASE_LENGTH_MIN} characters.`);
    if ((await ask("Once more: ")) !== given)
      throw new BackupRefused("The two passphrases differ; nothing was written.");
  }
  return given;
}

/** Reads a line from the terminal without showing it. */
function ask(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true).setEncoding("utf8").resume();
  return new Promise((resolve, reject) => {
    let line = "";
    const end = (): void => {
      stdin.off("data", read).setRawMode(false).pause();
      stderr.write("\n");
    };
    const read = (text: string): void => {
      for (const character of text) {
        if (character === "\r" || character === "\n") return (end(), resolve(line));
        if (character === "\u0003" || character === "\u0004")
          return (end(), reject(new BackupRefused("No passphrase was entered; nothing was done.")));
        line = character === "\u007f" ? [...line].slice(0, -1).join("") : line + character;
      }
    };
    stdin.on("data", read);
  });
}
