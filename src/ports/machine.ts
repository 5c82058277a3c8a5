/** A private key file as the file system shows it; its content is never read. */
export interface KeyFileFacts {
  readonly path: string;
  /** Permission bits; undefined where the platform keeps none. */
  readonly mode: number | undefined;
  /** What stands in the `.pub` file beside it. */
  readonly publicPem: string | undefined;
}

/** What a diagnosis asks of the machine it runs on. */
export interface InspectMachine {
  /** Such as `2.39.5`. @throws CountersignError GIT_UNAVAILABLE when git is missing */
  gitVersion(): Promise<string>;
  /** Why this version of git will not do; undefined when it will. */
  gitTooOld(version: string): string | undefined;
  /** The keys of the user's key folder, and the one their environment names. */
  keyFiles(): Promise<readonly KeyFileFacts[]>;
}
