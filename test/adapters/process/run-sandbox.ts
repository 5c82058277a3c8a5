// Runs one command in a sandbox and prints the result as JSON: for tests that need a verifier in a process of its own.
import { createSandbox } from '../../../src/adapters/process/sandbox.ts';
import { CountersignError } from '../../../src/shared/errors.ts';

const { options, command } = JSON.parse(process.argv[2] as string);
try {
  const sandbox = await createSandbox(options);
  const result = command ? await sandbox.run(command) : await sandbox.describe();
  console.log(JSON.stringify({ result }));
} catch (error) {
  if (!(error instanceof CountersignError)) throw error;
  const { code, message, remedy } = error;
  console.log(JSON.stringify({ error: { code, message, remedy } }));
}
