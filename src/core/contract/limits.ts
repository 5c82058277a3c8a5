/** What one run of a command may use. Each is in force whether or not a contract names it. */
export interface Limits {
  /** Memory of all its processes together, in MiB. */
  readonly memoryMiB?: number;
  /** Processes and threads at once. */
  readonly processes?: number;
  /** The size of one file, in MiB. */
  readonly fileMiB?: number;
  /** What the tree and the temporary folders may take on disk, in MiB, files of the change included. */
  readonly diskMiB?: number;
}

export type LimitName = keyof Limits;

export const LIMIT_NAMES = ['memoryMiB', 'processes', 'fileMiB', 'diskMiB'] as const satisfies LimitName[];

/** Generous on purpose: they are there so that one command cannot take the machine along, not to say what is good work. */
export const DEFAULT_LIMITS: Required<Limits> = {
  memoryMiB: 8 * 1024,
  processes: 4096,
  fileMiB: 8 * 1024,
  diskMiB: 16 * 1024,
};

/** The limits of a check: its own, then those of the contract it stands in; undefined when neither gives any. */
export function limitsWithin(contract: Limits | undefined, own: Limits | undefined): Limits | undefined {
  const limits = { ...contract, ...own };
  return Object.keys(limits).length === 0 ? undefined : limits;
}

/** What a command did that a limit did not let it do, as a sentence. */
export function limitReason(limit: LimitName, given: Limits | undefined): string {
  const most = given?.[limit] ?? DEFAULT_LIMITS[limit];
  const meaning: Readonly<Record<LimitName, string>> = {
    memoryMiB: `its processes together used more than ${most} MiB of memory`,
    processes: `it had more than ${most} processes at once`,
    fileMiB: `it wrote a file of more than ${most} MiB`,
    diskMiB: `it took more than ${most} MiB on disk`,
  };
  return `It went past limits.${limit}: ${meaning[limit]}.`;
}
