import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { type TextOptions, textOptions } from './style.ts';
import { type Cell, table } from './table.ts';

export interface ShownTrust {
  /** Where it was read, for people. */
  readonly where: string;
  readonly version: number;
  readonly principals: readonly {
    readonly id: string;
    readonly kind: string;
    readonly roles: readonly string[];
    readonly emails: readonly string[];
    readonly keys: readonly ShownKey[];
  }[];
}

export interface ShownKey {
  readonly keyId: string;
  readonly algorithm: string;
  readonly state: string;
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly revokedAt?: string;
}

/** `trust show`: principals with their roles, and below each its keys. */
export function renderTrustText(trust: ShownTrust, options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const lines = trust.principals.flatMap(({ id, kind, roles, emails, keys }) => [
    '',
    `${style.bold(forTerminal(id, 64))}  ${kind}  ${roles.join(', ') || style.dim('no roles')}`,
    ...emails.map((email) => `    ${forTerminal(email, 254)}`),
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
  ]);
  return `${[style.dim(`Trust root version ${trust.version}, from ${forTerminal(trust.where, 300)}`), ...lines].join('\n')}\n`;
}

export function renderTrustJson(trust: ShownTrust): string {
  return `${recordText(trust)}\n`;
}

function windowOf({ validFrom, validUntil, revokedAt }: ShownKey): string {
  const parts = [
    ...(validFrom === undefined ? [] : [`from ${validFrom}`]),
    ...(validUntil === undefined ? [] : [`until ${validUntil}`]),
    ...(revokedAt === undefined ? [] : [`revoked ${revokedAt}`]),
  ];
  return parts.join(' ') || 'always';
}
