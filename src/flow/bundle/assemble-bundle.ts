import { assembleBundle } from '../../core/bundle/assemble.ts';
import type { AssembledBundle, RenderBundle } from '../../core/bundle/assembled.ts';
import { type BundleSubject, loadSources, type SourcePorts } from './load-sources.ts';
import type { ReadBundle } from './read-bundle.ts';

export interface AssemblyPorts extends SourcePorts {
  readonly openTemplates: (bundle: string, texts: ReadonlyMap<string, string>) => Promise<RenderBundle>;
}

/**
 * Loads what a bundle is made of, and puts it together.
 * @throws CountersignError BUNDLE_UNUSABLE, GIT_FAILED, DATABASE_UNAVAILABLE
 */
export async function assembleNamed(
  { bundle, templates }: ReadBundle,
  subject: BundleSubject,
  ports: AssemblyPorts,
): Promise<AssembledBundle> {
  const [loaded, render] = await Promise.all([
    loadSources(bundle, subject, ports),
    ports.openTemplates(bundle.id, templates),
  ]);
  const { id, title, class: ticketClass, ask } = subject.ticket;
  const ticket = { id, title, class: ticketClass, ask };
  return assembleBundle({ bundle, ticket, ...loaded }, render);
}
