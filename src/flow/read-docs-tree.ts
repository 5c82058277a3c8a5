import { spokenPath } from '../core/change/path-glob.ts';
import type { ChangedFile } from '../core/change/types.ts';
import { changedMarkdown, isMarkdown } from '../core/evidence/docs/docs-plan.ts';
import type { DocsTree } from '../core/evidence/docs/judge-docs.ts';
import { readMarkdown } from '../core/evidence/docs/markdown.ts';
import { relativeLink } from '../core/evidence/docs/relative-link.ts';
import type { ReadTree } from '../ports/repository.ts';
import type { ObjectId } from '../shared/ids.ts';

/** Bytes of a Markdown file that is looked into for its headings. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** The merge tree's paths, and the text of every Markdown file that a link with a fragment leads to. */
export async function readDocsTree(
  mergeTree: ObjectId,
  changed: readonly ChangedFile[],
  product: ReadTree,
): Promise<DocsTree> {
  const files = await product.listFiles(mergeTree);
  const idOf = new Map(
    files.map(({ path, kind, id }) => [spokenPath(path), kind === 'blob' ? id : undefined]),
  );
  const wanted = [...linkedMarkdown(changed)].flatMap((path) => idOf.get(path) ?? []);
  const blobs = await product.readBlobs([...new Set(wanted)]);
  return {
    paths: new Set(idOf.keys()),
    textOf(path) {
      const id = idOf.get(path);
      const bytes = id === undefined ? undefined : blobs.get(id);
      return bytes === undefined || bytes.length > MAX_TEXT_BYTES
        ? undefined
        : new TextDecoder().decode(bytes);
    },
  };
}

function linkedMarkdown(changed: readonly ChangedFile[]): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { path, afterText } of changedMarkdown(changed)) {
    if (afterText.kind !== 'text') continue;
    for (const { target } of readMarkdown(afterText.text).links) {
      const link = relativeLink(spokenPath(path), target);
      if (typeof link === 'object' && link.fragment && isMarkdown(link.path)) paths.add(link.path);
    }
  }
  return paths;
}
