/** Sayso's mark: a speech bubble with a tick, because somebody has said yes. */
export const Logo = () => (
  <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true" focusable="false">
    <path
      fill="var(--accent)"
      d="M16 3C8.3 3 2 8.4 2 15c0 3.6 1.9 6.9 4.9 9.1-.1 1.7-.8 3.4-2 4.7a.7.7 0 0 0 .6 1.2c3-.3 5.4-1.5 7.2-3.3 1.1.2 2.2.3 3.3.3 7.7 0 14-5.4 14-12S23.7 3 16 3Z"
    />
    <path
      fill="none"
      stroke="var(--on-accent)"
      strokeWidth="3"
      strokeLinecap="round"
      strokeLinejoin="round"
      d="m10.5 15.3 3.9 3.9 7.6-8"
    />
  </svg>
);
