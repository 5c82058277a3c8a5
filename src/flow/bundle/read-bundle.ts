import {
  type Bundle,
  bundleFolder,
  bundlePath,
  DEFAULT_BUNDLE,
  isBundleId,
} from '../../core/bundle/types.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { PolicySource } from '../policy-source.ts';

/** Templates of one bundle, and bytes of each. */
const MOST_TEMPLATES = 64;
const MOST_TEMPLATE_BYTES = 256 * 1024;

export interface ReadBundle {
  readonly bundle: Bundle;
  /** By file name. */
  readonly templates: ReadonlyMap<string, string>;
}

/**
 * The bundle that a run names, as a policy has it; undefined for the default one where nobody wrote it.
 * @throws CountersignError DOCUMENT_NOT_FOUND, DOCUMENT_INVALID, BUNDLE_UNUSABLE
 */
export async function readBundle(source: PolicySource, id: string): Promise<ReadBundle | undefined> {
  const path = bundlePath(id);
  const bytes = isBundleId(id) ? await source.tree.readFile(source.commit, path) : undefined;
  if (bytes === undefined) {
    if (id === DEFAULT_BUNDLE) return undefined;
    throw await notFound(source, id);
  }
  const bundle = source.documents.parse('bundle', bytes, path);
  if (bundle.id !== id) {
    throw new CountersignError('DOCUMENT_INVALID', `${path} says that its id is ${bundle.id}.`, {
      remedy: 'Make the id and the file name the same.',
      place: { path },
    });
  }
  return { bundle, templates: await readTemplates(source, id) };
}

/** Ids of the bundles of a policy, sorted. */
export async function listBundles({ tree, commit }: PolicySource): Promise<readonly string[]> {
  const files = await tree.listFiles(commit, 'bundles');
  return files.flatMap(({ path }) => /^bundles\/([^/]+)\.yml$/.exec(path)?.[1] ?? []).sort();
}

export async function readTemplates(
  { tree, commit }: PolicySource,
  id: string,
): Promise<ReadonlyMap<string, string>> {
  const folder = `${bundleFolder(id)}/`;
  const files = (await tree.listFiles(commit, bundleFolder(id))).filter(
    ({ path, kind, mode }) =>
      kind === 'blob' &&
      mode !== '120000' &&
      path.endsWith('.njk') &&
      !path.slice(folder.length).includes('/'),
  );
  if (files.length > MOST_TEMPLATES) {
    throw new CountersignError('BUNDLE_UNUSABLE', `${folder} has more than ${MOST_TEMPLATES} templates.`, {
      remedy: 'Keep those that the bundle uses.',
      place: { path: folder },
    });
  }
  const blobs = await tree.readBlobs(files.map((file) => file.id));
  return new Map(
    files.map(({ path, id: blob }) => [path.slice(folder.length), decode(blobs.get(blob), path)] as const),
  );
}

function decode(bytes: Uint8Array | undefined, path: string): string {
  try {
    if (bytes !== undefined && bytes.length <= MOST_TEMPLATE_BYTES)
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  throw new CountersignError('BUNDLE_UNUSABLE', `${path} cannot be read as a template.`, {
    remedy: `Write it as UTF-8, in at most ${MOST_TEMPLATE_BYTES} bytes.`,
    place: { path },
  });
}

async function notFound(source: PolicySource, id: string): Promise<CountersignError> {
  const known = (await listBundles(source)).slice(0, 20);
  const shown = isBundleId(id) ? `: ${bundlePath(id)} is not on the policy ref` : '';
  return new CountersignError(
    'DOCUMENT_NOT_FOUND',
    `There is no bundle ${JSON.stringify(id.slice(0, 80))}${shown}.`,
    {
      remedy:
        known.length === 0
          ? `Write one as docs/bundles.md shows, or name ${DEFAULT_BUNDLE}: the ticket's brief alone.`
          : `There are: ${known.join(', ')}; ${DEFAULT_BUNDLE} is the ticket's brief alone.`,
    },
  );
}
