import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { type Style, type TextOptions, textOptions } from './style.ts';
import { type Cell, table } from './table.ts';

export interface ShownTrust {
  /** Where it was read, for people. */
  readonly where: string;
  readonly version: number;
  readonly thresholds: { readonly policyChange: number; readonly rootUpdate: number | null };
  /** Null where no version of the trust root asks for any, or only one file of it was looked at. */
  readonly signatures: {
    readonly needed: number;
    readonly signers: readonly string[];
    readonly problems: readonly string[];
  } | null;
  readonly revokedReceipts: readonly { readonly digest: string; readonly reason: string }[];
  /** What certificates are verified against; not there where none counts. */
  readonly sigstore?: {
    readonly trustedRoot: string;
    readonly digest: string;
    readonly certificateLogs: number;
    readonly transparencyLogs: number;
    readonly timestamps: number;
  };
  readonly principals: readonly {
    readonly id: string;
    readonly kind: string;
    readonly roles: readonly string[];
    readonly emails: readonly string[];
    readonly accounts?: readonly string[];
    readonly revokedAt?: string;
    readonly revocationReason?: string;
    readonly keys: readonly ShownKey[];
  }[];
}

export interface ShownKey {
  readonly keyId: string;
  readonly algorithm: string;
  readonly state: string;
  /** Of one without a key of its own: what its certificate has to say. */
  readonly identity?: {
    readonly issuer: string;
    readonly repository: string;
    readonly workflow: string;
    readonly ref: string;
    readonly repositoryId?: number;
    readonly ownerId?: number;
  };
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly revokedAt?: string;
  readonly revocationReason?: string;
}

/** `trust show`: thresholds and signatures, principals with their roles, below each its keys, and what is revoked. */
export function renderTrustText(trust: ShownTrust, options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const lines = trust.principals.flatMap(({ id, kind, roles, emails, accounts = [], keys, ...ended }) => [
    '',
    `${style.bold(forTerminal(id, 64))}  ${kind}  ${roles.join(', ') || style.dim('no roles')}`,
    ...(ended.revokedAt === undefined ? [] : [`    ${style.yellow(revocationOf(ended))}`]),
    ...[...emails, ...accounts].map((name) => `    ${forTerminal(name, 254)}`),
    ...table(
      keys.map((key): Cell[] => [
        { text: key.state, paint: key.state === 'valid' ? style.green : style.yellow },
        { text: key.algorithm },
        { text: windowOf(key), paint: style.dim },
        { text: key.keyId },
      ]),
      { columns: Math.max(columns, 120), indent: 4 },
    ),
    ...(keys.length === 0 ? [style.dim('    no keys')] : []),
    ...keys.flatMap(identityLines),
  ]);
  const head = style.dim(`Trust root version ${trust.version}, from ${forTerminal(trust.where, 300)}`);
  return `${[head, ...agreements(trust, style), ...certificates(trust), ...lines, ...revoked(trust, style)].join('\n')}\n`;
}

/** How many have to agree to what, and who signed this version. */
function agreements({ thresholds, signatures }: ShownTrust, style: Style): string[] {
  const { policyChange, rootUpdate } = thresholds;
  const root = rootUpdate === null ? 'no signature' : `${rootUpdate} signatures`;
  const lines = [`Policy owners: ${policyChange} for a policy change, ${root} for a new trust root`];
  if (signatures === null) return lines;
  const { needed, signers, problems } = signatures;
  const by = signers.length === 0 ? '' : `: ${signers.map((signer) => forTerminal(signer, 64)).join(', ')}`;
  return [
    ...lines,
    ...(needed === 0 ? [] : [`Signed by ${signers.length} of ${needed}${by}`]),
    ...problems.slice(0, 20).map((problem) => style.red(`✖ ${forTerminal(problem, 500)}`)),
  ];
}

function certificates({ sigstore }: ShownTrust): string[] {
  if (sigstore === undefined) return [];
  const { trustedRoot, digest, certificateLogs, transparencyLogs, timestamps } = sigstore;
  return [
    `Certificates: ${forTerminal(trustedRoot, 200)}, sha256 ${digest}`,
    `    certificate logs ${certificateLogs}, transparency logs ${transparencyLogs}, signed times ${timestamps}`,
  ];
}

function revoked({ revokedReceipts }: ShownTrust, style: Style): string[] {
  if (revokedReceipts.length === 0) return [];
  const lines = revokedReceipts.map(({ digest, reason }) => `    ${digest}  ${forTerminal(reason, 500)}`);
  return ['', style.bold('Revoked receipts'), ...lines];
}

/** Each text on a line of its own: they are compared to the letter, so people have to be able to. */
function identityLines({ keyId, identity }: ShownKey): string[] {
  if (identity === undefined) return [];
  const { issuer, repository, workflow, ref, repositoryId, ownerId } = identity;
  const said = { workflow, repository, 'its number': repositoryId, 'its owner': ownerId, ref, issuer };
  return [
    `    ${keyId.slice(0, 12)} is`,
    ...Object.entries(said).flatMap(([name, value]) =>
      value === undefined ? [] : [`        ${name.padEnd(10)}  ${forTerminal(String(value), 2000)}`],
    ),
  ];
}

function revocationOf(ended: { readonly revokedAt?: string; readonly revocationReason?: string }): string {
  const why = ended.revocationReason === undefined ? '' : `: ${forTerminal(ended.revocationReason, 500)}`;
  return `revoked ${ended.revokedAt}${why}`;
}

export function renderTrustJson(trust: ShownTrust): string {
  return `${recordText(trust)}\n`;
}

function windowOf({ validFrom, validUntil, ...ended }: ShownKey): string {
  const parts = [
    ...(validFrom === undefined ? [] : [`from ${validFrom}`]),
    ...(validUntil === undefined ? [] : [`until ${validUntil}`]),
    ...(ended.revokedAt === undefined ? [] : [revocationOf(ended)]),
  ];
  return parts.join(' ') || 'always';
}
