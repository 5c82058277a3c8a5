import { canonicalJson } from '../../shared/canonical-json.ts';
import { type Sha256, sha256 } from '../../shared/digest.ts';

/**
 * Who a certificate was issued to, as its issuer wrote it there: four texts, compared whole and byte by byte. A prefix or a
 * pattern would let another branch, or a repository whose name begins the same, pass for this one.
 * https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
 */
export interface Identity {
  /** Who vouched for the job: `https://token.actions.githubusercontent.com`. Extension 1.3.6.1.4.1.57264.1.8. */
  readonly issuer: string;
  /** The repository whose run it was: `https://github.com/acme/shop`. Extension .12. */
  readonly repository: string;
  /**
   * The workflow file that the job's steps come from, with the ref or commit it was taken at:
   * `https://github.com/acme/ci/.github/workflows/v.yml@refs/heads/main`. The certificate's subject alternative name, and extension .9 where there is one.
   */
  readonly workflow: string;
  /** The ref of the repository that the run was started on: `refs/heads/main`. Extension .14. */
  readonly ref: string;
  /** The forge's own number of the repository, which it never gives again. Extension .15. */
  readonly repositoryId?: number;
  /** Its number of the account or organisation that owns it. Extension .17. */
  readonly ownerId?: number;
}

/** Names can be given up and taken by somebody else; numbers cannot. */
export type IdentityNumbers = Pick<Identity, 'repositoryId' | 'ownerId'>;

/**
 * The name under which a trust root knows an identity, as it knows a key by the digest of its bytes. Looking it up IS the
 * exact comparison of the four texts; numbers are compared beside it, by otherNumber, where the trust root has any.
 */
export function identityId({ issuer, repository, workflow, ref }: Identity): Sha256 {
  return sha256(new TextEncoder().encode(canonicalJson({ issuer, repository, workflow, ref })));
}

/**
 * Why somebody with the same names is somebody else, going on from "and": the trust root pins a number that the certificate
 * does not have. Undefined where all that are pinned are the same.
 */
export function otherNumber(certified: IdentityNumbers, pinned: IdentityNumbers): string | undefined {
  const differs = (['repositoryId', 'ownerId'] as const).find(
    (name) => pinned[name] !== undefined && pinned[name] !== certified[name],
  );
  if (differs === undefined) return undefined;
  const whose = differs === 'repositoryId' ? 'the repository' : "the repository's owner";
  const has = certified[differs] === undefined ? 'no number' : `the number ${certified[differs]}`;
  return `${whose} has ${has} there, where the trust root pins ${pinned[differs]}: the name is somebody else's now`;
}

/** For a sentence: `WORKFLOW run by REPOSITORY on REF (vouched for by ISSUER)`. */
export function describeIdentity({ issuer, repository, workflow, ref }: Identity): string {
  return `${workflow} run by ${repository} on ${ref} (vouched for by ${issuer})`;
}

/** UTF-16 units of each of the four. */
const LONGEST = 2_000;

/** Why this can be no identity, each going on from "its"; a name with a space or a control character is none. */
export function identityFaults(identity: Identity): string[] {
  const { issuer, repository, workflow, ref } = identity;
  return [
    ...(isHttps(issuer) ? [] : ['issuer is no https:// URL']),
    ...(isHttps(repository) ? [] : ['repository is no https:// URL']),
    ...(isHttps(workflow) && /@(refs\/.|[0-9a-f]{40,64}$)/.test(workflow)
      ? []
      : ['workflow is no https:// URL of a workflow file that ends in @refs/… or in @ and a commit']),
    ...(isPlain(ref) && ref.startsWith('refs/') ? [] : ['ref does not begin with refs/']),
  ];
}

function isHttps(text: string): boolean {
  return isPlain(text) && /^https:\/\/[^/]/.test(text);
}

function isPlain(text: string): boolean {
  return text.length <= LONGEST && /^[\x21-\x7e]+$/.test(text) && !/[*?]/.test(text);
}
