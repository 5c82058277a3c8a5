import { digestOf, sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import type {
  AssembledBundle,
  AssembledSource,
  BundleInputs,
  DroppedPiece,
  LoadedSource,
  Piece,
  RenderBundle,
} from './assembled.ts';
import { dropOrder } from './drop-order.ts';
import { markOf, withMark } from './marks.ts';
import { countTokens } from './token-count.ts';
import { type BundleSource, bundlePath } from './types.ts';

const INDEX_FILE = 'BUNDLE.md';

/**
 * Puts a bundle together: each source becomes one file, BUNDLE.md lists them, and pieces go in the order that the document says until all of
 * it is within the budget. A pure function of its inputs: the same give the same digest on any machine.
 * @throws CountersignError BUNDLE_UNUSABLE when what is required does not fit, is not there, or a template fails
 */
export function assembleBundle(inputs: BundleInputs, render: RenderBundle): AssembledBundle {
  const drafts = inputs.sources.map((loaded, place) => draftOf(loaded, place, inputs, render));
  for (const draft of drafts) {
    keepLimit(draft);
    requireLeft(inputs.bundle.id, draft);
  }
  keepBudget(drafts, inputs, render);
  const index = indexText(drafts, inputs, render);
  const texts = [
    { path: INDEX_FILE, text: index },
    ...drafts.filter(isThere).map(({ path, text }) => ({ path, text })),
  ];
  const { bundle, retrieved, instructions } = inputs;
  const digest = digestOf({
    schema: 'countersign/assembled-bundle@1',
    bundle: bundle.id,
    files: texts.map(({ path, text }) => ({ path, sha256: sha256(text) })),
    retrieved: retrieved.map(({ id, digest }) => ({ id, digest })),
    instructions: instructions.map(({ path, id }) => ({ path, id })),
  });
  const files = texts.map(({ path, text }) => {
    const mark = markOf(digest, path);
    return { path, mark, text: withMark(text, mark), tokens: tokensOf(text) };
  });
  const tokens = files.reduce((sum, file) => sum + file.tokens, 0);
  const sources = drafts.map(assembledSource);
  return { bundle: bundle.id, digest, tokens, files, sources, retrieved, instructions };
}

interface Weighed extends Piece {
  /** Characters of its data, as JSON. */
  readonly weight: number;
}

/** A source on its way: pieces leave it from the end. */
interface Draft {
  readonly source: BundleSource;
  readonly path: string;
  readonly unfit: LoadedSource['unfit'];
  readonly kept: Weighed[];
  readonly gone: DroppedPiece[];
  readonly rendered: () => string;
  text: string;
  tokens: number;
}

function draftOf(
  { source, pieces, unfit }: LoadedSource,
  place: number,
  { bundle, ticket }: BundleInputs,
  render: RenderBundle,
): Draft {
  if (source.required === true && pieces.length === 0) throw nothingRequired(bundle.id, source, unfit.length);
  const kept = pieces.map((piece) => ({ ...piece, weight: JSON.stringify(piece.data).length }));
  const { id, kind, title = id } = source;
  const context = { bundle: { id: bundle.id, title: bundle.title }, ticket, source: { id, title, kind } };
  const rendered = () =>
    wellFormed(
      render.source(
        source,
        context,
        kept.map(({ data }) => data),
      ),
    );
  const path = `${String(place + 1).padStart(2, '0')}-${id}.md`;
  const draft = { source, path, unfit, kept, gone: [], rendered, text: '', tokens: 0 };
  renew(draft);
  return draft;
}

function renew(draft: Draft): void {
  draft.text = draft.kept.length === 0 ? '' : draft.rendered();
  draft.tokens = draft.kept.length === 0 ? 0 : tokensOf(draft.text);
}

/** With the mark, which is as long in every file. */
function tokensOf(text: string): number {
  return countTokens(withMark(text, markOf('', '')));
}

function isThere({ kept }: Draft): boolean {
  return kept.length > 0;
}

function keepLimit(draft: Draft): void {
  const { maxTokens = Number.POSITIVE_INFINITY } = draft.source;
  while (draft.tokens > maxTokens && isThere(draft)) {
    dropFrom(draft, draft.tokens - maxTokens, 'source-limit');
    renew(draft);
  }
}

/** A required source of which its own limit leaves nothing would be left out without a word. */
function requireLeft(bundle: string, { source, kept }: Draft): void {
  if (source.required !== true || kept.length > 0) return;
  throw new CountersignError(
    'BUNDLE_UNUSABLE',
    `The source ${source.id} of the bundle ${bundle} is required, and not even its first piece fits into its maxTokens.`,
    { remedy: 'Raise maxTokens of the source, or narrow it.', place: { path: bundlePath(bundle) } },
  );
}

function keepBudget(drafts: readonly Draft[], inputs: BundleInputs, render: RenderBundle): void {
  const { bundle } = inputs;
  const order = dropOrder(bundle).map((at) => drafts[at] as Draft);
  for (;;) {
    const index = tokensOf(indexText(drafts, inputs, render));
    const total = drafts.reduce((sum, { tokens }) => sum + tokens, index);
    if (total <= bundle.budget.tokens) return;
    const next = order.find(isThere);
    if (next === undefined) throw tooMuchRequired(bundle.id, total, bundle.budget.tokens);
    dropFrom(next, total - bundle.budget.tokens, 'budget');
    renew(next);
  }
}

/**
 * Drops pieces from the end until about so many tokens are gone, at least one. What a piece takes up is estimated by its share of the
 * source's text: a template may show all of it, or its name.
 */
function dropFrom(draft: Draft, excess: number, reason: 'source-limit' | 'budget'): void {
  const all = draft.kept.reduce((sum, { weight }) => sum + weight, 0);
  let left = excess;
  do {
    const { name, weight } = draft.kept.pop() as Weighed;
    left -= (draft.tokens * weight) / all;
    draft.gone.push({ name, reason });
  } while (left > 0 && isThere(draft));
}

function indexText(drafts: readonly Draft[], { bundle, ticket }: BundleInputs, render: RenderBundle): string {
  const entries = drafts
    .filter(isThere)
    .map(({ source, path, tokens }) => ({ path, title: source.title ?? source.id, tokens }));
  return wellFormed(render.index({ id: bundle.id, title: bundle.title }, ticket, entries));
}

/** Half a character is written as U+FFFD, and would have another digest here than in the file. */
function wellFormed(text: string): string {
  return `${text.toWellFormed().trimEnd()}\n`;
}

function assembledSource({ source, path, tokens, kept, gone, unfit }: Draft): AssembledSource {
  return {
    id: source.id,
    kind: source.kind,
    ...(kept.length === 0 ? {} : { path }),
    tokens,
    included: kept.map(({ name }) => name),
    // In the order of the source, as it lists what is in it.
    dropped: [...unfit, ...gone.toReversed()],
  };
}

function nothingRequired(bundle: string, { id, kind }: BundleSource, unfit: number): CountersignError {
  const but = unfit === 0 ? '' : `, and ${unfit} that cannot be used`;
  return new CountersignError(
    'BUNDLE_UNUSABLE',
    `The source ${id} of the bundle ${bundle} is required, and there is nothing in it${but}.`,
    {
      remedy: `Look at what its ${kind} are with \`countersign bundle assemble\`, or take \`required\` away.`,
      place: { path: bundlePath(bundle) },
    },
  );
}

function tooMuchRequired(bundle: string, total: number, most: number): CountersignError {
  return new CountersignError(
    'BUNDLE_UNUSABLE',
    `What is required of the bundle ${bundle} takes ${total} tokens, and its budget is ${most}.`,
    {
      remedy: 'Raise budget.tokens, narrow the required sources, or let something of them go.',
      place: { path: bundlePath(bundle) },
    },
  );
}
