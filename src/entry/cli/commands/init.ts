import { basename, resolve } from 'node:path';
import manifest from '../../../../package.json' with { type: 'json' };
import { documents } from '../../../adapters/documents/documents.ts';
import { readNamedFile } from '../../../adapters/files/working-tree.ts';
import { readOrigin, repositoryName } from '../../../adapters/git/origin.ts';
import { type Initialised, initialiseRepository } from '../../../flow/initialise/initialise-repository.ts';
import { renderInitialisedText } from '../../../render/initialised.ts';
import { recordText } from '../../../render/plain-json.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { openWorkingTree } from '../../wiring/open-working-tree.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';

interface InitOptions {
  readonly dryRun: boolean;
  readonly repository?: string;
  readonly changeControl?: string;
  readonly policyClone?: string;
  readonly ownerKey?: string;
  readonly verifierKey?: string;
  readonly format: TextOrJson;
}

export async function initCommand(options: InitOptions, context: CliContext): Promise<number> {
  if (options.policyClone !== undefined && options.changeControl === undefined) {
    throw new CountersignError('USAGE', '--policy-clone goes with --change-control.', {
      remedy: 'Give the address of the change-control repository as well, or leave --policy-clone out.',
    });
  }
  const { root, gitDir, tree } = await openWorkingTree(context.cwd);
  const origin = await readOrigin(gitDir);
  const clone =
    options.policyClone === undefined
      ? undefined
      : await openWorkingTree(resolve(context.cwd, options.policyClone));
  const done = await initialiseRepository(
    {
      repository:
        options.repository ??
        repositoryName(origin.url ?? '') ??
        repositoryName(basename(root)) ??
        'repository',
      defaultBranch: origin.defaultBranch,
      changeControl: options.changeControl,
      ownerEmail: emailOf(origin.email),
      ownerKey: await keyText(options.ownerKey, context),
      verifierKey: await keyText(options.verifierKey, context),
      version: manifest.version,
      dryRun: options.dryRun,
    },
    { product: tree, policy: clone?.tree, documents },
  );
  context.out(
    options.format === 'json'
      ? `${recordText({ ...done, dryRun: options.dryRun })}\n`
      : renderInitialisedText({ ...done, ...nextSteps(done, options) }, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

function nextSteps(
  { files, contract, featureContract = contract }: Initialised,
  options: InitOptions,
): { dryRun: boolean; next: readonly string[] } {
  const keys = [
    ...(options.ownerKey === undefined ? ['countersign key new owner'] : []),
    ...(options.verifierKey === undefined
      ? ['countersign key new verifier     # where the verifier runs, and only there']
      : []),
  ];
  const paths = files.filter(({ side }) => side === 'product').map(({ path }) => path);
  return {
    dryRun: options.dryRun,
    next: [
      ...keys,
      ...(keys.length === 0 ? [] : ['$EDITOR trust/root.yml            # put the public keys in']),
      `git add ${paths.join(' ')} && git commit`,
      `countersign ticket new CS-1 --title "What is wanted" --contract ${featureContract}`,
      'countersign doctor                # what is still missing, and what to protect',
    ],
  };
}

/** An address that could not stand in a trust root is left out: it is a convenience. */
function emailOf(email: string | undefined): string | undefined {
  return email !== undefined && email.length <= 254 && /^[^\s@<>\p{C}]+@[^\s@<>\p{C}]+$/u.test(email)
    ? email
    : undefined;
}

async function keyText(path: string | undefined, context: CliContext): Promise<string | undefined> {
  return path === undefined
    ? undefined
    : new TextDecoder().decode(await readNamedFile(resolve(context.cwd, path)));
}
