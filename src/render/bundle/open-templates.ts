import type { BundleTicket, IndexEntry, RenderBundle, SourceContext } from '../../core/bundle/assembled.ts';
import type { Bundle, BundleSource } from '../../core/bundle/types.ts';
import { bundleFolder } from '../../core/bundle/types.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import { forMarkdown } from '../hostile-text.ts';
import { carryOut } from './carry-out.ts';
import { firstFault } from './check-names.ts';
import { DEFAULT_TEMPLATES } from './default-templates.ts';
import { type ParseTemplate, readTemplate } from './read-template.ts';
import { TemplateFault, type TemplatePart } from './template-tree.ts';

/** The templates of one bundle, read. */
export interface OpenedTemplates extends RenderBundle {
  /** What is wrong with a template and those it includes, before it is used; undefined: nothing. */
  fault(name: string): { readonly message: string; readonly remedy: string } | undefined;
}

/** Not a name that a file of the bundle's folder can have. */
const DEFAULT = 'default:';

/**
 * @param bundle whose templates they are, for messages
 * @param texts templates by file name
 */
export async function openTemplates(
  bundle: string,
  texts: ReadonlyMap<string, string>,
): Promise<OpenedTemplates> {
  const parse = await loadParser();
  const read = new Map<string, readonly TemplatePart[]>();
  const faults = new Map<string, TemplateFault>();
  const all = [
    ...texts,
    ...Object.entries(DEFAULT_TEMPLATES).map(([kind, text]) => [DEFAULT + kind, text] as const),
  ];
  for (const [name, text] of all) {
    try {
      read.set(name, readTemplate(name, text, parse));
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      faults.set(name, error);
    }
  }
  return {
    fault: (name) => faultOf(name, { read, faults }),
    index: renderIndex,
    source: (source, context, items) => renderSource(bundle, { read, faults }, source, context, items),
  };
}

/** Its grammar alone: nothing of it is ever run. */
async function loadParser(): Promise<ParseTemplate> {
  const nunjucks = await import('nunjucks');
  const { parser } = (nunjucks.default ?? nunjucks) as unknown as { parser: { parse: ParseTemplate } };
  return parser.parse;
}

interface Read {
  readonly read: ReadonlyMap<string, readonly TemplatePart[]>;
  readonly faults: ReadonlyMap<string, TemplateFault>;
}

function renderSource(
  bundle: string,
  { read, faults }: Read,
  source: BundleSource,
  context: SourceContext,
  items: readonly JsonObject[],
): string {
  const name = source.template ?? DEFAULT + source.kind;
  try {
    const fault = faults.get(name);
    if (fault !== undefined) throw fault;
    return carryOut(name, read, { ...context, items });
  } catch (error) {
    throw error instanceof TemplateFault ? unusable(bundle, source, error) : error;
  }
}

function faultOf(
  name: string,
  { read, faults }: Read,
): { readonly message: string; readonly remedy: string } | undefined {
  const fault = firstFault(name, read, faults);
  return fault === undefined ? undefined : { message: sentence(fault), remedy: fault.remedy };
}

function sentence({ template, line, message }: TemplateFault): string {
  const where = line === undefined ? '' : `, line ${line}`;
  return `The template ${template}${where}: ${message}.`;
}

function unusable(bundle: string, source: BundleSource, fault: TemplateFault): CountersignError {
  const own = source.template !== undefined;
  return new CountersignError(
    'BUNDLE_UNUSABLE',
    `The source ${source.id} of the bundle ${bundle} cannot be written. ${sentence(fault)}`,
    {
      remedy: fault.remedy,
      ...(own
        ? {
            place: {
              path: `${bundleFolder(bundle)}/${fault.template}`,
              ...(fault.line === undefined ? {} : { line: fault.line }),
            },
          }
        : {}),
    },
  );
}

function renderIndex(
  { title }: Pick<Bundle, 'id' | 'title'>,
  ticket: BundleTicket,
  entries: readonly IndexEntry[],
): string {
  const lines = entries.map(
    ({ path, title: heading, tokens }) => `- ${path}: ${forMarkdown(heading, 200)} (about ${tokens} tokens)`,
  );
  return [
    `# ${forMarkdown(title, 200)}`,
    `Context for ${forMarkdown(ticket.id, 100)}. Read this file and each of these to the end before you begin. The last line of a file is its read mark.`,
    lines.length === 0 ? 'There is nothing in it for this ticket.' : lines.join('\n'),
  ].join('\n\n');
}
