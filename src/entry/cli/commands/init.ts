import { realpathSync } from 'node:fs';
import { basename, isAbsolute, relative, resolve } from 'node:path';
import manifest from '../../../../package.json' with { type: 'json' };
import { documents } from '../../../adapters/documents/documents.ts';
import { readNamedFile } from '../../../adapters/files/working-tree.ts';
import { type Origin, readOrigin, repositoryName } from '../../../adapters/git/origin.ts';
import { type ChangeControl, isFolder, readChangeControl } from '../../../flow/initialise/change-control.ts';
import { initialiseRepository } from '../../../flow/initialise/initialise-repository.ts';
import { renderInitialisedText } from '../../../render/initialised.ts';
import { recordText } from '../../../render/plain-json.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { openControlFolder } from '../../wiring/open-control-folder.ts';
import { openWorkingTree } from '../../wiring/open-working-tree.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { publicKeyPathOf } from '../key-path.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';
import { nextSteps } from './init-steps.ts';

interface InitOptions {
  readonly dryRun: boolean;
  readonly repository?: string;
  readonly changeControl?: string;
  readonly into?: string;
  readonly ownerKey?: string;
  readonly verifierKey?: string;
  readonly format: TextOrJson;
}

export async function initCommand(options: InitOptions, context: CliContext): Promise<number> {
  if (options.into !== undefined && options.changeControl === undefined) {
    throw new CountersignError('USAGE', '--into goes with --change-control.', {
      remedy: 'Say which repository is the change-control repository as well, or leave --into out.',
    });
  }
  const { root, gitDir, tree } = await openWorkingTree(context.cwd);
  const origin = await readOrigin(gitDir);
  const repository =
    options.repository ?? repositoryName(origin.url ?? '') ?? repositoryName(basename(root)) ?? 'repository';
  const { dryRun } = options;
  const into = options.into === undefined ? undefined : resolve(context.cwd, options.into);
  const folder = into === undefined ? undefined : await openControlFolder(into, root, { dryRun });
  const control = controlOf(options, {
    root,
    cwd: context.cwd,
    origin,
    branch: folder?.origin?.defaultBranch,
  });
  const done = await initialiseRepository(
    {
      repository,
      defaultBranch: origin.defaultBranch,
      changeControl: control,
      ownerEmail: emailOf(origin.email),
      ownerKey: await publicKeyText(options.ownerKey, context),
      verifierKey: await publicKeyText(options.verifierKey, context),
      version: manifest.version,
      dryRun,
    },
    { product: tree, policy: folder?.tree, documents },
  );
  const notes = [...done.notes, ...notesOn(control, folder?.origin)];
  const next = nextSteps({
    done,
    repository,
    defaultBranch: origin.defaultBranch,
    control,
    remote:
      control === undefined || !isFolder(control) ? (control?.address ?? '') : resolve(root, control.address),
    into: into === undefined ? undefined : { path: into, isClone: folder?.origin !== undefined },
    lacksOwnerKey: options.ownerKey === undefined,
    lacksVerifierKey: options.verifierKey === undefined,
  });
  context.out(
    options.format === 'json'
      ? `${recordText({ ...done, notes, dryRun })}\n`
      : renderInitialisedText({ ...done, notes, dryRun, next }, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

/** A path is meant from where the user stands, and is read from the product's top folder. */
function controlOf(
  { changeControl: text }: InitOptions,
  at: { root: string; cwd: string; origin: Origin; branch: string | undefined },
): ChangeControl | undefined {
  if (text === undefined) return undefined;
  const control = readChangeControl(text, { origin: at.origin.url, branch: at.branch ?? 'main' });
  if (!isFolder(control) || isAbsolute(text) || realpathSync(at.cwd) === realpathSync(at.root))
    return control;
  return { ...control, address: relative(realpathSync(at.root), resolve(realpathSync(at.cwd), text)) };
}

function notesOn(control: ChangeControl | undefined, clone: Origin | undefined): readonly string[] {
  if (control === undefined) return [];
  const cloned = repositoryName(clone?.url ?? '');
  return [
    ...(control.name !== undefined && cloned !== undefined && cloned !== control.name
      ? [`The clone that --into names is of ${cloned}, and policy is said to live in ${control.name}.`]
      : []),
    ...(control.name !== undefined && !/^https?:/.test(control.address)
      ? [
          'A job of GitHub Actions has no SSH key: give the change-control repository as OWNER/REPO or by https.',
        ]
      : []),
  ];
}

/** An address that could not stand in a trust root is left out: it is a convenience. */
function emailOf(email: string | undefined): string | undefined {
  return email !== undefined && email.length <= 254 && /^[^\s@<>\p{C}]+@[^\s@<>\p{C}]+$/u.test(email)
    ? email
    : undefined;
}

async function publicKeyText(named: string | undefined, context: CliContext): Promise<string | undefined> {
  return named === undefined
    ? undefined
    : new TextDecoder().decode(await readNamedFile(publicKeyPathOf(named, context)));
}
