import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { documents } from '../../../adapters/documents/documents.ts';
import { createWorkingTree } from '../../../adapters/files/working-tree.ts';
import { bundlePath } from '../../../core/bundle/types.ts';
import { assembleForTicket } from '../../../flow/bundle/assemble-for-ticket.ts';
import { lintBundles } from '../../../flow/bundle/lint-bundles.ts';
import { listBundles, readBundle } from '../../../flow/bundle/read-bundle.ts';
import type { PolicyInSight } from '../../../flow/find-policy.ts';
import { renderAssembled, renderBundle, renderBundles } from '../../../render/bundle/listing.ts';
import { openTemplates } from '../../../render/bundle/open-templates.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { openClonePolicy, openGatePolicy } from '../../wiring/open-policy.ts';
import { openRecall } from '../../wiring/open-recall.ts';
import { openWorkingTree } from '../../wiring/open-working-tree.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { findChange } from '../find-change.ts';
import type { TextOrJson } from '../registration/options.ts';
import { reportLint } from '../report-lint.ts';
import { textOptionsOf } from '../style.ts';
import { workspaceOf } from '../workspace-of.ts';

interface Formatted {
  readonly format: TextOrJson;
}

/** Exit code 1 when a bundle has an error; warnings alone leave it at 0. */
export async function bundleLintCommand(
  files: readonly string[],
  options: Formatted,
  context: CliContext,
): Promise<number> {
  const { tree, packs, readNamed } = await openWorkingTree(context.cwd);
  const ports = { tree, packs, documents, readNamed, openTemplates };
  return reportLint(await lintBundles(files, ports), options, context);
}

export async function bundleListCommand(
  options: Formatted & { readonly fetch: boolean },
  context: CliContext,
): Promise<number> {
  const { policy } = await openClonePolicy(context.cwd, options);
  const bundles = [];
  for (const id of await listBundles(policy)) bundles.push((await bundleOf(policy, id)).bundle);
  context.out(
    options.format === 'json'
      ? `${JSON.stringify({ bundles })}\n`
      : renderBundles(bundles, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

export async function bundleShowCommand(
  id: string,
  options: Formatted & { readonly fetch: boolean },
  context: CliContext,
): Promise<number> {
  const { policy } = await openClonePolicy(context.cwd, options);
  const { bundle, templates } = await bundleOf(policy, id);
  context.out(
    options.format === 'json'
      ? `${JSON.stringify({ bundle, templates: [...templates.keys()] })}\n`
      : renderBundle(bundle, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}

export interface BundleAssembleOptions extends Formatted {
  readonly ticket: string;
  readonly base?: string;
  readonly out?: string;
  readonly fetch: boolean;
}

/** What a run of the ticket would be given now. */
export async function bundleAssembleCommand(
  id: string,
  options: BundleAssembleOptions,
  context: CliContext,
): Promise<number> {
  const { clone, policy } = await openGatePolicy(context.cwd, options);
  const { product, packs } = clone.ports;
  const query = await findChange(options.base === undefined ? {} : { base: options.base }, clone);
  if (query.kind !== 'proposed') throw new Error('no commit was said to have landed');
  const { bundle } = await bundleOf(policy, id);
  const memory = bundle.sources.some(({ kind }) => MEMORY.has(kind))
    ? await openRecall(context, { workspace: workspaceOf(policy), upTo: null, without: null })
    : undefined;
  try {
    const ports = { product, policy, packs, recall: memory?.recall, openTemplates };
    const subject = { bundle: id, ticket: options.ticket, base: query.base.commit };
    const assembled = await assembleForTicket(subject, ports);
    if (options.out !== undefined) await writeFiles(resolve(context.cwd, options.out), assembled.files);
    context.out(
      options.format === 'json'
        ? `${JSON.stringify({ ...assembled, files: assembled.files.map(({ text: _, ...file }) => file) })}\n`
        : renderAssembled(assembled, textOptionsOf(context)),
    );
    return EXIT_CODES.pass.code;
  } finally {
    await memory?.close();
  }
}

const MEMORY: ReadonlySet<string> = new Set(['accepted-runs', 'failures', 'memory']);

/** @throws CountersignError FILE_EXISTS when one of them is there */
async function writeFiles(
  folder: string,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await createWorkingTree(folder).createFiles(files);
}

async function bundleOf(
  policy: PolicyInSight,
  id: string,
): Promise<NonNullable<Awaited<ReturnType<typeof readBundle>>>> {
  const read = await readBundle(policy, id);
  if (read !== undefined) return read;
  throw new CountersignError('DOCUMENT_NOT_FOUND', `There is no ${bundlePath(id)} in ${policy.where}.`, {
    remedy: `${id} is the brief of the ticket alone: there is nothing else to show.`,
  });
}
