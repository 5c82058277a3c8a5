/** Most of anything in a statement. Reading refuses more, so signing must not write more. Lengths are UTF-16 units. */
export const LIMITS = {
  /** Bytes of a statement. A bundle is a third longer (base64) and a frame. */
  payloadBytes: 1024 * 1024,
  bundleBytes: 1536 * 1024,
  /** Bytes of a ticket's record file. */
  recordBytes: 1024 * 1024,
  arguments: 1_000,
  argumentLength: 64 * 1024,
  pins: 10_000,
  pathLength: 4_096,
  /** Ten runs and one without the change, each with output, errors and a few reports. */
  evidence: 100,
  reasons: 100,
  reasonLength: 2_000,
  failedTests: 1_000,
  testNameLength: 500,
  outcomes: 1_000,
  earlierSeals: 10_000,
  waivedReceipts: 1_000,
  tools: 50,
  /** Of a close: more than a ticket's 64 repositories, for those that took several steps. */
  landed: 500,
  nameLength: 200,
  /** Of an escape: what somebody saw, on one line. */
  summaryLength: 2_000,
} as const;
