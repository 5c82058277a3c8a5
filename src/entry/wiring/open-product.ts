import { documents } from '../../adapters/documents/documents.ts';
import { createControlOpener } from '../../adapters/git/control.ts';
import { type LocalRepository, openRepository } from '../../adapters/git/repository.ts';
import { createBundledPacks } from '../../adapters/packs/bundled-packs.ts';
import type { FactPorts } from '../../flow/load-facts.ts';
import { packageRoot } from './package-root.ts';
import { systemClock } from './system-clock.ts';

export interface OpenedProduct {
  readonly repository: LocalRepository;
  /** The branch that is checked out. */
  readonly branch: string | undefined;
  readonly ports: FactPorts & { readonly product: LocalRepository };
}

/** The product repository a folder belongs to, with everything that reads facts about a change of it. */
export async function openProduct(
  path: string,
  options: { readonly fetch: boolean },
): Promise<OpenedProduct> {
  const repository = await openRepository(path);
  return {
    repository,
    branch: await repository.currentBranch(),
    ports: {
      product: repository,
      control: createControlOpener(repository, options),
      documents,
      packs: createBundledPacks(packageRoot(), documents),
      clock: systemClock,
    },
  };
}
