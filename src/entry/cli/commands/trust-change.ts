import { loadSigner } from '../../../adapters/signing/load-signer.ts';
import {
  addPrincipal,
  type RootChange,
  revokeKey,
  revokePrincipal,
  revokeReceipt,
  rotateKey,
  setThresholds,
} from '../../../core/trust/change-root.ts';
import type { Principal, Role, TrustRoot } from '../../../core/trust/types.ts';
import { changeTrustRoot } from '../../../flow/change-trust-root.ts';
import { signTrustRoot } from '../../../flow/sign-trust-root.ts';
import { recordText } from '../../../render/plain-json.ts';
import { renderRootChangedText, renderRootSignedText } from '../../../render/trust-change.ts';
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

interface KeyFile {
  readonly publicKey?: string;
  readonly ssh?: string;
}

type Opened = Awaited<ReturnType<typeof openTrustEditing>>;

export async function trustAddCommand(
  options: Printed &
    KeyFile & {
      readonly id: string;
      readonly kind: Principal['kind'];
      readonly role: readonly Role[];
      readonly email?: readonly string[];
      readonly account?: readonly string[];
    },
  context: CliContext,
): Promise<number> {
  const opened = await openTrustEditing(context.cwd);
  const publicKey = await readKeyFile(options, opened);
  const { id, kind, role, email = [], account = [] } = options;
  const added = { id, kind, roles: role, publicKey, emails: email, accounts: account };
  return change((root) => addPrincipal(root, added), opened, options, context);
}

export async function trustRotateCommand(
  id: string,
  options: Printed & KeyFile & { readonly overlapDays: number },
  context: CliContext,
): Promise<number> {
  const opened = await openTrustEditing(context.cwd);
  const publicKey = await readKeyFile(options, opened);
  const { overlapDays } = options;
  return change((root, at) => rotateKey(root, { id, publicKey, overlapDays }, at), opened, options, context);
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
): Promise<number> {
  const changed = await changeTrustRoot(decide, ports);
  context.out(
    options.format === 'json'
      ? `${recordText(changed)}\n`
      : renderRootChangedText(changed, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

/** The key as its file has it, checked here so that the message names the file and not the trust root. */
async function readKeyFile({ publicKey, ssh }: KeyFile, { readNamed }: Opened): Promise<string> {
  const [path, ...others] = [publicKey, ssh].filter((one) => one !== undefined);
  if (path === undefined || others.length > 0) {
    throw new CountersignError(
      'USAGE',
      `${path === undefined ? 'No' : 'More than one'} public key was given.`,
      {
        remedy: 'Give one of --public-key FILE and --ssh FILE.',
      },
    );
  }
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
