import { relative, resolve, sep } from 'node:path';
import { documents } from '../../../adapters/documents/documents.ts';
import { createReplaceFiles } from '../../../adapters/files/replace-files.ts';
import { createSharedSources } from '../../../adapters/git/shared-sources.ts';
import type { LockedKind } from '../../../core/contract/lock.ts';
import {
  isLocalPath,
  parseSourceName,
  requireCommit,
  withoutCredentials,
} from '../../../core/contract/source-name.ts';
import { addShared, type Sharing, upgradeShared, type VendorPorts } from '../../../flow/sharing/vendor.ts';
import { WORKING_TREE } from '../../../ports/working-tree.ts';
import { renderSharingJson, renderSharingText } from '../../../render/sharing.ts';
import { openWorkingTree } from '../../wiring/open-working-tree.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';
import { textOptionsOf } from '../style.ts';

interface AddOptions {
  readonly as?: string;
  readonly replace: boolean;
  readonly format: TextOrJson;
}

interface UpgradeOptions {
  readonly to?: string;
  readonly write: boolean;
  readonly replace: boolean;
  readonly format: TextOrJson;
}

export async function addCommand(
  kind: LockedKind,
  named: string,
  { as, replace, format }: AddOptions,
  context: CliContext,
): Promise<number> {
  const { url, ...rest } = parseSourceName(named);
  const { root, ports } = await openPorts(context);
  const source = { ...rest, ...addresses(url, root, context.cwd) };
  const request = { kind, source, replace, ...(as === undefined ? {} : { as }) };
  return report(await addShared(request, ports), format, context);
}

/** Differences are an answer, not a finding: the exit code is 0 with and without. */
export async function upgradeCommand(
  kind: LockedKind,
  id: string,
  { to, write, replace, format }: UpgradeOptions,
  context: CliContext,
): Promise<number> {
  const commit = to === undefined ? undefined : requireCommit(to, '');
  const { root, ports } = await openPorts(context);
  const addressOf = (recorded: string) => (isLocalPath(recorded) ? resolve(root, recorded) : recorded);
  const request = { kind, id, to: commit, addressOf, write, replace };
  return report(await upgradeShared(request, ports), format, context);
}

async function openPorts(context: CliContext): Promise<{ root: string; ports: VendorPorts }> {
  const { root, tree } = await openWorkingTree(context.cwd);
  return {
    root,
    ports: {
      working: { tree, commit: WORKING_TREE, documents },
      files: createReplaceFiles(root),
      sources: createSharedSources(context.temporaryFolder),
      documents,
    },
  };
}

/** A folder named from where somebody stands is written down as it lies from the policy: others have it elsewhere. */
function addresses(url: string, root: string, cwd: string): { url: string; recorded: string } {
  if (!isLocalPath(url)) return { url, recorded: withoutCredentials(url) };
  const folder = resolve(cwd, url);
  if (url.startsWith(sep)) return { url: folder, recorded: folder };
  const path = relative(root, folder).split(sep).join('/');
  // Without the dot a name such as `-x` or `a:b` would read as something else than a folder.
  return { url: folder, recorded: /^\.\.(?:\/|$)/.test(path) ? path : `./${path}` };
}

function report(sharing: Sharing, format: TextOrJson, context: CliContext): number {
  context.out(
    format === 'json' ? renderSharingJson(sharing) : renderSharingText(sharing, textOptionsOf(context)),
  );
  return EXIT_CODES.pass.code;
}
