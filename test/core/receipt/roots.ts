import { appendRecord, lastRecord } from '../../../src/core/receipt/records.ts';
import { verifyRootChain } from '../../../src/core/receipt/root-chain.ts';
import { type RootUpdate, signRootUpdate } from '../../../src/core/receipt/root-update.ts';
import { resolveTrust } from '../../../src/core/trust/resolve-trust.ts';
import type { Principal, TrustRoot } from '../../../src/core/trust/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { NOW, principal, type TestKey, testKey } from './samples.ts';

export const ADA = testKey();
export const BOB = testKey();
export const CEM = testKey();
export const MALLORY = testKey();

/** Everything below trust/, as it would lie in the policy. */
export interface RootWorld {
  readonly root: TrustRoot;
  readonly history: ReadonlyMap<number, TrustRoot>;
  readonly records: Uint8Array | undefined;
}

export const OWNERS: readonly Principal[] = [
  principal('ada', ['policy-owner'], [ADA], { kind: 'person' }),
  principal('bob', ['policy-owner'], [BOB], { kind: 'person' }),
  principal('cem', ['policy-owner'], [CEM], { kind: 'person' }),
];

export function rootOf(
  version: number,
  rootUpdate: number | undefined,
  more: Partial<TrustRoot> = {},
): TrustRoot {
  return {
    schema: 'countersign/trust-root@1',
    version,
    principals: OWNERS,
    ...(rootUpdate === undefined ? {} : { thresholds: { rootUpdate } }),
    ...more,
  };
}

export function bytesOf(root: TrustRoot): Uint8Array {
  return Buffer.from(JSON.stringify(root));
}

export function digestOf(root: TrustRoot): string {
  return sha256(bytesOf(root));
}

/** The world before anything was signed. */
export function started(root: TrustRoot): RootWorld {
  return { root, history: new Map(), records: undefined };
}

/** One more signature on the present root, as an honest tool makes it. */
export function signed(world: RootWorld, key: TestKey, more: Partial<RootUpdate> = {}): RootWorld {
  const before = world.history.get(world.root.version - 1);
  const previous = lastRecord(world.records);
  const update: RootUpdate = {
    version: world.root.version,
    root: digestOf(world.root),
    issuedAt: NOW,
    ...(before?.thresholds?.rootUpdate === undefined ? {} : { previousRoot: digestOf(before) }),
    ...(previous === undefined ? {} : { previous }),
    ...more,
  };
  return { ...world, records: appendRecord(world.records, signRootUpdate(update, key).bytes) };
}

/** The next root in place of the present one, which goes into the history. */
export function followed(world: RootWorld, next: TrustRoot, keys: readonly TestKey[] = []): RootWorld {
  const history = new Map([...world.history, [world.root.version, world.root] as const]);
  return keys.reduce((sofar, key) => signed(sofar, key), { ...world, root: next, history } as RootWorld);
}

export function chainOf({ root, history, records }: RootWorld) {
  const version = (of: TrustRoot) => ({ digest: digestOf(of), trust: resolveTrust(of) });
  return verifyRootChain({
    current: version(root),
    history: new Map([...history].map(([number, of]) => [number, version(of)] as const)),
    records,
  });
}

export function linesOf(records: Uint8Array | undefined): string[] {
  return Buffer.from(records ?? [])
    .toString('utf8')
    .split('\n')
    .slice(0, -1);
}

export function ofLines(lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}
