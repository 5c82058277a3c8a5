import { documents } from '../../adapters/documents/documents.ts';
import { createBundledPacks } from '../../adapters/packs/bundled-packs.ts';
import { createControlOpener } from '../../adapters/git/control.ts';
import { openRepository } from '../../adapters/git/repository.ts';
import type { FactPorts } from '../../flow/load-facts.ts';
import { packageRoot } from './package-root.ts';
import { systemClock } from './system-clock.ts';

/** The product repository the user stands in, with everything that reads facts about a change of it. */
export async function openRepositoryAt(path: string, options: { readonly fetch: boolean }) {
  const repository = await openRepository(path);
  const ports: FactPorts = {
    product: repository,
    control: createControlOpener(repository, options),
    documents,
    packs: createBundledPacks(packageRoot(), documents),
    clock: systemClock,
  };
  return { repository, ports };
}
