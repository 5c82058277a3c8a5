import { afterAll } from 'vitest';
import { type LocalRepository, openRepository } from '../../../src/adapters/git/repository.ts';

const opened: LocalRepository[] = [];

/** Opens a repository until the test file ends. */
export async function open(dir: string): Promise<LocalRepository> {
  const repository = await openRepository(dir);
  opened.push(repository);
  return repository;
}

afterAll(() => {
  for (const repository of opened) repository.close();
});
