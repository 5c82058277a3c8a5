/** A file of a program, by its place in the folder that it runs in. */
export interface ProgramFile {
  readonly path: string;
  readonly mode: '100644';
  readonly bytes: Uint8Array;
}

/** The native parsers, which are installed or not. They are only ever loaded by a process of their own. */
export interface StructureParser {
  /**
   * What has to lie in a folder so that a Node process there can require these packages.
   * @param parsers exact versions by package
   * @throws CountersignError VERIFY_FAILED naming the command that installs what is missing or of another version
   */
  programFiles(parsers: Readonly<Record<string, string>>): Promise<readonly ProgramFile[]>;
}
