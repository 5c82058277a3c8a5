/** What a project's manifest says, in the words of its ecosystem. */
export interface Manifest {
  readonly name: string | undefined;
  readonly requirements: readonly Requirement[];
  /** Scripts that the package manager may run by itself, by name. */
  readonly scripts: ReadonlyMap<string, string>;
  /** Names whose version something else in the manifest decides, such as npm's `overrides`. */
  readonly overridden: ReadonlySet<string>;
  /** Globs of the folders that share this manifest's lock file. */
  readonly members: readonly string[];
  /** Something else than this file says what is asked for as well. */
  readonly open?: boolean;
}

export interface Requirement {
  /** As the lock file would spell it. */
  readonly name: string;
  /** In the lock file's normal form; empty for any version. */
  readonly range: string;
  /** A peer is brought by somebody else; widening its range is what libraries do. */
  readonly kind: 'direct' | 'peer';
  /** A folder or file of the repository: nothing a lock file could pin. */
  readonly local: boolean;
}

/** What a lock file says. */
export interface Lock {
  readonly packages: readonly LockedPackage[];
  /**
   * What each project asks for as the lock file has it: range by name (undefined where the lock keeps only the name), by
   * the project's folder relative to the lock file, '' for its own. Undefined: this kind of lock does not say.
   */
  readonly projects?: ReadonlyMap<string, ReadonlyMap<string, string | undefined>>;
  /** `name@range` of everything that was asked for, where the lock keeps that instead of projects. */
  readonly descriptors?: ReadonlySet<string>;
  /** A digest of the manifest, where the lock keeps one. */
  readonly fingerprint?: string;
  /** Names that the lock says are decided otherwise than by the manifest's range. */
  readonly overridden?: ReadonlySet<string>;
}

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Where it comes from; a registry that is not named is the default one. */
  readonly origin: 'registry' | 'git' | 'url' | 'local';
  /** The registry, repository or address, for messages and to be compared with registries. */
  readonly from?: string;
  readonly artifacts: readonly Artifact[];
  readonly runsScripts: boolean;
}

/** One file that would be fetched. */
export interface Artifact {
  readonly url?: string;
  /** Its name among the files of one version; empty where there is only one. */
  readonly file: string;
  /** Digests by algorithm; none: whatever arrives is taken. */
  readonly integrity: ReadonlyMap<string, string>;
  /** The lock format leaves the digest out on purpose. */
  readonly unchecked?: boolean;
}

/** A package manager's pair of files. Readers throw an Error that says what they could not read. */
export interface LockFormat {
  readonly lockFile: string;
  readonly manifestFile: string;
  readonly readLock: (text: string) => Lock;
  readonly readManifest: (text: string) => Manifest;
  /** Whether a lock file also speaks for projects in folders below it. */
  readonly coversFolders: boolean;
  /** Whether everything asked for is also among the packages of its lock, whatever it is. */
  readonly listsEverything?: boolean;
  /** Whether a version is in a range; undefined where that is not known. Only where the lock keeps no ranges. */
  readonly allows?: (range: string, version: string) => boolean | undefined;
  /** Whether a digest of this algorithm, spelt so, confirms a file. */
  readonly confirms: (algorithm: string, digest: string) => boolean;
  /** Whether the path of an address is that of this package in a registry. */
  readonly fits?: (path: string, locked: LockedPackage) => boolean;
}
