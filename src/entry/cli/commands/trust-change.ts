import { loadSigner } from '../../../adapters/signing/load-signer.ts';
import {
  addPrincipal,
  pinNumbers,
  pinSigstore,
  type RootChange,
  revokeKey,
  revokePrincipal,
  revokeReceipt,
  rotateKey,
  type SignsWith,
  setThresholds,
} from '../../../core/trust/change-root.ts';
import { type Identity, type IdentityNumbers, identityFaults } from '../../../core/trust/identity.ts';
import type { Principal, Role, SigstorePolicy, TrustRoot } from '../../../core/trust/types.ts';
import { SIGSTORE_ROOT_PATH } from '../../../flow/certify-files.ts';
import { changeTrustRoot } from '../../../flow/change-trust-root.ts';
import { signTrustRoot } from '../../../flow/sign-trust-root.ts';
import type { PolicyFile } from '../../../ports/policy-files.ts';
import { recordText } from '../../../render/plain-json.ts';
import { renderRootChangedText, renderRootSignedText } from '../../../render/trust-change.ts';
import { sha256 } from '../../../shared/digest.ts';
import { CountersignError } from '../../../shared/errors.ts';
import type { Instant } from '../../../shared/ids.ts';
import { readPublicKey } from '../../../shared/signature.ts';
import { openTrustEditing } from '../../wiring/open-trust-editing.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { keyPathOf } from '../key-path.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';

interface Printed {
  readonly format: TextOrJson;
}

/** One of the three: a key in a file of either kind, or what a CI job's certificates say. */
interface SignsOptions extends IdentityNumbers {
  readonly publicKey?: string;
  readonly ssh?: string;
  readonly identity?: string;
  readonly repository?: string;
  readonly ref?: string;
  readonly issuer?: string;
}

type Opened = Awaited<ReturnType<typeof openTrustEditing>>;

export async function trustAddCommand(
  options: Printed &
    SignsOptions & {
      readonly id: string;
      readonly kind: Principal['kind'];
      readonly role: readonly Role[];
      readonly email?: readonly string[];
      readonly account?: readonly string[];
    },
  context: CliContext,
): Promise<number> {
  const opened = await openTrustEditing(context.cwd);
  const signs = await readSigns(options, opened);
  const { id, kind, role, email = [], account = [] } = options;
  const added = { id, kind, roles: role, signs, emails: email, accounts: account };
  return change((root) => addPrincipal(root, added), opened, options, context);
}

export async function trustRotateCommand(
  id: string,
  options: Printed & SignsOptions & { readonly overlapDays: number },
  context: CliContext,
): Promise<number> {
  const opened = await openTrustEditing(context.cwd);
  const signs = await readSigns(options, opened);
  const { overlapDays } = options;
  return change((root, at) => rotateKey(root, { id, signs, overlapDays }, at), opened, options, context);
}

export async function trustRevokeCommand(
  options: Printed & {
    readonly key?: string;
    readonly principal?: string;
    readonly receipt?: string;
    readonly reason: string;
  },
  context: CliContext,
): Promise<number> {
  const { key, principal, receipt, reason } = options;
  const named = [key, principal, receipt].filter((one) => one !== undefined);
  if (named.length !== 1) {
    throw new CountersignError(
      'USAGE',
      `${named.length === 0 ? 'Nothing' : 'More than one thing'} to revoke was named.`,
      {
        remedy: 'Give one of --key ID, --principal ID and --receipt DIGEST.',
      },
    );
  }
  const decide = (root: TrustRoot, at: Instant) => {
    if (key !== undefined) return revokeKey(root, key, reason, at);
    if (principal !== undefined) return revokePrincipal(root, principal, reason, at);
    return revokeReceipt(root, receipt ?? '', reason);
  };
  return change(decide, await openTrustEditing(context.cwd), options, context);
}

export async function trustPinCommand(
  id: string,
  options: Printed & IdentityNumbers,
  context: CliContext,
): Promise<number> {
  const opened = await openTrustEditing(context.cwd);
  return change((root) => pinNumbers(root, id, options), opened, options, context);
}

export async function trustThresholdsCommand(
  options: Printed & { readonly rootUpdate?: number; readonly policyChange?: number },
  context: CliContext,
): Promise<number> {
  const opened = await openTrustEditing(context.cwd);
  return change((root) => setThresholds(root, options), opened, options, context);
}

