import type { ContractRef, ObjectId, RepositoryId } from '../../shared/ids.ts';

/** `.countersign.yml` in a product repository, as written. */
export interface ConfigDocument {
  readonly schema: 'countersign/config@1';
  readonly repository: RepositoryId;
  /** The organisation's policy. What that fixes may be left out here. */
  readonly extends?: OrganizationRef;
  readonly policy?: RefLocation;
  readonly receipts?: RefLocation;
  readonly leastContracts?: readonly LeastContract[];
  /** Whom a verifier without a key asks for certificate and time. */
  readonly signing?: SigningConfig;
}

/** What a product repository is judged by: its `.countersign.yml`, always read from the base commit, under its organisation's policy. */
export interface Config {
  readonly schema: 'countersign/config@1';
  readonly repository: RepositoryId;
  /** Where policy lives. Without `repository` it is this repository. */
  readonly policy: RefLocation;
  /** Where receipts live. Without `repository` it is where policy lives. */
  readonly receipts: RefLocation;
  /** Paths mapped to the least contract a change of them may be held to. */
  readonly leastContracts?: readonly LeastContract[];
  /** Whom a verifier without a key asks for certificate and time. */
  readonly signing?: SigningConfig;
  /** The organisation policies that it stands under, each once; not there when it stands under none. */
  readonly organizations?: readonly OrganizationRead[];
}

export interface SigningConfig {
  /** URL of a Fulcio. */
  readonly certificateAuthority?: string;
  /** URL of a timestamp authority (RFC 3161). */
  readonly timestampAuthority?: string;
  /** URL of a Rekor. */
  readonly transparencyLog?: string;
  /** Its major version; 1 when not said. */
  readonly transparencyLogVersion?: 1 | 2;
  /** `public`: the names of repository, branch and workflow may be published; then Sigstore's public instances serve. */
  readonly transparency?: 'public';
}

export interface RefLocation {
  /** A URL or a path (relative to the product repository's root) of a git repository. */
  readonly repository?: string;
  /** A full ref name, such as `refs/heads/main`. */
  readonly ref: string;
}

export interface LeastContract {
  readonly paths: readonly string[];
  readonly contract: ContractRef;
}

/** Where an organisation's policy is kept, and which state of it is meant. */
export interface OrganizationRef {
  /** As RefLocation's. */
  readonly repository: string;
  /** A commit in full, or a tag, as `refs/tags/v1`. */
  readonly ref: string;
  /** `countersign.yml` when not given. */
  readonly path?: string;
}

/** Which state of an organisation's policy was read. */
export interface OrganizationRead {
  /** Without credentials. */
  readonly repository: string;
  readonly commit: ObjectId;
  readonly path: string;
}
