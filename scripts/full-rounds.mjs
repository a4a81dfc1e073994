// The rounds in `npm run test:full` of each test that otherwise runs a sample. The test that reads a variable explains
// its unit.
export const fullRounds = {
  SAYSO_RACE_ROUNDS: 300,
  SAYSO_CRASH_ROUNDS: 100,
  SAYSO_PROPERTY_RUNS: 20_000,
  SAYSO_STORED_RUNS: 2_000,
  SAYSO_EXPIRE_TOGETHER: 10_000,
  SAYSO_FEED_EVENTS: 100_000,
  SAYSO_FEED_CLIENTS: 2_000,
  SAYSO_N8N_CYCLES: 1_000,
  SAYSO_ZAPIER_DECISIONS: 5_000,
  SAYSO_MAKE_DECISIONS: 5_000,
  SAYSO_ATTACK_HOSTS: 1_500,
  SAYSO_ATTACK_SOCKETS: 72,
  SAYSO_CHECK_COPIES: 1,
};
