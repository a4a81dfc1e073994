import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take half a minute or more, the longest first. If one of them began late, it would run alone at the end.
 */
const longest = [
  "packages/database/src/cluster.test.ts",
  "test/crash/outage.test.ts",
  "test/attacks/backup.test.ts",
  "test/crash/server.test.ts",
  "apps/server/src/cli/cli.test.ts",
  "apps/server/src/start.test.ts",
  "test/feed/audit.test.ts",
  "test/crash/first-start.test.ts",
  "test/platforms/n8n/package.test.ts",
  "test/dashboard/access.test.ts",
  "test/dashboard/request.test.ts",
  "test/time/clocks.test.ts",
  "test/pages/account.test.ts",
  "test/pages/browser.test.ts",
  "test/attacks/second-click.test.ts",
  "test/attacks/hurried-hands.test.ts",
  "test/feed/stream.test.ts",
  "test/journeys/approvers-hour.test.ts",
  "test/dashboard/inbox.test.ts",
  "test/pages/passkeys.test.ts",
  "test/client/package.test.ts",
  "test/feed/every-event.test.ts",
  "test/feed/restarts.test.ts",
  "test/dashboard/goals.test.ts",
  "test/attacks/long-answers.test.ts",
  "test/people/mail.test.ts",
  "test/races/asking.test.ts",
  "test/attacks/success-is-confirmed.test.ts",
  "test/crash/embedded.test.ts",
  "test/platforms/make/polling.test.ts",
  "test/dashboard/organization.test.ts",
  "test/oauth/revocation.test.ts",
];

/** Runs the files of all projects in one queue: the long ones first, then the others in vitest's own order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = (file: TestSpecification) => {
      const at = longest.indexOf(
        relative(this.ctx.config.root, file.moduleId).replaceAll("\\", "/"),
      );
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
