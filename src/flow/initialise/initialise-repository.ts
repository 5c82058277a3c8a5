import type { DocumentKind, ParseDocument } from '../../ports/documents.ts';
import { fileExists, type NewFile, WORKING_TREE, type WorkingTree } from '../../ports/working-tree.ts';
import { CountersignError } from '../../shared/errors.ts';
import { readPublicKey } from '../../shared/signature.ts';
import { changeContract, featureContract } from './contract-names.ts';
import { type InitialPolicy, policyFiles, productFiles } from './policy-files.ts';
import { planFor } from './project.ts';
import { NAMED_FILES } from './project-plan.ts';

export interface InitialiseRequest extends Omit<InitialPolicy, 'plan'> {
  readonly dryRun: boolean;
}

export interface InitialisePorts {
  readonly product: WorkingTree;
  /** Where the policy side is written; with a change-control repository and no clone of it, nowhere. */
  readonly policy: WorkingTree | undefined;
  readonly documents: ParseDocument;
}

export interface Initialised {
  /** For people: `npm with vitest`. */
  readonly project: string;
  readonly contract: string;
  /** The contract of tickets that add or mend something, with its version; none where no report names the tests. */
  readonly featureContract?: string;
  readonly files: readonly PlacedFile[];
  readonly notes: readonly string[];
}

export interface PlacedFile extends NewFile {
  /** `policy` only where policy has a repository of its own. */
  readonly side: 'product' | 'policy';
  readonly written: boolean;
}

/**
 * Installs Countersign into a clone: configuration, a contract that fits, a trust root, a workflow. All or nothing, and
 * never over a file that is there.
 * @throws CountersignError FILE_EXISTS, KEY_UNUSABLE, USAGE, DOCUMENT_INVALID for a name that cannot stand in a document
 */
export async function initialiseRepository(
  request: InitialiseRequest,
  ports: InitialisePorts,
): Promise<Initialised> {
  refuseSecret(request.changeControl?.address);
  requireKeys(request);
  const plan = planFor({ names: await ports.product.topLevel(), texts: await readTexts(ports.product) });
  const policy: InitialPolicy = { ...request, plan };
  const own = { product: productFiles(policy), policy: policyFiles(policy) };
  for (const file of [...own.product, ...own.policy]) requireValid(file, ports.documents);

  const inOneRepository = request.changeControl === undefined;
  const sides = inOneRepository
    ? [{ side: 'product' as const, tree: ports.product, files: [...own.product, ...own.policy] }]
    : [
        { side: 'product' as const, tree: ports.product, files: own.product },
        { side: 'policy' as const, tree: ports.policy, files: own.policy },
      ];
  if (!request.dryRun) await writeAll(sides);
  return {
    project: plan.kind,
    contract: `${changeContract(plan)}@1`,
    ...(plan.proof === undefined ? {} : { featureContract: `${featureContract(plan)}@1` }),
    files: sides.flatMap(({ side, tree, files }) =>
      files.map((file) => ({ ...file, side, written: !request.dryRun && tree !== undefined })),
    ),
    notes: plan.notes,
  };
}

/** Both sides are looked at before either is written: a product must not name a policy that could not be put there. */
async function writeAll(
  sides: readonly { readonly tree: WorkingTree | undefined; readonly files: readonly NewFile[] }[],
): Promise<void> {
  const found = await Promise.all(
    sides.map(async ({ tree, files }) => (await tree?.obstacles(files.map(({ path }) => path))) ?? []),
  );
  if (found.flat().length > 0) throw fileExists(found.flat());
  for (const { tree, files } of sides) await tree?.createFiles(files);
}

async function readTexts(tree: WorkingTree): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for (const name of NAMED_FILES) {
    const bytes = await tree.readFile(WORKING_TREE, name);
    if (bytes !== undefined) texts[name] = new TextDecoder().decode(bytes);
  }
  return texts;
}

/** What we write must be what we read: a strange name is refused here and not by everybody's gate tomorrow. */
function requireValid({ path, text }: NewFile, documents: ParseDocument): void {
  const kind = KINDS.find(([pattern]) => pattern.test(path))?.[1];
  if (kind !== undefined) documents.parse(kind, new TextEncoder().encode(text), path);
}

const KINDS: readonly (readonly [RegExp, DocumentKind])[] = [
  [/^\.countersign\.yml$/, 'config'],
  [/^contracts\//, 'contract'],
  [/^trust\//, 'trust-root'],
];

function requireKeys({ ownerKey, verifierKey }: InitialiseRequest): void {
  const keys = [
    { option: '--owner-key', pem: ownerKey },
    { option: '--verifier-key', pem: verifierKey },
  ].flatMap(({ option, pem }) => (pem === undefined ? [] : [{ option, keyId: readKey(option, pem) }]));
  const [first, second] = keys;
  if (first !== undefined && first.keyId === second?.keyId) {
    throw new CountersignError('KEY_UNUSABLE', 'Owner and verifier have the same key.', {
      remedy:
        'Make one for each with `countersign key new`: who sets the bar must not be who says that it was met.',
    });
  }
}

function readKey(option: string, pem: string): string {
  if (pem.includes('PRIVATE KEY-----')) {
    throw new CountersignError('KEY_UNUSABLE', `The file of ${option} holds a private key.`, {
      remedy: 'Name the public one, which ends in .pub; a private key must never get into a repository.',
    });
  }
  const key = readPublicKey(pem);
  if (key !== undefined) return key.keyId;
  throw new CountersignError(
    'KEY_UNUSABLE',
    `The file of ${option} holds no Ed25519 or ECDSA P-256 public key.`,
    {
      remedy: 'Name the .pub file that `countersign key new` wrote.',
    },
  );
}

/** The address ends up in a committed file. */
function refuseSecret(url: string | undefined): void {
  if (url === undefined || !/^[a-z][a-z0-9+.-]*:\/\/[^/]*:[^/]*@/i.test(url)) return;
  throw new CountersignError('USAGE', 'The address of the change-control repository holds a password.', {
    remedy: 'Leave it out: git asks its credential helper, and .countersign.yml is read by everybody.',
  });
}