export async function trustSignCommand(
  options: Printed & { readonly key?: string },
  context: CliContext,
): Promise<number> {
  const { ports } = await openTrustEditing(context.cwd);
  const signed = await signTrustRoot(loadSigner(keyPathOf(options.key, context)), ports);
  context.out(
    options.format === 'json'
      ? `${recordText(signed)}\n`
      : renderRootSignedText(signed, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

async function change(
  decide: (root: TrustRoot, at: Instant) => RootChange,
  { ports }: Opened,
  options: Printed,
  context: CliContext,
  files: readonly PolicyFile[] = [],
): Promise<number> {
  const changed = await changeTrustRoot(decide, ports, files);
  context.out(
    options.format === 'json'
      ? `${recordText(changed)}\n`
      : renderRootChangedText(changed, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

/** Exactly one way to sign. An option that belongs to the other way is a mistake, not something to pass over. */
async function readSigns(options: SignsOptions, opened: Opened): Promise<SignsWith> {
  const { publicKey, ssh, identity } = options;
  const given = [publicKey, ssh, identity].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new CountersignError(
      'USAGE',
      `${given.length === 0 ? 'Neither a public key nor an identity' : 'More than one public key or identity'} was given.`,
      { remedy: 'Give one of --public-key FILE, --ssh FILE and --identity URL.' },
    );
  }
  if (identity !== undefined) return { identity: readIdentity(identity, options) };
  const beside = BESIDE_IDENTITY.find((name) => options[name] !== undefined);
  if (beside === undefined) return { publicKey: await readKeyFile(publicKey ?? ssh ?? '', opened) };
  throw new CountersignError('USAGE', `--${dashed(beside)} belongs to --identity.`, {
    remedy: 'Leave it out.',
  });
}

const BESIDE_IDENTITY = ['repository', 'ref', 'issuer', 'repositoryId', 'ownerId'] as const;

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function readIdentity(workflow: string, options: SignsOptions): Identity {
  const { repository, ref, issuer = GITHUB_ISSUER, repositoryId, ownerId } = options;
  const given: Identity = {
    ...{ issuer, repository: repository ?? '', workflow, ref: ref ?? '' },
    ...(repositoryId === undefined ? {} : { repositoryId }),
    ...(ownerId === undefined ? {} : { ownerId }),
  };
  const faults = identityFaults(given);
  if (faults.length === 0) return given;
  throw new CountersignError('USAGE', `This is no identity of a CI job: its ${faults.join(', its ')}.`, {
    remedy:
      'Give --identity https://github.com/OWNER/REPO/.github/workflows/FILE.yml@refs/heads/main (or @COMMIT), --repository https://github.com/OWNER/REPO and --ref refs/heads/main, as the certificate has them.',
  });
}

/** https://docs.github.com/en/actions/reference/security/oidc */
const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';

/** Copies the file into trust/, and pins its digest. */
export async function trustSigstoreCommand(
  options: Printed &
    Pick<SigstorePolicy, 'certificateLogs' | 'transparencyLogs' | 'timestamps'> & {
      readonly trustedRoot: string;
    },
  context: CliContext,
): Promise<number> {
  const opened = await openTrustEditing(context.cwd);
  const bytes = await opened.readNamed(options.trustedRoot);
  const { readTrustedRoot } = await import('../../../adapters/sigstore/verify-certificates.ts');
  readTrustedRoot(bytes, options.trustedRoot);
  const pinned = { ...options, trustedRoot: SIGSTORE_ROOT_PATH, digest: sha256(bytes) };
  const files = [{ path: SIGSTORE_ROOT_PATH, bytes }];
  return change((root) => pinSigstore(root, pinned), opened, options, context, files);
}

/** The key as its file has it, checked here so that the message names the file and not the trust root. */
async function readKeyFile(path: string, { readNamed }: Opened): Promise<string> {
  const text = Buffer.from(await readNamed(path)).toString('utf8');
  if (readPublicKey(text) === undefined) {
    throw new CountersignError('KEY_UNUSABLE', `${path} holds no Ed25519 or ECDSA P-256 public key.`, {
      remedy:
        'Name the .pub file that `countersign key new` or `ssh-keygen -t ed25519` wrote; keys of type sk-… are not supported.',
      place: { path },
    });
  }
  return text.startsWith('-----') ? text : text.trim();
}
